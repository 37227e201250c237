"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import (
    cases,
    console,
    dashboard,
    findings,
    guarantee_plans,
    guarantees,
    health,
    jobs,
    nodes,
    pictures,
    questions,
    reveal,
    screening,
    service,
    views,
)
from .asking import root, router

__all__ = [
    "cases",
    "console",
    "dashboard",
    "findings",
    "guarantee_plans",
    "guarantees",
    "health",
    "jobs",
    "nodes",
    "pictures",
    "questions",
    "reveal",
    "root",
    "router",
    "screening",
    "service",
    "views",
]
