"""Fitting customer-base models and valuing customers, here and in lifetimes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

# the values of the CDNOW sample: simulated customers are like real ones
BG = {"r": 0.2425945, "alpha": 4.4136024, "a": 0.7929221, "b": 2.4259073}
PARETO = {"r": 0.5532771, "alpha": 10.5776837, "s": 0.6062399, "beta": 11.6687305}
SPEND = {"p": 6.2495718, "q": 3.7442246, "gamma": 15.4435218}


@cache
def histories(model: str, n: int) -> dict[str, np.ndarray]:
    """Simulate customers who come within 12 weeks and are observed for 39; exact weeks."""
    from customerintel import models

    fit = getattr(models, model).from_params(BG if model == "BetaGeoNBD" else PARETO, unit="week")
    rng = np.random.default_rng(11)
    parts = []
    for start in range(12):
        share = n // 12 + (start < n % 12)
        log = fit.simulate(share, T=39.0 - start, seed=100 + start)
        end = log.start + np.timedelta64(round((39.0 - start) * 7 * 86_400), "s")
        summary = log.as_of(end).summarize(unit="week")
        parts.append((summary.frequency, summary.recency, summary.T))
    frequency, recency, age = (np.concatenate(column) for column in zip(*parts, strict=True))
    level = rng.gamma(SPEND["p"], 1.0, len(frequency)) / rng.gamma(SPEND["q"], 1.0, len(frequency))
    return {
        "frequency": frequency,
        "recency": recency,
        "T": age,
        "monetary_value": np.where(frequency > 0, SPEND["gamma"] * level, 0.0),
    }


def _frame(model: str, n: int) -> Any:
    import pandas as pd

    return pd.DataFrame(histories(model, n))


class Fitted:
    """A fit with what makes it comparable: the sum of the log-likelihood at its optimum."""

    def __init__(self, log_likelihood: float) -> None:
        self.log_likelihood = log_likelihood

    def __len__(self) -> int:
        return round(-self.log_likelihood)


def ours(model: str, frame: Any) -> Fitted:
    """Fit here."""
    from customerintel import models

    return Fitted(getattr(models, model)().fit(frame, unit="week").log_likelihood_)


def theirs(model: str, frame: Any) -> Fitted:
    """Fit with lifetimes."""
    import lifetimes

    fitter = getattr(
        lifetimes, {"BetaGeoNBD": "BetaGeoFitter", "ParetoNBD": "ParetoNBDFitter"}[model]
    )
    fit = fitter().fit(frame["frequency"], frame["recency"], frame["T"])
    return Fitted(-fit._negative_log_likelihood_ * len(frame))


def our_value(frame: Any) -> Any:
    """Value 52 weeks of every customer."""
    from customerintel import models

    fit = models.BetaGeoNBD.from_params(BG, unit="week")
    spend = models.GammaGamma.from_params(SPEND)
    return models.lifetime_value(fit, spend, frame, horizon=52.0, annual_discount_rate=0.10).value


def their_value(frame: Any) -> Any:
    """Value 12 months of every customer with lifetimes."""
    import lifetimes
    import pandas as pd

    purchases, spend = lifetimes.BetaGeoFitter(), lifetimes.GammaGammaFitter()
    purchases.params_, spend.params_ = (
        pd.Series(BG),
        pd.Series({"p": SPEND["p"], "q": SPEND["q"], "v": SPEND["gamma"]}),
    )
    purchases.predict = purchases.conditional_expected_number_of_purchases_up_to_time
    return spend.customer_lifetime_value(
        purchases, frame["frequency"], frame["recency"], frame["T"], frame["monetary_value"],
        time=12, discount_rate=0.008, freq="W",
    )  # fmt: skip


def _both(model: str, n: int) -> dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]:
    given = partial(_frame, model, n)
    return {
        "customerintel": (given, partial(ours, model)),
        "lifetimes": (given, partial(theirs, model)),
    }


MODEL_TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "fit-bgnbd": _both("BetaGeoNBD", 3_100_000),
    "fit-paretonbd": _both("ParetoNBD", 23_570),
    "fit-paretonbd-million": {
        "customerintel": (partial(_frame, "ParetoNBD", 1_000_000), partial(ours, "ParetoNBD"))
    },
    "value": {
        "customerintel": (partial(_frame, "BetaGeoNBD", 1_000_000), our_value),
        "lifetimes": (partial(_frame, "BetaGeoNBD", 1_000_000), their_value),
    },
}
