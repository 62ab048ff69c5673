"""`heterogeneity`: how customers differ in how often they buy, and in how they are lost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.plot.canvas import as_written, frame, ink, make_axes, style
from customerintel.plot.fits import Drawn, label_of, read_fit, regularity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["heterogeneity"]

Floats = NDArray[np.float64]

POINTS = 1_000
#: The share of the customers that the picture reaches to.
REACH = 0.99
#: Beyond this, or its inverse, a parameter is as good as infinite, or 0.
FAR = 1e8
#: A mean that is as good as 0.
NOTHING = 1e-6


def heterogeneity(fit: Any, *, ax: Any = None) -> Any:
    """Draw how customers differ: densities of the rate of purchase and of dropout.

    Parameters
    ----------
    fit : purchase model
        A fitted model.
    ax : matplotlib.axes.Axes, or sequence of two, optional
        Where to draw: one for NBD, where nobody is lost, else two. None: in a new figure.

    Returns
    -------
    matplotlib.axes.Axes, or ndarray of two
        The purchase rate (BG/BB: probability), then the dropout: the probability p after each
        purchase of BG/NBD, MBG/NBD and their CNBD-k, the rate μ of Pareto/NBD, the probability θ
        at each opportunity of BG/BB. A line marks the mean. Rates are drawn up to that of the
        upper 1 per cent.

    Raises
    ------
    InvalidArgumentError
        If the model is none of repeat purchases, or `ax` something else.
    NotFittedError
        If the model has no parameters yet.
    MissingDependencyError
        If matplotlib is not installed.

    Notes
    -----
    Where a parameter ran away in the fit (``status_ == "boundary"``), its density is no longer
    one: only the mean is drawn, and what ran away is said.

    In the CNBD-k models λ counts ticks, of which k make a purchase: λ / k is drawn.

    Many densities are infinite at 0 (where r or a is below 1) or 1; the picture cuts them off.

    Examples
    --------
    >>> from customerintel import models, plot
    >>> params = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    >>> fit = models.BetaGeoNBD.from_params(params, unit="week")
    >>> rate, dropout = plot.heterogeneity(fit)
    >>> rate.get_xlabel(), dropout.get_xlabel()
    ('purchases per week', 'probability of dropout after a purchase')
    """
    model = read_fit(fit, "heterogeneity")
    parts = _parts_of(model)
    axes = make_axes(ax, len(parts), size=(4.2 * len(parts) + 0.6, 3.8))
    for k, (one, part) in enumerate(zip(axes, parts, strict=True)):
        _draw(one, part, k, label_of(model))
    if len(axes) == 1:
        return as_written(axes[0])
    made = np.empty(len(axes), object)
    made[:] = [as_written(one) for one in axes]
    return made


@dataclass(frozen=True)
class _Part:
    """A distribution over the customers: gamma (shape, rate), or beta."""

    kind: str
    names: tuple[str, str]
    params: tuple[float, float]
    ticks: int
    ran_away: tuple[str, ...]
    title: str
    axis: str

    @property
    def mean(self) -> float:
        first, second = self.params
        return first / self._rate if self.kind == "gamma" else first / (first + second)

    @property
    def _rate(self) -> float:
        """Of the gamma distribution of purchases, where the fit's is one of ticks."""
        return self.params[1] * self.ticks

    @property
    def label(self) -> str:
        said = [
            f"{name} = {value:.4g}" for name, value in zip(self.names, self.params, strict=True)
        ]
        return ", ".join([*said, f"k = {self.ticks}"] if self.ticks > 1 else said)

    def grid(self) -> Floats:
        """Return where the density is drawn: inside, since it may be infinite at the ends."""
        if self.kind == "beta":
            return (np.arange(POINTS) + 0.5) / POINTS
        # the mean shall be seen even where nearly everybody is far below it
        far = max(float(self._law().ppf(REACH)), 1.5 * self.mean)
        return far * np.arange(1, POINTS + 1) / POINTS

    def density(self, x: Floats) -> Floats:
        return np.asarray(self._law().pdf(x))

    def _law(self) -> Any:
        from scipy import stats

        first, second = self.params
        if self.kind == "gamma":
            return stats.gamma(first, scale=1.0 / self._rate)
        return stats.beta(first, second)


def _parts_of(fit: Drawn) -> list[_Part]:
    """Return how a model lets customers differ, told by its parameters."""
    unit = f"per {fit.unit_}" if fit.unit_ else "per unit of time"
    known = {
        ("r", "alpha"): ("gamma", "Purchase rate", f"purchases {unit}"),
        ("a", "b"): ("beta", "Dropout", "probability of dropout after a purchase"),
        ("s", "beta"): ("gamma", "Dropout rate", f"dropouts {unit}"),
        ("alpha", "beta"): ("beta", "Purchase", "probability of a purchase at an opportunity"),
        ("gamma", "delta"): ("beta", "Dropout", "probability of dropout before an opportunity"),
    }
    values = fit.params_
    parts = []
    for names, (kind, title, axis) in known.items():
        first, second = names
        if names == ("alpha", "beta") and "r" in values:
            continue  # of two gamma distributions
        if first in values and second in values:
            ticks = regularity(fit) if names == ("r", "alpha") else 1
            given = (values[first], values[second])
            away = _ran_away(fit, dict(zip(names, given, strict=True)))
            parts.append(_Part(kind, names, given, ticks, away, title, axis))
    return parts


def _ran_away(fit: Drawn, params: dict[str, float]) -> tuple[str, ...]:
    """Return what makes a distribution none, as the fit says it or the parameters themselves."""
    said = tuple(end for end in fit.boundary_ if end.partition(" ")[0] in params)
    far = {name: value for name, value in params.items() if not 1.0 / FAR < value < FAR}
    return said or tuple(f"{name} = {value:.3g}" for name, value in far.items())


def _draw(ax: Axes, part: _Part, place: int, label: str) -> None:
    colour, _ = style(place)
    mean = part.mean
    if part.ran_away:
        ax.set_yticks([])
        ax.set_xlim(0.0, 1.0 if part.kind == "beta" or mean < NOTHING else 2.0 * mean)
        ax.text(
            0.5, 0.55, f"No density to draw:\n{', '.join(part.ran_away)}",
            ha="center", va="center", transform=ax.transAxes,
        )  # fmt: skip
    else:
        x = part.grid()
        y = part.density(x)
        ax.plot(x, y, color=colour, linewidth=2.0, label=part.label)
        ax.fill_between(x, y, color=colour, alpha=0.15, linewidth=0.0)
        ax.set_xlim(0.0, 1.0 if part.kind == "beta" else x[-1])
        ax.set_ylim(0.0, _height(y))
    ax.axvline(
        mean,
        color=ink(ax),
        linewidth=1.4,
        linestyle="--",
        label=f"mean {mean if mean > NOTHING else 0.0:.3g}",
    )
    frame(ax, title=f"{part.title}, {label}", x=part.axis, y="density")
    ax.legend(framealpha=0.9, edgecolor="none")


def _height(density: Floats) -> float:
    """Return where the picture is cut off, so that an infinite end does not flatten the rest."""
    inner = float(np.max(density[POINTS // 50 : -POINTS // 50]))
    most = float(np.max(density))
    return 1.08 * (most if most <= 1.5 * inner and math.isfinite(most) else inner)
