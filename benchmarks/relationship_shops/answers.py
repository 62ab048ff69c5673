"""A survey in long form: one row per item, and the type that a customer says to have or want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Item and the ends of its scale; the scales of one item are the same for all.
SCALES = {
    "satisfaction": (1, 5), "trust": (1, 7), "powerlessness": (1, 7), "love": (1, 7),
    "self_connection": (1, 7), "interdependence": (1, 7), "commitment": (1, 7),
    "intimacy": (1, 7), "partner_quality": (1, 7), "recommend": (0, 10),
}  # fmt: skip


def long_form(
    rng: np.random.Generator,
    who: NDArray[np.int64],
    day: NDArray[np.float64],
    levels: Mapping[str, NDArray[np.float64]],
    words: Mapping[str, NDArray[np.object_]],
    *,
    skipped: float,
) -> dict[str, NDArray[Any]]:
    """Return the rows of a survey; each item is left out with the chance `skipped`."""
    parts: list[dict[str, NDArray[Any]]] = []
    for item in (*levels, *words):
        given = rng.random(len(who)) >= skipped
        n = int(given.sum())
        low, high = SCALES.get(item, (np.nan, np.nan))
        value, choice = np.full(n, np.nan), np.full(n, None, object)
        if item in levels:
            value = np.rint(low + np.clip(levels[item][given], 0.0, 1.0) * (high - low))
        else:
            choice = words[item][given]
        parts.append({
            "who": who[given], "day": day[given], "item": np.full(n, item, object),
            "value": value, "choice": choice, "scale_min": np.full(n, float(low)),
            "scale_max": np.full(n, float(high)), "instrument": np.full(n, "relations", object),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
