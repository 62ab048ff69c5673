"""`profile`: what sets a group apart, trait by trait."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from customerintel.audit.profile_result import Profile
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import whole_number
from customerintel.plot.canvas import MODELS, QUIET, as_written, frame
from customerintel.plot.rows import check_result, legend_above, paper, row_axes, write_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["profile"]


class _Row(NamedTuple):
    """A difference as it is drawn."""

    label: str
    value: float
    low: float
    high: float
    significant: bool
    is_level: bool


def profile(profile: Profile, *, top: int = 12, ax: Axes | None = None) -> Axes:
    """Draw the largest differences between a group and the rest, in standard deviations.

    Numbers are drawn by Hedges' g, levels by the standardised difference of two shares (Austin
    2009), so that they are read on one axis. The interval of a level is that of the difference of
    its shares over the same spread. Of a trait with two levels, the one that the group has more
    often is drawn: the other is its mirror.

    Parameters
    ----------
    profile : Profile
        From `customerintel.audit.profile`.
    top : int, default 12
        How many differences.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one row per number or level: right of 0, the group has more of it; filled, the
        difference is significant at the false-discovery rate of the profile.

    Raises
    ------
    InvalidArgumentError
        If nothing could be compared, or an argument cannot be used.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> import customerintel as ci
    >>> from customerintel.plot.trait_forest import profile
    >>> library = ci.audit.simulate_library(300, seed=1)
    >>> core = ci.audit.core_customers(library.as_of(), window="365d")
    >>> found = ci.audit.profile(
    ...     library.as_of(), customers=library.customers, of=core.customer_id
    ... )
    >>> profile(found, top=5).get_title()
    'What sets the group apart'
    """
    check_result(profile, Profile, "profile", "customerintel.audit.profile(history, …)")
    top = whole_number(top, "top", "differences", least=1)
    rows = sorted([*_numbers(profile), *_levels(profile)], key=lambda row: -abs(row.value))[:top]
    if not rows:
        raise InvalidArgumentError(
            "profile has nothing to draw: no trait could be compared. Its table "
            "to_frame('traits') says why in the column reason."
        )
    ax = row_axes(ax, len(rows))
    ax.axvline(0.0, color=QUIET, linewidth=1.0, linestyle=":")
    for place, row in enumerate(rows):
        colour = MODELS[1] if row.is_level else MODELS[0]
        ax.hlines(place, row.low, row.high, color=colour, linewidth=1.8)
        ax.plot(
            row.value, place, "s" if row.is_level else "o", ms=6, color=colour,
            markerfacecolor=colour if row.significant else paper(ax),
        )  # fmt: skip
    write_rows(ax, [row.label for row in rows], letters=24)
    title = "What sets the group apart"
    frame(ax, title=title, x="standardised difference", y="")
    _around_nothing(ax, rows)
    _legend(ax, rows, title)
    return as_written(ax)


def _numbers(profile: Profile) -> list[_Row]:
    found = profile.numeric
    columns = (found.hedges_g, found.hedges_g_lower, found.hedges_g_upper, found.significant)
    rows = zip(found.trait, *(one.tolist() for one in columns), strict=True)
    return [
        _Row(name, g, low, high, told, is_level=False)
        for name, g, low, high, told in rows
        if np.isfinite(g)
    ]


def _levels(profile: Profile) -> list[_Row]:
    """Return levels, the mirror of another left out."""
    found = profile.levels
    p, q = found.share_group, found.share_rest
    spread = np.sqrt((p * (1.0 - p) + q * (1.0 - q)) / 2.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = found.difference_lower / spread, found.difference_upper / spread
    value = found.standardized_difference
    return [
        _Row(
            f"{found.trait[k]}: {found.level[k]}", float(value[k]),
            float(low[k]), float(high[k]), bool(found.significant[k]), is_level=True,
        )
        for k in range(len(found))
        if np.isfinite(value[k]) and not (value[k] < 0.0 and found.trait.count(found.trait[k]) == 2)
    ]  # fmt: skip


def _around_nothing(ax: Axes, rows: list[_Row]) -> None:
    """Show 0, and as much left as right where there are differences both ways."""
    from matplotlib.ticker import MaxNLocator

    ends = [end for row in rows for end in (row.low, row.high, row.value) if np.isfinite(end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    # a difference of 0.1 is small, and should look it
    room = 0.06 * max(high - low, 0.4)
    ax.set_xlim(min(low, -0.1) - room, max(high, 0.1) + room)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def _legend(ax: Axes, rows: list[_Row], title: str) -> None:
    from matplotlib.lines import Line2D

    kinds = ((False, "number", "o", MODELS[0]), (True, "level", "s", MODELS[1]))
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="", ms=6, label=label)
        for is_level, label, marker, colour in kinds
        if any(row.is_level is is_level for row in rows)
    ]
    if not all(row.significant for row in rows):
        handles.append(
            Line2D(
                [], [], marker="o", color=QUIET, markerfacecolor=paper(ax), linestyle="", ms=6,
                label="not significant",
            )
        )  # fmt: skip
    legend_above(ax, title, right=True, handles=handles)
