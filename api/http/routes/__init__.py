"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import findings, health, nodes, questions, screening
from .asking import router

__all__ = ["findings", "health", "nodes", "questions", "router", "screening"]
