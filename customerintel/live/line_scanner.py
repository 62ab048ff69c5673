"""Lines of the usual shape become a batch in one pass; all others are left for others to read."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.live.event_batch import Coded, EventBatch, Link
from customerintel.live.event_rows import LINKING, link_of
from customerintel.live.event_times import EARLIEST, LATEST, UNREAD, LineBuffer
from customerintel.live.line_keys import CALLS, LineKeys
from customerintel.live.property_values import first_number
from customerintel.live.spans import Spans
from customerintel.live.wanted import AMOUNT, Wanted, event_name

__all__ = ["LineScanner"]

Ints = NDArray[np.int64]
#: As of `skimming`.
_LONGEST: Final = 4000
_LINKING: Final = [CALLS.index(call) for call in sorted(LINKING)]
USER, ANONYMOUS, PREVIOUS, MESSAGE, EVENT = range(0, 10, 2)


class LineScanner:
    """Reads what is surely right without making an object of it.

    Parameters
    ----------
    wanted : Wanted
        Classes and properties.

    Notes
    -----
    Whatever it takes, the other readers of lines take with the same result. It leaves escapes,
    exponents, numbers of more than 15 digits, and ids, names and keys with letters beyond ASCII.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._keys = LineKeys(wanted)

    def scan(
        self, buffer: LineBuffer, origin: Ints, received: int | None, source: str, salt: bytes
    ) -> tuple[EventBatch, Ints, Ints]:
        """Return the batch of the lines that were read, their places, and the other places.

        Parameters
        ----------
        buffer : tuple
            As of `buffer_of_lines`.
        origin : ndarray of int64
            Which of the given items each line came in.
        received : int, optional
            When they came in, for events that do not say so.
        source, salt
            As of `Decoder`.
        """
        from customerintel._kernels.live_json_lines import SPAN, read_lines

        joined, data, offsets = buffer
        n, keys = len(origin), self._keys
        spans, times, calls = np.empty((n, SPAN), np.int64), np.empty(n, np.int64), origin.copy()
        values, fine = np.full((keys.n_rows, n), np.nan), np.empty(n, bool)
        bounds = _LONGEST, UNREAD if received is None else received, EARLIEST, LATEST
        columns = spans, times, calls, values, fine
        given: tuple[Any, ...] = (data, offsets, *bounds, *keys.tables(), *columns)
        with np.errstate(over="ignore"):  # hashes are meant to wrap around
            read_lines(*given)
        places = np.flatnonzero(fine)
        if len(places) < n:
            origin, spans = origin[places], spans[places]
            times, calls = times[places], calls[places]
            values = np.ascontiguousarray(values[:, places])
        batch = self._batch(joined, data, spans, times, calls, values, origin, source, salt)
        return batch, places, np.flatnonzero(~fine)

    def _batch(
        self, joined: bytes, data: NDArray[np.uint8], spans: Ints, times: Ints, calls: Ints,
        values: NDArray[np.float64], origin: Ints, source: str, salt: bytes,
    ) -> EventBatch:  # fmt: skip
        def column(field: int) -> Spans:
            return Spans(joined, spans[:, field].copy(), spans[:, field + 1].copy())

        user, message = column(USER), column(MESSAGE)
        users = user.stops > 0
        named = bool(users.all())
        who = user if named else _either(user, column(ANONYMOUS), users)
        told = bool(message.stops.any())
        names, code, opt_outs = self._names(data, spans, calls)
        return EventBatch(
            who=who,
            timestamp=times,
            code=code,
            values=self._values(values),
            message=message if told else None,
            keys=message.keys(source, salt) if told else np.zeros((len(times), 2), np.uint64),
            names=names,
            links=_links(joined, spans, calls),
            withdrawals=np.flatnonzero(opt_outs).tolist(),
            origin=origin,
            source=source,
            users=None if named else users,
        )

    def _values(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rows of the wanted properties; money is the first number there is."""
        asked = self._wanted.properties
        if len(values) == len(asked):
            return values
        amount = first_number(values[-3:])
        for row, one in enumerate(asked):
            if one.path == AMOUNT:
                values[row] = amount
        return values[: len(asked)]

    def _names(
        self, data: NDArray[np.uint8], spans: Ints, calls: Ints
    ) -> tuple[Coded, NDArray[np.int32], NDArray[np.bool_]]:
        """Return the names of the events, their classes, and which are opt-outs."""
        from customerintel._kernels.live_spans import number_pairs

        n = len(calls)
        slots = np.full(1 << (2 * n + 1).bit_length(), -1, np.int64)
        codes, firsts = np.empty(n, np.int32), np.empty(n, np.int64)
        starts, stops = spans[:, EVENT].copy(), spans[:, EVENT + 1].copy()
        count = number_pairs(data, starts, stops, calls, slots, codes, firsts)
        firsts = firsts[:count]
        texts = [
            data[low:high].tobytes().decode("ascii") if low < high else None
            for low, high in zip(starts[firsts].tolist(), stops[firsts].tolist(), strict=True)
        ]
        words = [CALLS[call] for call in calls[firsts].tolist()]
        classes, opt_outs = self._wanted.sorts_of(texts, words)
        shown = [event_name(*both) or "" for both in zip(texts, words, strict=True)]
        return Coded(codes, shown), classes[codes], opt_outs[codes]


def _either(user: Spans, anonymous: Spans, users: NDArray[np.bool_]) -> Spans:
    """Return whose events they are: the customer, else the device."""
    starts = np.where(users, user.starts, anonymous.starts)
    return Spans(user.data, starts, np.where(users, user.stops, anonymous.stops))


def _links(joined: bytes, spans: Ints, calls: Ints) -> list[Link]:
    """Return what identify and alias calls lead where."""
    links: list[Link] = []
    if not calls.any():
        return links
    for at in np.flatnonzero(np.isin(calls, _LINKING)).tolist():
        ids: list[Any] = [
            joined[spans[at, field] : spans[at, field + 1]].decode("ascii") or None
            for field in (USER, ANONYMOUS, PREVIOUS)
        ]
        link = link_of(CALLS[calls[at]], *ids)
        if link is not None:
            links.append((at, *link))
    return links
