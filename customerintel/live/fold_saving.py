"""The fold as parts of a snapshot, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, TypeVar

from customerintel.exceptions import LiveStoreError
from customerintel.live.fold_customers import Customers, salts_of
from customerintel.live.fold_seen import SeenMessages
from customerintel.live.fold_snapshot import PORTION, pack_parts, read_parts
from customerintel.live.frozen import canonical
from customerintel.live.record_packing import RecordWriter
from customerintel.rfm import RFMThresholds, SegmentScheme

if TYPE_CHECKING:
    from customerintel.live.fold import Fold

__all__ = ["parts_bit_by_bit", "parts_of", "restored"]

#: Bytes of a part that is written beside events, about: more of them would hold these up.
SMALL: Final = 1 << 17
_Fold = TypeVar("_Fold", bound="Fold")


def _digest(layout: Any) -> str:
    return blake2b(canonical(layout).encode(), digest_size=16).hexdigest()


def parts_of(fold: Fold) -> Iterator[tuple[str, bytes]]:
    """Yield the whole state as named bytes."""
    own, arrays = fold.customers.state(in_order=True)
    keys, times = fold.seen.state(fold.time)
    arrays |= {"seen.key": keys.reshape(-1), "seen.time": times}
    records = RecordWriter(fold.state, PORTION).portions()
    return pack_parts(_facts(fold, own), arrays, records)


def parts_bit_by_bit(fold: Fold) -> Iterator[tuple[str, bytes]]:
    """Yield the whole state as it is now, in small parts, between which the fold may go on.

    Only one of these at a time: a record that is to change is written first.
    """
    own, arrays = fold.customers.state(in_order=False)
    keys, times = fold.seen.pieces(fold.time)
    arrays |= {"seen.key": keys, "seen.time": times}
    fold.state.writer = RecordWriter(fold.state, SMALL)
    return pack_parts(_facts(fold, own), arrays, fold.state.writer.portions(), SMALL)


def _facts(fold: Fold, own: Any) -> dict[str, Any]:
    return {
        "time": fold.time,
        "accepted": fold.n_accepted,
        "refreshed": fold.n_refreshed,
        "zone": fold.zone,
        "lateness": fold.lateness,
        "alive": fold.alive,
        "thresholds": None if fold.thresholds is None else fold.thresholds.to_dict(),
        "scheme": _scheme_data(fold.scheme),
        "layout": _digest(fold.state.layout_data()),
        "customers": own,
        "drained": fold.drained,
        "rows": fold.state.n_rows,
    }


def _scheme_data(scheme: SegmentScheme | None) -> Any:
    if scheme is None:
        return None
    names = ("name", "version", "segments", "bins", "codes")
    return {name: getattr(scheme, name) for name in names}


def _scheme_of(data: Any) -> SegmentScheme | None:
    if data is None:
        return None
    lists = {name: tuple(data[name]) for name in ("segments", "bins", "codes")}
    return SegmentScheme(name=data["name"], version=data["version"], **lists)


def restored(
    kind: type[_Fold], parts: Mapping[str, bytes], rules: Any, given: Mapping[str, Any]
) -> _Fold:
    """Return the fold that `parts_of` described.

    Raises
    ------
    LiveStoreError
        If a part is missing or damaged, or the snapshot is of other rules or settings.
    StoreVersionError
        If it was written in another format.
    """
    from customerintel.live.state import FoldState

    facts, arrays, records = read_parts(parts)
    for name in ("zone", "lateness"):
        if given[name] is not None and given[name] != facts[name]:
            raise LiveStoreError(
                f"The snapshot was written with {name}={facts[name]!r}, and {name}="
                f"{given[name]!r} is asked for. Open the store as it was started."
            )
    cuts = facts["thresholds"]
    fold = kind(
        rules, zone=facts["zone"], lateness=facts["lateness"], scheme=_scheme_of(facts["scheme"]),
        thresholds=None if cuts is None else RFMThresholds.from_dict(cuts),
        holdout=given["holdout"],
    )  # fmt: skip
    layout = fold.state.layout_data()
    if _digest(layout) != facts["layout"]:
        raise LiveStoreError(
            "The snapshot is of other rules than those it is read with. Open the store with the "
            "rules it was left with, and change them afterwards."
        )
    state = FoldState.of(fold.plan, facts["rows"], records, facts["time"])
    customers = Customers.from_state(fold.plan, facts["customers"], arrays)
    customers.arms.add(salts_of(fold.plan, fold.holdout))
    fold.alive = None if facts["alive"] is None else tuple(facts["alive"])
    fold.n_accepted, fold.n_refreshed = facts["accepted"], facts["refreshed"]
    fold.seen = SeenMessages(arrays["seen.key"].reshape(-1, 2), arrays["seen.time"])
    fold.take(fold.plan, state, customers)
    customers.replan(state, fold.plan)
    fold.drained = facts["drained"]
    return fold
