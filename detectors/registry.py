"""Every detector by its id, in the order in which a batch runs them."""

from __future__ import annotations

from .clusters.detector import RISKY_CLUSTER
from .contract import Detector
from .flows.detector import FUND_FLOW
from .guarantees.detector import GUARANTEE
from .intermediaries.detector import INTERMEDIARY
from .merchants.detector import CASHOUT_MERCHANT
from .rings.detector import FRAUD_RING
from .velocity.detector import VELOCITY

_ALL = (GUARANTEE, FRAUD_RING, INTERMEDIARY, FUND_FLOW, CASHOUT_MERCHANT, RISKY_CLUSTER, VELOCITY)
DETECTORS: dict[str, Detector] = {detector.id: detector for detector in _ALL}
