"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import (
    cases,
    console,
    findings,
    guarantee_plans,
    guarantees,
    health,
    jobs,
    nodes,
    questions,
    reveal,
    screening,
    service,
)
from .asking import root, router

__all__ = [
    "cases",
    "console",
    "findings",
    "guarantee_plans",
    "guarantees",
    "health",
    "jobs",
    "nodes",
    "questions",
    "reveal",
    "root",
    "router",
    "screening",
    "service",
]
