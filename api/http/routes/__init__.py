"""The routes of the HTTP service: they read parameters, ask the services, and shape the answer."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from ..errors import RESPONSES
from . import findings, health, nodes
from .asking import audited

router = APIRouter(prefix="/v1", dependencies=[Depends(audited)], responses=RESPONSES)
for part in (health, findings, nodes):
    router.include_router(part.router)
