"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import findings, guarantee_plans, health, nodes, questions
from .asking import router

__all__ = ["findings", "guarantee_plans", "health", "nodes", "questions", "router"]
