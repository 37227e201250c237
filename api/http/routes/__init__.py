"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import findings, health, nodes, questions, reveal, service
from .asking import root, router

__all__ = ["findings", "health", "nodes", "questions", "reveal", "root", "router", "service"]
