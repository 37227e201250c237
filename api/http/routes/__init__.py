"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from . import findings, guarantees, health, nodes, questions
from .asking import router

__all__ = ["findings", "guarantees", "health", "nodes", "questions", "router"]
