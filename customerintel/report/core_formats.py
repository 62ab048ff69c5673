"""In which formats the core buys, without those of a few core customers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.cells import Cells, cells_of
from customerintel.audit.two_periods import core_of_period
from customerintel.plot.core_over_time import format_mix
from customerintel.report.charts import chart
from customerintel.report.numbers import percent
from customerintel.report.pictures import in_words, picture
from customerintel.report.small_groups import few, share, unsafe

__all__ = ["formats_view", "told_mix"]

#: Formats in a table.
FORMATS = 12
#: What formats of few customers are together.
OTHERS = "others"

Mask = NDArray[np.bool_]


def formats_view(found: Any, formats: str) -> str:
    """Draw shares of the core's purchases; nothing where there are no two to tell apart."""
    if found.format_mix is None:
        return ""
    mix = told_mix(found, formats)
    if len(mix.formats) < 2 or not np.isfinite(mix.mix).any():
        return ""
    drawn = replace(found, format_mix=mix)
    both, either = mix.states[-1, 3], mix.states[-1, 1:].sum()
    bridge = ""
    if np.isfinite(found.bridge_rate) and not unsafe(both, either):
        bridge = f" {share(both, either)} of the core use both old and new."
    labels = [in_words(label) for label in mix.labels]
    most = np.sort(np.argsort(-np.nan_to_num(mix.mix).sum(axis=0), kind="stable")[:FORMATS])
    rest = (
        " What fewer than 10 core customers use is among the others."
        if (len(mix.formats) < len(found.format_mix.formats))
        else ""
    )
    return chart(
        "formats", picture(lambda ax: format_mix(drawn, ax=ax)), title="How the core buys",
        says=f"Shares of the core's purchases, period by period.{bridge}{rest}",
        head=["Period", *[mix.formats[k] for k in most]],
        rows=[
            [label, *map(percent, shares[most])]
            for label, shares in zip(labels, mix.mix, strict=True)
        ],
        height=3.0,
    )  # fmt: skip


def told_mix(found: Any, formats: str) -> Any:
    """Return the mix with formats of a few core customers in a period laid together."""
    mix = found.format_mix
    users, members = _users(found, formats)
    gone: Mask = np.asarray(few(users).any(axis=0))
    if not gone.any():
        return mix
    order = np.argsort(users.sum(axis=0), kind="stable")
    while not gone.all() and any(
        few(np.count_nonzero(one[:, gone].any(axis=1))) for one in members
    ):
        gone[next(k for k in order if not gone[k])] = True
    kept = np.flatnonzero(~gone)
    parts = {
        name: np.column_stack([values[:, kept], values[:, gone].sum(axis=1)])
        for name in ("orders", "mix", "mix_of_all")
        for values in (getattr(mix, name),)
    }
    return replace(mix, formats=(*[mix.formats[k] for k in kept], OTHERS), **parts)


def _users(found: Any, formats: str) -> tuple[NDArray[np.int64], list[Mask]]:
    """Return how many of each period's core use each format, and who of them (customer, format)."""
    cells = cells_of(found.history, found.periods)
    cut: Cells = cells_of(found.history, found.periods, by=formats)
    members = []
    for k in np.flatnonzero(found.periods.complete).tolist():
        core = core_of_period(cells, k, found.core.by, found.core.share) > 0
        chosen = (cut.period == k) & (cut.group >= 0)
        chosen &= core[cut.customer]
        who, place = np.unique(cut.customer[chosen], return_inverse=True)
        uses = np.zeros((len(who), len(cut.groups)), bool)
        uses[place, cut.group[chosen]] = True
        members.append(uses)
    return np.array([one.sum(axis=0) for one in members]), members
