"""Whether the service can answer."""

from __future__ import annotations

from typing import Any

from ....graph.times import to_iso
from ...services.status import version
from .. import models
from ..guard import declares
from .asking import Store, of, router


@router.get("/health", response_model=models.Health, summary="Whether the service can answer")
@declares("status.read", of("health"))
def health(reader: Store) -> Any:
    """The store's revision and data date."""
    return {
        "status": "ok",
        "version": version(),
        "revision": reader.store.revision(),
        "data_date": to_iso(reader.store.data_date()),
    }
