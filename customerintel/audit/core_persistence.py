"""How much of the core is core again, and how much would be if nobody changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.audit.persistence_intervals import excess_of_share, percentiles, widened
from customerintel.audit.score_intervals import score_interval
from customerintel.audit.steady_buyers import SteadyBuyers, expect_core, fit_steady
from customerintel.audit.steady_spend import SteadySpend, draw_orders, draw_unseen, fit_spend
from customerintel.audit.two_periods import TwoPeriods, core_weights
from customerintel.rfm.read_only import seal

__all__ = ["NAMES", "Persistence", "persistence_of"]

Floats = NDArray[np.float64]

#: What is observed, and expected when nobody changes.
NAMES = (
    "persistence", "persistence_known", "still_active", "share_before", "share_after",
    "revenue_retention",
)  # fmt: skip
#: Of these, shares of the customers in the core.
SHARES = NAMES[:3]
#: Customers in a replicate of the bootstrap, at the most; intervals are scaled to all.
DRAWN = 10_000
#: Times that each customer of a replicate is drawn, where the null model is simulated.
COPIES = 4


@dataclass(frozen=True, eq=False)
class Persistence:
    """A core over two periods: observed, expected when nobody changes, and the excess.

    Attributes
    ----------
    observed, expected : dict of str to float
        By the names of `NAMES`.
    errors : dict of str to float
        Standard errors of the expected by simulation, at the most; 0 where it is computed.
    size : float
        Customers in the earlier period's core.
    drawn : ndarray of float64, shape (n_boot, 2, 6)
        Replicates: observed and expected, in the order of `NAMES`.
    buyers : SteadyBuyers
        The null model.
    """

    observed: dict[str, float]
    expected: dict[str, float]
    errors: dict[str, float]
    size: float
    drawn: Floats
    buyers: SteadyBuyers

    def __post_init__(self) -> None:
        seal(self)

    def interval(self, name: str, which: str, level: float) -> tuple[float, float]:
        """Return the interval of a figure: "observed", "expected" or "excess"."""
        seen, thought = self.drawn[:, :, NAMES.index(name)].T
        at, expected, error = self.observed[name], self.expected[name], self.errors[name]
        # a share of which nobody, or everybody, is has no spread among customers drawn anew
        is_share = name == "still_active" or (name in SHARES and at in (0.0, 1.0))
        if math.isnan(at if which == "observed" else expected) or math.isnan(
            percentiles(seen, level)[0]
        ):
            return math.nan, math.nan
        if which == "expected":
            return widened(expected, thought, error, level)
        if which == "observed":
            if is_share:
                low, high = score_interval(at * self.size, self.size, level)
                return float(low), float(high)
            return widened(at, seen, 0.0, level)
        if is_share:
            bounds = widened(expected, thought, error, level)
            return excess_of_share(at, self.size, (expected, bounds), level)
        return widened(at - expected, seen - thought, error, level)


def persistence_of(
    pair: TwoPeriods, by: str, share: float, *, n_boot: int, n_simulations: int, seed: int
) -> Persistence:
    """Compare the core of a period with that of the next.

    Parameters
    ----------
    pair : TwoPeriods
        What customers bought.
    by : {"frequency", "spend", "volume", "both", "either"}
        What makes a customer core.
    share : float
        Of the active customers that are core.
    n_boot, seed
        Times that the customers are drawn anew, and the seed of that.
    n_simulations : int
        Customers that are drawn from the null model, where it is not computed.
    """
    rng = np.random.default_rng(seed)
    before = pair.orders[0] > 0.0
    null = _Null(pair, by, share, rng)
    expected, errors = null.expect(pair, rng, n_simulations)
    observed = _observe(pair, by, share)
    n, size = len(pair), min(len(pair), DRAWN)
    drawn = np.full((n_boot, 2, len(NAMES)), np.nan)
    if before.any():
        for k in range(n_boot):
            some = pair.take(rng.integers(0, n, size))
            drawn[k, 0] = list(_observe(some, by, share).values())
            again = null.refit(some)
            drawn[k, 1] = list(again.expect(some, rng, COPIES * size)[0].values())
    at = np.array([list(observed.values()), list(expected.values())])
    # m out of n: what varies with 1/sqrt(m) is brought to 1/sqrt(n) (Bickel, Götze, van Zwet 1997)
    drawn = at + math.sqrt(size / max(n, 1)) * (drawn - at)
    size_of_core = float(_cores(pair, by, share, 0)[1].sum())
    return Persistence(observed, expected, errors, size_of_core, drawn, null.buyers)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else math.nan


def _dot(weights: Floats, values: NDArray[Any]) -> float:
    """Return the weighted sum, added in one order however many threads BLAS has."""
    return float((weights * values).sum())


def _observe(pair: TwoPeriods, by: str, share: float) -> dict[str, float]:
    """Return what happened, in the order of `NAMES`."""
    first, core = _cores(pair, by, share, 0)
    second, again = _cores(pair, by, share, 1)
    both = first & second
    known = np.zeros(len(pair))
    known[both] = _core([x[1, both] for x in _columns(pair)], by, share)
    size = float(core.sum())
    values = pair.measure(by)
    return {
        "persistence": _share(_dot(core, again), size),
        "persistence_known": _share(_dot(core, known), size),
        "still_active": _share(_dot(core, second), size),
        "share_before": _share(_dot(core, values[0]), float(values[0].sum())),
        "share_after": _share(_dot(core, values[1]), float(values[1].sum())),
        "revenue_retention": _share(_dot(core, pair.spend[1]), _dot(core, pair.spend[0])),
    }


def _columns(pair: TwoPeriods) -> tuple[Floats, Floats, Floats]:
    return pair.orders, pair.units, pair.spend


def _core(columns: Sequence[Floats], by: str, share: float) -> Floats:
    orders, units, spend = columns
    return core_weights(orders, units, spend, by, share)


def _cores(pair: TwoPeriods, by: str, share: float, k: int) -> tuple[NDArray[np.bool_], Floats]:
    """Return who is active in a period, and how much of each customer is core in it."""
    active = pair.orders[k] > 0.0
    inside = np.zeros(len(pair))
    inside[active] = _core([x[k, active] for x in _columns(pair)], by, share)
    return active, inside


class _Null:
    """Customers who go on as before: the fit to the earlier period and what follows from it."""

    def __init__(self, pair: TwoPeriods, by: str, share: float, rng: np.random.Generator) -> None:
        self.by, self.share = by, share
        self._fit(pair, None)
        orders, before = pair.orders[0], pair.orders[0] > 0.0
        money = bool(np.isfinite(pair.spend).all()) and by != "frequency" and before.any()
        own = SteadySpend(None, whole=False, _means=np.ones(1))
        units = by not in ("frequency", "spend") and before.any()
        self.spend = fit_spend(orders[before], pair.spend[0, before], rng) if money else own
        self.units = fit_spend(orders[before], pair.units[0, before], rng) if units else own

    def _fit(self, pair: TwoPeriods, near: float | None) -> None:
        orders = pair.orders[0]
        counts, weights = np.unique(orders[orders > 0.0], return_counts=True)
        self.counts, self.weights = counts, weights.astype(np.float64)
        self.buyers = fit_steady(self.counts, self.weights, near=near)

    def refit(self, pair: TwoPeriods) -> _Null:
        """Return the model of other customers; what they pay per purchase is taken as it was."""
        again = object.__new__(_Null)
        again.by, again.share, again.spend, again.units = (
            self.by, self.share, self.spend, self.units,
        )  # fmt: skip
        again._fit(pair, self.buyers.shape if self.buyers.status == "interior" else None)
        return again

    def expect(
        self, pair: TwoPeriods, rng: np.random.Generator, n_simulations: int
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Return what is expected, in the order of `NAMES`, and its errors by simulation."""
        if self.buyers.status == "degenerate":
            return dict.fromkeys(NAMES, math.nan), dict.fromkeys(NAMES, math.nan)
        before = pair.orders[0] > 0.0
        orders, units, spend = (x[0, before] for x in _columns(pair))
        core = core_weights(orders, units, spend, self.by, self.share)
        errors = dict.fromkeys(NAMES, 0.0)
        if self.by == "frequency":
            found = expect_core(
                self.counts, self.weights, self.buyers, self.share, ratio=pair.ratio
            )
            made = {name: getattr(found, name) for name in NAMES[:-1]}
        else:
            made, drawn = self._simulate((orders, units, spend), core, rng, n_simulations, pair)
            errors |= drawn
            some = self.buyers.chance_to_buy(orders, pair.ratio)
            made["still_active"] = _share(_dot(core, some), float(core.sum()))
        made["revenue_retention"] = self._revenue(orders, spend, core, pair.ratio)
        return {name: made[name] for name in NAMES}, errors

    def _revenue(self, orders: Floats, spend: Floats, core: Floats, ratio: float) -> float:
        """Return what the core would spend later over what it spent (regression to the mean)."""
        r = self.buyers.shape
        later = (r + orders) / (r / self.buyers.mean + 1.0) * ratio
        per_order = self.spend.expect(orders, spend)
        return _share(_dot(core, later * per_order), _dot(core, spend))

    def _simulate(
        self, first: tuple[Floats, Floats, Floats], core: Floats, rng: np.random.Generator,
        n_simulations: int, pair: TwoPeriods,
    ) -> tuple[dict[str, float], dict[str, float]]:  # fmt: skip
        """Draw the later period: of the customers seen, and of those who happened not to buy.

        Returns
        -------
        made, errors : dict of str to float
            What they came to, and its standard errors.
        """
        kept = np.arange(len(core))
        if len(core) > n_simulations:
            kept = np.sort(rng.choice(len(core), n_simulations, replace=False))
        copies = max(1, round(n_simulations / len(core)))
        kept = np.tile(kept, copies)
        orders, units, spend = (x[kept] for x in first)
        later = draw_orders(rng, self.buyers, orders, pair.ratio)
        new = draw_unseen(rng, self.buyers, float(len(kept)), pair.ratio)
        seen, n = np.concatenate([orders, np.zeros(len(new))]), len(kept)
        later = np.concatenate([later, new])
        blank = np.zeros(len(new))
        drawn = (
            later,
            self.units.draw(rng, seen, np.concatenate([units, blank]), later),
            self.spend.draw(rng, seen, np.concatenate([spend, blank]), later),
        )
        active, weights = later > 0.0, core[kept]
        again, known = np.zeros(len(later)), np.zeros(n)
        back = active[:n]
        again[active] = _core([x[active] for x in drawn], self.by, self.share)
        known[back] = _core([x[:n][back] for x in drawn], self.by, self.share)
        size = float(weights.sum())
        place = {"volume": 1, "spend": 2}.get(self.by, 0)
        after, before = drawn[place], first[place]
        made = {
            "persistence": _share(_dot(weights, again[:n]), size),
            "persistence_known": _share(_dot(weights, known), size),
            "share_before": _share(_dot(core, before), float(before.sum())),
            "share_after": _share(_dot(weights, after[:n]), float(after.sum())),
        }
        errors = {name: _error_of_share(made[name], size) for name in SHARES[:2]}
        left = np.concatenate([weights, blank]) - made["share_after"]
        spread = math.sqrt(_dot(left**2, after**2))
        errors["share_after"] = _share(spread, float(after.sum()))
        return made, errors


def _error_of_share(share: float, size: float) -> float:
    """Return the standard error of a share by lot; some, even where nobody is, or everybody."""
    share = (share * size + 1.0) / (size + 2.0)
    return math.sqrt(share * (1.0 - share) / size) if size else math.nan
