"""Python predicates: asked about candidates only, and never able to stop the fold."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels.live_words import DAY_END
from customerintel.live.row_view import RowView

if TYPE_CHECKING:
    from customerintel.live.fold import Fold
    from customerintel.live.fold_decisions import Triggers

__all__ = ["Fault", "no_faults", "verdicts_of"]

_TO_ASK: Final = 3
#: So many faults are kept, the latest ones.
_KEPT: Final = 1000
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """A predicate that raised, and counted as false.

    Attributes
    ----------
    rule_id : str
        Of which rule.
    predicate : str
        Its name.
    error : str
        Class of what it raised; not its text, which may hold data.
    at : int
        For which moment it was asked, microseconds UTC.
    """

    rule_id: str
    predicate: str
    error: str
    at: int

    def __repr__(self) -> str:
        moment = np.datetime64(self.at, "us")
        return f"Fault({self.rule_id!r}, {self.predicate!r}, {self.error}, at {moment} UTC)"


def no_faults() -> deque[Fault]:
    """Return an empty list that forgets the oldest faults."""
    return deque(maxlen=_KEPT)


def verdicts_of(fold: Fold, fires: Any, triggers: Triggers) -> NDArray[np.uint8]:
    """Ask the predicates about every candidate that waits for them."""
    verdicts = np.zeros(len(fires.row), np.uint8)
    for at in np.flatnonzero(fires.status == _TO_ASK).tolist():
        rule = int(fires.rule[at])
        verdicts[at] = _asked(fold, rule, _view(fold, fires, at, triggers))
    return verdicts


def _asked(fold: Fold, rule: int, view: RowView) -> bool:
    for predicate in fold.plan.predicates[rule]:
        names = {name: view.number(tuple(name.split("."))) for name in predicate.reads}
        object.__setattr__(view, "properties", MappingProxyType(names))
        try:
            if not predicate.function(view):
                return False
        except Exception as error:  # noqa: BLE001 - of somebody else, may raise anything
            # its class alone: the text may hold data
            kind, rule_id = type(error).__name__, fold.plan.rules[rule].id
            fold.faults.append(Fault(rule_id, predicate.name, kind, view.time))
            _LOG.warning("A predicate of rule %r raised %s and counts as false.", rule_id, kind)
            return False
    return True


def _view(fold: Fold, fires: Any, at: int, triggers: Triggers) -> RowView:
    name = triggers.name(int(fires.event[at]))
    moment = int(fires.at[at])
    # at the end of a day, that day is the current one
    current = moment - 1 if fires.kind[at] == DAY_END else moment
    return fold.view_of(int(fires.row[at]), moment, name, fires.values[at], current)
