"""Cohorts as layers on top of each other, without what few customers bought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.lens_five import EARLIER
from customerintel.plot.base_over_time import cohort_stack
from customerintel.report.charts import chart
from customerintel.report.late_lenses import cohort_name
from customerintel.report.numbers import MISSING, amounts, count, percent
from customerintel.report.pictures import picture
from customerintel.report.small_groups import few, hidden_groups, hidden_over_time

__all__ = ["Layers", "layers_of", "stack_chart"]

Floats = NDArray[np.float64]

#: Layers that can be told apart, beside that of what is not told apart.
LAYERS = 5
#: What is not told apart, as there are few customers in a layer.
REST = "not told apart"


@dataclass(frozen=True, eq=False)
class Layers:
    """Neighbouring cohorts together.

    Parameters
    ----------
    lens : LensFive
        With a row of its stacks for each layer, and what is hidden of them in one of its own.
    names : tuple of str
        Of the layers, the oldest first.
    spend, orders : float64 array, shape (n_layers, p)
        0 where hidden.
    hidden : bool array, shape (n_layers, p)
        Layers that are not told apart in a period.
    no_total : bool array, shape (p,)
        Periods of which no sum is shown.
    """

    lens: Any
    names: tuple[str, ...]
    spend: Floats
    orders: Floats
    hidden: NDArray[np.bool_]
    no_total: NDArray[np.bool_]


def layers_of(lens: Any, share: Floats) -> Layers:
    """Lay neighbouring cohorts together, and hide layers of few customers.

    Parameters
    ----------
    lens : LensFive
        The whole base.
    share : float64 array, shape (p,)
        Share of new customers that is told; NaN where it is not.
    """
    groups = _groups(lens.stack_labels)
    active = _sums(lens.active_stack, groups)
    hidden = np.zeros(active.shape, bool)
    for k in range(active.shape[1]):
        hidden[:, k] = _hidden(active[:, k], groups, k, int(lens.new[k]), told=share[k])
    no_total = hidden_over_time(lens.active)
    hidden |= no_total & (active > 0)
    parts = {
        name: np.nan_to_num(_sums(getattr(lens, name), groups).astype(np.float64))
        for name in ("spend_stack", "orders_stack")
    }
    names = tuple(lens.stack_labels[one[-1]] for one in groups)
    shown = {name: np.where(hidden, 0.0, part) for name, part in parts.items()}
    rest = {
        name: np.where(no_total, 0.0, np.where(hidden, part, 0.0).sum(axis=0))
        for name, part in parts.items()
    }
    early = int(names[0] == EARLIER)
    stacks = {
        name: np.vstack([shown[name][early:], rest[name][None], shown[name][:early]])
        for name in parts
    }
    labels = (*names[early:], REST, *names[:early])
    drawn = replace(
        lens, stack_labels=labels, new_share_of_spend=share, new_share_of_orders=share, **stacks
    )
    return Layers(drawn, names, shown["spend_stack"], shown["orders_stack"], hidden, no_total)


def _groups(labels: tuple[str, ...]) -> list[NDArray[np.int64]]:
    """Return places of cohorts that are one layer; who came before all of them are one alone."""
    early = [np.array([len(labels) - 1])] if labels[-1] == EARLIER else []
    own = np.arange(len(labels) - len(early))
    return [*early, *np.array_split(own, max(1, min(LAYERS - len(early), len(own))))]


def _sums(stack: NDArray[Any], groups: list[NDArray[np.int64]]) -> NDArray[Any]:
    return np.vstack([stack[one].sum(axis=0) for one in groups])


def _hidden(
    active: NDArray[np.int64], groups: list[NDArray[np.int64]], k: int, new: int, *, told: float
) -> NDArray[np.bool_]:
    """Tell which layers of one period are not shown."""
    hidden = hidden_groups(active)
    for place, one in enumerate(groups):
        # what the new customers of the period bought is known, and so are the others of the layer
        if k in one and np.isfinite(told) and few(active[place] - new):
            hidden[place] = True
    if hidden.any() and not (active[hidden].sum() >= 10 and hidden.sum() > 1):
        left = np.flatnonzero(~hidden & (active > 0))
        hidden[left[np.argsort(active[left])[:1]]] = True
    return hidden


def stack_chart(layers: Layers, *, money_too: bool, currency: str | None) -> str:
    """Draw the layers."""
    lens = layers.lens
    labels = [cohort_name(x) for x in lens.labels]
    if len(labels) < 2:
        return ""
    what = "Net spend" if money_too else "Purchases"
    write = amounts(currency) if money_too else count
    parts = layers.spend if money_too else layers.orders
    last, names = len(labels) - 1, [cohort_name(name) for name in layers.names]
    total = float((lens.spend if money_too else lens.orders)[last])
    tail = ""
    if total > 0 and not (layers.hidden[0, last] or layers.no_total[last]):
        tail = f" The oldest still make {percent(parts[0, last] / total)} in the last."
    return chart(
        "stack", picture(lambda axes: cohort_stack(lens, axes), heights=(2.4, 1.0)),
        title=f"{what} by cohort",
        says=f"Each layer is customers who began in the same time, the oldest at the bottom; "
        f"below, the share of those who were new.{tail}",
        head=["Period", *names],
        rows=[
            [label, *[MISSING if gone else write(x) for x, gone in zip(*both, strict=True)]]
            for label, *both in zip(labels, parts.T, layers.hidden.T, strict=True)
        ],
        height=4.2,
    )  # fmt: skip
