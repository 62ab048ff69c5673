"""What to do about the distance between the relationship a customer wants and the one they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.table_parts import SPANS

__all__ = ["ACTIONS", "CLOSE", "DIRECTIONS", "Case", "Mood", "act", "direct", "distances"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ACTIONS: Final = ("reinforce", "shift", "repair", "respect distance", "release", "unknown")
DIRECTIONS: Final = ("fitting", "too close", "too distant", "mismatch", "unknown")
#: Dimensions that have to be known of both sides before a distance is told.
LEAST_DIMENSIONS: Final = 2
#: A distance up to which wish and treatment fit, and a difference of closeness that matters.
#: The first is as far as a core type is from its nearest neighbour over the dimensions that a
#: treatment tells of (median .246; all pairs .35): beyond it lies another type.
NEAR, CLOSENESS = 0.25, 0.15
#: Valence below which a treatment is a bad one, how far negative tones must outweigh positive
#: ones, and satisfaction below which somebody is not satisfied.
NEGATIVE, TONE, DISSATISFIED = -0.2, 0.2, 1.0 / 3.0
#: Lock-in from which a customer counts as locked in; an answer above it says powerless.
HALF: Final = 0.5

CLOSE: Final = tuple(
    DIMENSIONS.index(name) for name in ("intensity", "socio_emotional", "reciprocity")
)
VALENCE: Final = DIMENSIONS.index("valence")


@dataclass(frozen=True, eq=False)
class Mood:
    """What is known of whether a relationship is a bad one; one entry per customer.

    Parameters
    ----------
    observed : ndarray of float64
        Valence of the prototype of the observed type; NaN where none is known.
    satisfaction : ndarray of float64
        In a survey, 0 to 1.
    tone : ndarray of float64
        Negative less positive tone of contacts.
    delivered : ndarray of float64
        Valence of the treatment.
    """

    observed: Floats
    satisfaction: Floats
    tone: Floats
    delivered: Floats

    def is_bad(self) -> Mask:
        """Return whose relationship is a bad one; what is not known does not say so."""
        return np.asarray(np.any([bad for _, bad in self._signs().values()], axis=0), bool)

    def _signs(self) -> dict[str, tuple[Floats, Mask]]:
        """Return each sign in words, its values, and where it is a bad one."""
        return {
            "valence of the observed type": (self.observed, self.observed < 0.0),
            "satisfaction": (self.satisfaction, self.satisfaction < DISSATISFIED),
            "negative less positive tone": (self.tone, self.tone > TONE),
            "valence delivered": (self.delivered, self.delivered < NEGATIVE),
        }

    def words(self, row: int) -> str:
        """Return the bad signs of one customer, with numbers."""
        signs = self._signs().items()
        return ", ".join(f"{name} {values[row]:.2f}" for name, (values, bad) in signs if bad[row])


@dataclass(frozen=True, eq=False)
class Case:
    """What actions depend on; one entry per customer.

    Parameters
    ----------
    leaving : ndarray of bool
        The type that is wanted is a negative one: a wish for an end, or for distance in anger.
    complaint : ndarray of bool
        A complaint is open.
    locked, powerless, negative : ndarray of bool
        Bound to the firm; says to be powerless; the relationship is a bad one. See `act`.
    gap, closeness : ndarray of float64
        Distance, and how much closer the treatment is than the wish.
    """

    leaving: Mask
    complaint: Mask
    locked: Mask
    powerless: Mask
    negative: Mask
    gap: Floats
    closeness: Floats


def act(case: Case) -> tuple[Ints, Ints]:
    """Return the action for each customer and the number of the rule that asked for it.

    Rules in the order in which they are asked; the first that holds decides:

    1. release: the wanted type is a negative one (valence of its prototype below 0).
    2. repair: a complaint is open.
    3. release: locked in (lock-in of at least .5), and the relationship is a bad one or the
       customer says to be powerless (above .5).
    4. repair: the relationship is a bad one: the observed type is a negative one, satisfaction is
       below a third of its scale, negative tones of contacts outweigh positive ones by more than
       .2, or the valence delivered is below -.2.
    5. unknown: too little is known of what is delivered.
    6. respect distance: the treatment is closer than what is wanted.
    7. shift: it is more distant, or differs in other ways (gap above .25).
    8. reinforce: none of these.

    Parameters
    ----------
    case : Case
        The customers.
    """
    direction = direct(case.gap, case.closeness)
    rules = (
        (case.leaving, "release"),
        (case.complaint, "repair"),
        (case.locked & (case.negative | case.powerless), "release"),
        (case.negative, "repair"),
        (np.isnan(case.gap), "unknown"),
        (direction == DIRECTIONS.index("too close"), "respect distance"),
        (direction != DIRECTIONS.index("fitting"), "shift"),
        (np.ones(len(case.gap), bool), "reinforce"),
    )
    held = np.stack([mask for mask, _ in rules])
    rule = np.argmax(held, axis=0)
    actions = np.array([ACTIONS.index(action) for _, action in rules])
    return actions[rule], rule + 1


def direct(gap: Floats, closeness: Floats) -> Ints:
    """Return the direction of each gap, as a place in `DIRECTIONS`.

    ``too close`` and ``too distant`` where the gap is above .25 and the mean difference of
    intensity, socio_emotional and reciprocity above .15, ``mismatch`` where only the gap is.
    """
    wide = gap > NEAR
    choices = [np.isnan(gap), ~wide, closeness > CLOSENESS, closeness < -CLOSENESS]
    codes = [DIRECTIONS.index(name) for name in ("unknown", "fitting", "too close", "too distant")]
    return np.select(choices, codes, DIRECTIONS.index("mismatch")).astype(np.int64)


def distances(wanted: Floats, given: Floats) -> tuple[Floats, Floats]:
    """Return the distance of two places in the space of dimensions, and the gain in closeness.

    The distance is the root of the mean squared difference over the dimensions that both have,
    each in parts of what the dimension spans: 0 to 1, NaN where fewer than two are known.

    Parameters
    ----------
    wanted, given : ndarray of float64, shape (n, 8)
        NaN where not known.
    """
    apart = (given - wanted) / SPANS
    known = ~np.isnan(apart)
    n = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.sqrt((np.where(known, apart, 0.0) ** 2).sum(axis=1) / n)
        close, seen = apart[:, CLOSE], known[:, CLOSE]
        nearer = np.where(seen, close, 0.0).sum(axis=1) / seen.sum(axis=1)
    return np.where(n >= LEAST_DIMENSIONS, gap, np.nan), nearer
