"""The route of the dashboard."""

from __future__ import annotations

from typing import Any

from ...services.dashboard import dashboard as answer
from ..dashboard_models import Dashboard
from ..guard import declares
from .asking import Store, of, router


@router.get("/dashboard", response_model=Dashboard, summary="How much there is to do, and how sound the data are")
@declares("findings.read", of("dashboard"))
def dashboard(reader: Store) -> Any:
    """Counts and shares alone: cases by colour, precision by verdict, clusters beside their peers, the guarantee share
    against its limit, loads and what they could not use."""
    return answer(reader)
