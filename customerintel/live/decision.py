"""What a rule decided for one customer at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

__all__ = ["HELD_OUT", "QUEUED", "SUPPRESSED", "Decision"]

QUEUED: Final = "queued"
HELD_OUT: Final = "held_out"
SUPPRESSED: Final = "suppressed"
_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Decision:
    """One fire of a rule: the actions are queued, suppressed, or held out for comparison.

    Attributes
    ----------
    rule_id, version : str, int
        Which rule.
    customer_id : str
        For whom.
    due_at : int
        When, in microseconds UTC.
    trigger_key : str
        What it fired on; with rule, version and customer it names the fire for ever.
    status : {"queued", "suppressed", "held_out"}
        What becomes of its actions.
    reason : str
        Why it is suppressed: ``"cooldown"`` or ``"consent"``; else empty.
    arm : {"", "treated", "control"}
        Arm of the customer, where the rule or the engine keeps a control group.
    unit_at : int
        When the customer was first triggered in that comparison; 0 without one.
    frequency, monetary, time_since_last : float
        Purchases, net spend, and days since the last purchase at that moment; NaN where unknown.
    values : mapping of str to float
        Numbers of the triggering event that the rule reads.
    known_at : int
        The engine's time when it was decided: later than `due_at` where the event came late.
    """

    rule_id: str
    version: int
    customer_id: str = field(repr=False)
    due_at: int
    trigger_key: str = field(repr=False)
    status: str = QUEUED
    reason: str = ""
    arm: str = ""
    unit_at: int = 0
    frequency: float = float("nan")
    monetary: float = float("nan")
    time_since_last: float = float("nan")
    # a mapping proxy as a plain default is refused by Python 3.11
    values: Mapping[str, float] = field(default_factory=lambda: _NOTHING, repr=False)
    known_at: int = 0
