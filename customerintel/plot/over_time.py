"""`tracking`: repeat purchases over time, what happened beside what models expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from customerintel.exceptions import InvalidArgumentError
from customerintel.plot.canvas import (
    QUIET,
    as_written,
    axes_for,
    date_axis,
    frame,
    in_legend,
    ink,
    style,
)
from customerintel.plot.steps import tracking_data
from customerintel.tables.moments import UNITS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["tracking"]


def tracking(
    fit: Any,
    log: Any,
    *,
    calibration_end: Any,
    end: Any = None,
    cumulative: bool = False,
    period: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the repeat purchases of the calibration's customers over time, actual and expected.

    A line marks the end of the calibration: left of it the model is looked at where it was
    fitted, right of it where it was not. The numbers are those of :func:`tracking_data`.

    Parameters
    ----------
    fit : purchase model, or list of them
        Fitted models. Their unit is the length of a step.
    log : TransactionLog or History
        The purchases, those after the calibration included.
    calibration_end : date, datetime, datetime64 or str
        Who had bought by then is followed; a step ends here.
    end : date, datetime, datetime64 or str, optional
        Only whole steps up to here are drawn. None: the last row of the log, or
        `calibration_end` if that is later.
    cumulative : bool, default False
        Whether purchases are added up from the start.
    period : {"hour", "day", "week", "month"}, optional
        Purchases within one calendar period count as one, as in the summary of the fit. None:
        the day, and for BG/BB the unit of the fit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With one line per model after that of what happened.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the model knows no unit.
    NotFittedError
        If a model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> truth = models.NBD.from_params({"r": 0.8, "alpha": 8.0}, unit="week")
    >>> log = truth.simulate(500, T=52.0, seed=1)
    >>> ax = plot.tracking(truth, log, calibration_end="2000-06-30", end="2000-12-29")
    >>> ax.get_ylabel()
    'repeat purchases per week'
    """
    if not isinstance(cumulative, bool | np.bool_):
        raise InvalidArgumentError(
            f"cumulative must be True or False; got {type(cumulative).__name__}."
        )
    data = tracking_data(fit, log, calibration_end=calibration_end, end=end, period=period)
    ax = axes_for(ax, size=(8.4, 4.2))
    actual = data.cumulative_actual if cumulative else data.actual
    expected = data.cumulative_expected if cumulative else data.expected
    ax.plot(data.end, actual, color=ink(ax), alpha=0.75, linewidth=1.6, label="actual")
    for k, (name, values) in enumerate(zip(data.models, expected, strict=True)):
        colour, dashes = style(k)
        ax.plot(
            data.end, values, color=colour, linestyle=dashes, linewidth=2.0, label=in_legend(name)
        )
    where: Any = data.calibration_end  # matplotlib takes dates, its stubs do not
    ax.axvline(where, color=QUIET, linewidth=1.0, linestyle=":", label="calibration ends")
    ax.set_ylim(bottom=0.0)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    date_axis(ax)
    longer = UNITS[data.unit] > UNITS[data.period]
    step = data.unit if longer else data.period
    frame(
        ax,
        title=f"Repeat purchases of {data.n_customers:,} customers",
        x=f"end of the {step}" if longer else step,
        y="repeat purchases so far" if cumulative else f"repeat purchases per {step}",
    )
    ax.legend(frameon=False)
    return as_written(ax)
