"""The tables of `Resilience`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.core_persistence import NAMES
from customerintel.tables.building import Column

if TYPE_CHECKING:
    from customerintel.audit.resilience_result import Resilience

__all__ = ["TABLES"]

_WAYS: Final = ("observed", "expected", "excess")


def _texts(values: Any) -> NDArray[np.object_]:
    return np.array(list(values), object)


def _persistence(found: Resilience) -> dict[str, Column]:
    columns: dict[str, Column] = {"measure": _texts(NAMES)}
    for way in _WAYS:
        columns[way] = np.array([found.figure(name, way) for name in NAMES])
    for way in _WAYS:
        before = "" if way == "observed" else f"{way}_"
        ends = np.array([found.interval(f"{before}{name}") for name in NAMES])
        columns[f"{way}_lower"], columns[f"{way}_upper"] = ends[:, 0].copy(), ends[:, 1].copy()
    return columns


def _survival(found: Resilience) -> dict[str, Column]:
    survival = found.survival
    return {
        "period": _texts(found.periods.labels[k] for k in survival.periods),
        "age": np.arange(len(survival.periods)),
        "active": survival.active,
    }


def _concentration(found: Resilience) -> dict[str, Column]:
    shares = {"top_1_percent": 0.01, "top_5_percent": 0.05, "top_20_percent": 0.20}
    names = (*shares, "hhi", "effective_customers")
    lines = np.full((len(names), 3), np.nan)
    if (held := found.concentration) is not None:
        for line, name in zip(lines, names, strict=True):
            if name in shares:
                line[:] = held.top_share(shares[name]), *held.interval("top_share", shares[name])
            else:
                line[:] = getattr(held, name), *held.interval(name)
    value, lower, upper = lines.T.copy()
    return {"measure": _texts(names), "value": value, "lower": lower, "upper": upper}


def _stress(found: Resilience) -> dict[str, Column]:
    tests = found.stress
    names = ("customers", "at_risk", "share", "recovery")
    if tests is None:
        none = {name: np.empty(0) for name in names}
        return {"kind": _texts(()), "what": _texts(()), **none, "suppressed": np.empty(0, bool)}
    return {
        "kind": _texts(tests.kind),
        "what": _texts(tests.what),
        **{name: getattr(tests, name) for name in names},
        "suppressed": tests.suppressed,
    }


def _formats(found: Resilience) -> dict[str, Column]:
    mix = found.format_mix
    assert mix is not None  # noqa: S101 -- the part exists only then
    p, size = mix.mix.shape
    return {
        "period": _texts(np.repeat(_texts(mix.labels), size)),
        "format": _texts(mix.formats * p),
        "purchases": mix.orders.ravel(),
        "share": mix.mix.ravel(),
        "share_of_all": mix.mix_of_all.ravel(),
    }


def _bridge(found: Resilience) -> dict[str, Column]:
    mix = found.format_mix
    assert mix is not None  # noqa: S101 -- the part exists only then
    kept = mix.retention
    return {
        "period": _texts(mix.labels),
        "shift": mix.shift,
        "shift_of_all": mix.shift_of_all,
        "bridge_rate": mix.bridge,
        "migration": mix.migration,
        "retention_old_only": kept[:, 1],
        "retention_new_only": kept[:, 2],
        "retention_both": kept[:, 3],
    }


#: What makes each part.
TABLES: Final[Mapping[str, Callable[[Any], dict[str, Column]]]] = {
    "persistence": _persistence,
    "survival": _survival,
    "concentration": _concentration,
    "stress": _stress,
    "formats": _formats,
    "bridge": _bridge,
}
