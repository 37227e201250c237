"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import (
    cases,
    findings,
    guarantee_plans,
    guarantees,
    health,
    nodes,
    pictures,
    questions,
    reveal,
    screening,
    service,
)
from .asking import root, router

__all__ = [
    "cases",
    "findings",
    "guarantee_plans",
    "guarantees",
    "health",
    "nodes",
    "pictures",
    "questions",
    "reveal",
    "root",
    "router",
    "screening",
    "service",
]
