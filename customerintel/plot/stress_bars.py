"""`stress`: what a blow would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from customerintel.audit.resilience_result import Resilience
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.plot.canvas import MODELS, as_written, frame
from customerintel.plot.readable import short_number
from customerintel.plot.rows import check_result, mark_rows, row_axes, write_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["stress"]

#: What is written of each kind, and its place among the colours.
_KINDS: Final = {
    "customers": ("{} leave", 0),
    "core": ("the core leaves", 0),
    "segment": ("without {}", 2),
    "format": ("without {}", 1),
    "churn": ("core churn {}", 4),
    "price": ("prices {}", 3),
}


def stress(resilience: Resilience, *, top: int = 14, ax: Axes | None = None) -> Axes:
    """Draw what each stress test puts at risk: spend, or purchases without amounts.

    Parameters
    ----------
    resilience : Resilience
        From ``core.resilience(log, …)``.
    top : int, default 14
        How many: those with most at risk.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one bar per test, the longest at the top, and its share of the period's total.
        Tests that rest on too few customers to be told come last, without a bar.

    Raises
    ------
    InvalidArgumentError
        If the result has no stress tests, or an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.plot.stress_bars import stress
    >>> library = ci.audit.simulate_library(200, years=2, seed=1)
    >>> core = ci.audit.core_customers(library.as_of(), window="365d")
    >>> ax = stress(core.resilience(library.log, period="year"))
    >>> ax.get_xlabel()
    'purchases at risk, and share of all'
    """
    check_result(resilience, Resilience, "stress", "core.resilience(log, …)")
    top = whole_number(top, "top", "stress tests", least=1)
    tests = resilience.stress
    if tests is None or not len(tests.kind):
        raise InvalidArgumentError(
            "stress needs a complete period, and this result has none: ask core.resilience for a "
            "shorter one, such as period='quarter'."
        )
    rows = np.argsort(-np.nan_to_num(tests.at_risk, nan=-np.inf), kind="stable")[:top]
    values = tests.at_risk[rows]
    ax = row_axes(ax, len(rows))
    colours = [MODELS[_KINDS.get(tests.kind[k], ("", 5))[1]] for k in rows]
    bars = ax.barh(np.arange(len(rows)), np.nan_to_num(values), 0.66, color=colours)
    shares = [f"{one:.1%}" if np.isfinite(one) else "" for one in tests.share[rows]]
    ax.bar_label(bars, shares, padding=4)
    write_rows(ax, [_words(tests.kind[k], tests.what[k]) for k in rows])
    mark_rows(ax, [(k, "too few") for k in np.flatnonzero(tests.suppressed[rows]).tolist()])
    frame(ax, title="What a blow would cost", x=f"{tests.measure} at risk, and share of all", y="")
    _room_for_shares(ax, values)
    return as_written(ax)


def _words(kind: str, what: str) -> str:
    return _KINDS.get(kind, (f"{kind} {{}}", 5))[0].format(what)


def _room_for_shares(ax: Axes, values: np.ndarray) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    least = float(np.nanmin(values)) if np.isfinite(values).any() else 0.0
    # who had more back than they bought would be missed the other way
    ax.set_xlim(1.25 * min(least, 0.0), 1.25 * most if most > 0.0 else 1.0)
    if least < 0.0:
        ax.axvline(0.0, color=ax.xaxis.label.get_color(), linewidth=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short_number(x)))
