"""Answers of the simulated shop's customers to its two surveys."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from customerintel.relationships.simulated_behaviour import Answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from customerintel.relationships.simulated_people import People

__all__ = ["Replies", "draw_answers"]

#: Scale of each item; the short survey has these, the long one all others from 1 to 7.
SHORT: Final = {"satisfaction": (1.0, 5.0), "recommend": (0.0, 10.0)}
LONG: Final = (1.0, 7.0)
#: Share of those who answer the short survey that answer the long one too.
BOTH: Final = 0.65
#: Share of items left out, and of answers on the type.
LEFT_OUT: Final = 0.06
NOT_NAMED: Final = 0.12
#: How customers differ within a type, answers from each other, and styles of answering.
WITHIN: Final = 0.18
NOISE: Final = 0.17
STYLE: Final = 0.07
#: Probability to name one's own type, one that it is mistaken for, or any.
RIGHT: Final = 0.55
NEAR: Final = 0.36
#: Probability to want another type than one has.
WANTS_OTHER: Final = 0.3


@dataclass(frozen=True, eq=False)
class Replies:
    """Answers in the long form: a value on a scale, or a type that was named."""

    customer: NDArray[np.int64]
    day: NDArray[np.float64]
    instrument: NDArray[np.object_]
    item: NDArray[np.object_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    value: NDArray[np.float64]
    choice: NDArray[np.object_]


def draw_answers(
    rng: np.random.Generator,
    people: People,
    keys: Sequence[str],
    end: NDArray[np.float64],
    *,
    share: float,
    days: int,
) -> Replies:
    """Draw who answers, and what; those who are closer to the firm answer more."""
    n = len(people)
    answers = rng.random(n) < _ready(people["replies"] * people.activity**0.5, share)
    who = np.flatnonzero(answers)
    reach = np.minimum(end[who] + 30.0, days)
    day = people.start[who] + (0.3 + 0.7 * rng.random(len(who))) * (reach - people.start[who])
    both = rng.random(len(who)) < BOTH
    shift = rng.normal(0.0, STYLE, len(who))
    stretch = np.exp(rng.normal(0.0, 0.2, len(who)))
    parts = []
    for field in fields(Answers):
        typical = np.array([getattr(one.answers, field.name) for one in people.behaviours])
        felt = typical[people.code[who]] + rng.normal(0.0, WITHIN, len(who))
        said = 0.5 + (felt - 0.5) * stretch + shift + rng.normal(0.0, NOISE, len(who))
        asked = np.ones(len(who), bool) if field.name in SHORT else both
        kept = asked & (rng.random(len(who)) >= LEFT_OUT)
        parts.append(_rated(field.name, who[kept], day[kept], said[kept]))
    for item, words in (("stated_type", _stated(rng, people, keys, who)),
                        ("desired_type", _desired(rng, people, keys, who))):  # fmt: skip
        kept = rng.random(len(who)) >= NOT_NAMED
        parts.append(_named(item, who[kept], day[kept], words[kept]))
    whole = [np.concatenate(c) for c in zip(*(vars(p).values() for p in parts), strict=True)]
    order = np.lexsort((whole[0], whole[1]))
    return Replies(*(column[order] for column in whole))


def _ready(readiness: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return probabilities to answer that are `share` on average, as near as they can."""
    level = readiness / readiness.mean()
    low, high = 0.0, 1e3
    for _ in range(60):
        middle = (low + high) / 2.0
        # a smooth ceiling: nobody answers for sure
        if (1.0 - np.exp(-middle * level)).mean() < share:
            low = middle
        else:
            high = middle
    ready: NDArray[np.float64] = 1.0 - np.exp(-high * level)
    return ready


def _rated(
    item: str, customer: NDArray[np.int64], day: NDArray[np.float64], said: NDArray[np.float64]
) -> Replies:
    low, high = SHORT.get(item, LONG)
    n = len(customer)
    name = "pulse" if item in SHORT else "bond"
    value = np.clip(np.rint(low + said * (high - low)), low, high)
    return Replies(
        customer, day, np.full(n, name, object), np.full(n, item, object), np.full(n, low),
        np.full(n, high), value, np.full(n, None, object),
    )  # fmt: skip


def _named(
    item: str, customer: NDArray[np.int64], day: NDArray[np.float64], words: NDArray[np.object_]
) -> Replies:
    n = len(customer)
    nan = np.full(n, np.nan)
    return Replies(
        customer, day, np.full(n, "pulse", object), np.full(n, item, object), nan, nan, nan, words
    )


def _stated(
    rng: np.random.Generator, people: People, keys: Sequence[str], who: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return the types that customers name: their own, one that is near, or any."""
    place = {key: index for index, key in enumerate(keys)}
    near = [[place[k] for k in one.mistaken_for if k in place] for one in people.behaviours]
    code = people.code[who]
    u = rng.random(len(who))
    named = np.where(u < RIGHT, code, rng.integers(0, len(keys), len(who)))
    v = rng.random(len(who)) ** 1.5
    for kind, others in enumerate(near):
        if others:
            some = np.flatnonzero((code == kind) & (u >= RIGHT) & (u < RIGHT + NEAR))
            named[some] = np.array(others)[(v[some] * len(others)).astype(int)]
    words: NDArray[np.object_] = np.array(keys, object)[named]
    return words


def _desired(
    rng: np.random.Generator, people: People, keys: Sequence[str], who: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return the types that customers want: mostly what they have."""
    place = {key: index for index, key in enumerate(keys)}
    code = people.code[who]
    wanted = code.copy()
    other = rng.random(len(who)) < WANTS_OTHER
    v = rng.random(len(who))
    for kind, one in enumerate(people.behaviours):
        options = [place[k] for k in one.wishes or one.mistaken_for if k in place]
        if options:
            some = np.flatnonzero((code == kind) & (other | bool(one.wishes)))
            wanted[some] = np.array(options)[(v[some] * len(options)).astype(int)]
    words: NDArray[np.object_] = np.array(keys, object)[wanted]
    return words
