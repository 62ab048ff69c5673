"""Outcomes among events: who did it, when, and for how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_filter import On, read_on
from customerintel.live.event_matching import matches_name, matches_values, properties_of
from customerintel.live.wanted import AMOUNT, Property, Wanted
from customerintel.schema.event_kinds import EventKind
from customerintel.tables.notices import warn_caller

__all__ = ["outcome_rows"]

_PORTION = 65_536


def outcome_rows(
    events: Iterable[Any], outcome: On | str | None, value: str | None
) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64] | None]:
    """Return customers, moments and money of the outcomes among events.

    Parameters
    ----------
    events : iterable
        As for `Engine.ingest`.
    outcome : On or str, optional
        Which events count; purchases.
    value : str, optional
        Property that holds the money; the amount of a purchase.

    Warns
    -----
    DataQualityWarning
        If events could not be read and were left out, or no outcome was asked for and none of
        them is a purchase.
    """
    from customerintel.live.decoding import Decoder

    on = On.kind("purchase") if outcome is None else read_on(outcome, "outcome")
    money = Property(AMOUNT if value is None else tuple(value.split(".")))
    properties = tuple(dict.fromkeys((*properties_of(on), money)))

    def classify(name: str, kind: EventKind) -> int:
        return 0 if matches_name(on, name, kind) else -1

    decoder = Decoder(Wanted(properties, classify), salt=b"")
    names: list[str] = []
    times, amounts, n_read, n_rejected, seen = [], [], 0, 0, set()
    for portion in _portions(events):
        decoded = decoder.decode(portion)
        batch = decoded.batch
        n_rejected += len(decoded.rejected)
        n_read += len(batch)
        columns = dict(zip(properties, batch.values, strict=True))
        hits = (batch.code == 0) & matches_values(on, columns, len(batch))
        for place in np.flatnonzero(hits).tolist():
            key = batch.keys[place].tobytes() if len(batch.keys) else b""
            if any(key) and key in seen:
                continue  # the same message again
            seen.add(key)
            names.append(str(batch.who[place]))
            times.append(int(batch.timestamp[place]))
            amounts.append(float(columns[money][place]))
    if n_rejected:
        warn_caller(f"{n_rejected:,} events could not be read and are no outcomes.")
    if outcome is None and n_read and not names:
        warn_caller(
            f"None of the {n_read:,} events is a purchase, so there is no outcome at all. Say "
            "which events count: outcome=live.On(…)."
        )
    return names, np.array(times, np.int64), _money(amounts)


def _money(amounts: list[float]) -> NDArray[np.float64] | None:
    values = np.array(amounts, np.float64)
    return None if np.isnan(values).all() else np.nan_to_num(values)


def _portions(events: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(events)
    while portion := list(islice(rows, _PORTION)):
        yield portion
