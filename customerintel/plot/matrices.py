"""What a model says of every history: frequency by recency, as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import is_number, whole_number
from customerintel.plot.canvas import as_written, axes_for, frame
from customerintel.plot.fits import Drawn, is_discrete, label_of, read_fit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["expected_purchases_matrix", "probability_alive_matrix"]

Floats = NDArray[np.float64]

#: Rows of an image of continuous ages.
ROWS = 50
#: Columns, if nobody says how many, and the most that there may be.
COLUMNS, WIDEST = 30, 1_000


def probability_alive_matrix(
    fit: Any, *, T: float | None = None, max_frequency: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw P(alive) of customers of one age, by frequency and recency.

    Parameters
    ----------
    fit : purchase model
        A fitted model.
    T : float, optional
        Age of the customers, in the unit of the fit. None: the greatest that was fitted.
    max_frequency : int, optional
        The last column. None: the greatest that was fitted, at most 30.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With an image; its figure has a colour bar besides. Histories that cannot be are grey:
        who has bought once only has the recency 0, and nobody else has.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or is missing where the model was loaded from a file or
        made by `from_params`.
    NotFittedError
        If the model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> params = {"r": 0.553, "alpha": 10.58, "s": 0.606, "beta": 11.66}
    >>> fit = models.ParetoNBD.from_params(params, unit="week")
    >>> ax = plot.probability_alive_matrix(fit, T=39.0, max_frequency=12)
    >>> ax.get_ylabel()
    'recency (age at the last purchase, weeks)'
    """
    model = read_fit(fit, "probability_alive_matrix")
    cells = _Cells.of(model, T, max_frequency)
    shown = cells.fill(model.probability_alive(cells.histories()))
    title = f"P(alive) at T = {cells.length}, {label_of(model)}"
    return _image(ax, cells, shown, title=title, legend="P(alive)", limits=(0.0, 1.0))


def expected_purchases_matrix(
    fit: Any,
    *,
    horizon: float,
    T: float | None = None,
    max_frequency: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the expected purchases of customers of one age, by frequency and recency.

    Parameters
    ----------
    fit : purchase model
        A fitted model.
    horizon : float
        Length of the time after T, in the unit of the fit.
    T : float, optional
        Age of the customers, in the unit of the fit. None: the greatest that was fitted.
    max_frequency : int, optional
        The last column. None: the greatest that was fitted, at most 30.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        As from :func:`probability_alive_matrix`.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or is missing where the model was loaded from a file or
        made by `from_params`.
    NotFittedError
        If the model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> params = {"r": 0.553, "alpha": 10.58, "s": 0.606, "beta": 11.66}
    >>> fit = models.ParetoNBD.from_params(params, unit="week")
    >>> ax = plot.expected_purchases_matrix(fit, horizon=26.0, T=39.0, max_frequency=12)
    >>> ax.get_title()
    'Expected purchases in 26 weeks, Pareto/NBD, T = 39 weeks'
    """
    model = read_fit(fit, "expected_purchases_matrix")
    cells = _Cells.of(model, T, max_frequency)
    shown = cells.fill(model.expected_purchases(cells.histories(), horizon))
    ahead = _length(horizon, model)
    title = f"Expected purchases in {ahead}, {label_of(model)}, T = {cells.length}"
    return _image(ax, cells, shown, title=title, legend=f"expected purchases in {ahead}")


class _Cells:
    """The histories of an image: one row per recency, one column per frequency."""

    def __init__(self, T: float, columns: int, edges: Floats, fit: Drawn) -> None:
        self.T, self.edges, self.unit = T, edges, fit.unit_
        self.length = _length(T, fit)
        last = (edges[:-1] + edges[1:]) / 2.0
        self.frequency, self.recency = np.meshgrid(np.arange(columns + 1.0), last)
        # the lowest row of the first column stands for recency 0
        self.recency[0, 0] = 0.0
        once = (self.frequency == 0.0) & (self.recency == 0.0)
        repeated = (self.frequency > 0.0) & (self.recency > 0.0)
        if is_discrete(fit):
            repeated &= self.frequency <= self.recency
        self.possible = once | repeated

    @classmethod
    def of(cls, fit: Drawn, T: Any, max_frequency: Any) -> _Cells:
        """Return the cells of an image.

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, or is missing where the fit holds no customers.
        """
        rows = getattr(fit, "_packed", None)
        if T is None:
            if rows is None:
                raise InvalidArgumentError(
                    "The model holds no customers (it was loaded, or made by from_params), so "
                    "give T, the age that is drawn, in the unit of the fit."
                )
            T = float(rows.T.max())
        if not is_number(T) or not 0.0 < T < np.inf:
            raise InvalidArgumentError(f"T must be an age above 0, in the fit's unit; got {T!r}.")
        if max_frequency is None:
            most = COLUMNS if rows is None else min(COLUMNS, int(rows.frequency.max()))
            max_frequency = max(most, 1)
        columns = whole_number(max_frequency, "max_frequency", "purchases", least=1)
        if columns > WIDEST:
            raise InvalidArgumentError(
                f"max_frequency must be at most {WIDEST:,}: no picture shows more columns; "
                f"got {columns:,}."
            )
        if is_discrete(fit):
            count = whole_number(T, "T", "opportunities", least=1)
            columns = min(columns, count)
            return cls(float(count), columns, np.arange(count + 2.0) - 0.5, fit)
        return cls(float(T), columns, np.linspace(0.0, float(T), ROWS + 1), fit)

    def histories(self) -> dict[str, Floats]:
        """Return the possible histories as a table."""
        x = self.frequency[self.possible]
        return {
            "frequency": x,
            "recency": self.recency[self.possible],
            "T": np.full_like(x, self.T),
        }

    def fill(self, values: Floats) -> np.ma.MaskedArray[Any, Any]:
        """Return values of the possible histories as an image."""
        image = np.zeros(self.possible.shape)
        image[self.possible] = values
        return np.ma.MaskedArray(image, ~self.possible)


def _length(length: float, fit: Drawn) -> str:
    return f"{length:,.4g} {_plural(fit)}"


def _plural(fit: Drawn) -> str:
    if is_discrete(fit):
        return "opportunities"
    return f"{fit.unit_}s" if fit.unit_ else "units of the fit"


def _image(
    ax: Axes | None,
    cells: _Cells,
    values: np.ma.MaskedArray[Any, Any],
    *,
    title: str,
    legend: str,
    limits: tuple[float | None, float | None] = (0.0, None),
) -> Axes:
    ax = axes_for(ax, size=(7.2, 5.0))
    from matplotlib.ticker import MaxNLocator

    columns = np.arange(values.shape[1] + 1) - 0.5
    ax.set_facecolor("#e4e7eb")
    # viridis grows evenly in brightness, and so is read without its colours
    image = ax.pcolormesh(
        columns, cells.edges, values, cmap="viridis", vmin=limits[0], vmax=limits[1]
    )
    ax.figure.colorbar(image, ax=ax, label=legend)
    unit = cells.length.partition(" ")[2]
    frame(
        ax,
        title=title,
        x="frequency (repeat purchases)",
        y=f"recency (age at the last purchase, {unit})",
    )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return as_written(ax)
