"""Who stands on a merchant's side: itself, and who controls it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...graph.kernels.sets import among
from ...graph.snapshot import GraphView


class Sides(NamedTuple):
    """Merchants with the parties of their side; arrays of one length."""

    merchant: np.ndarray
    party: np.ndarray


def sides(view: GraphView, merchants: np.ndarray) -> Sides:
    """Each merchant with itself and with who controls it.

    Parameters
    ----------
    merchants : int64 nodes, ascending
    """
    controls = view.ties("CONTROLS")
    controls = controls.where(among(controls.target.astype(np.int64), merchants))
    merchant = np.concatenate((merchants, controls.target)).astype(np.int64)
    return Sides(merchant, np.concatenate((merchants, controls.source)).astype(np.int64))
