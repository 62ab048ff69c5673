"""Fitting customer-base models and valuing customers, here and in lifetimes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(os.environ.get("CUSTOMERINTEL_BENCH_DATA", Path(tempfile.gettempdir()) / "ci-bench"))

# the values of the CDNOW sample: simulated customers are like real ones
BG = {"r": 0.2425945, "alpha": 4.4136024, "a": 0.7929221, "b": 2.4259073}
PARETO = {"r": 0.5532771, "alpha": 10.5776837, "s": 0.6062399, "beta": 11.6687305}
SPEND = {"p": 6.2495718, "q": 3.7442246, "gamma": 15.4435218}


#: Customers come on each of the first 84 days, and are observed for 39 weeks.
STARTS, DAYS = 84, 273


def simulate(model: str, n: int) -> dict[str, np.ndarray]:
    """Return frequency, recency and T in exact weeks, and the mean spend, of `n` customers."""
    from customerintel import models

    fit = getattr(models, model).from_params(BG if model == "BetaGeoNBD" else PARETO, unit="week")
    rng = np.random.default_rng(11)
    parts = []
    for start in range(STARTS):
        share = n // STARTS + (start < n % STARTS)
        log = fit.simulate(share, T=(DAYS - start + 1) / 7, seed=100 + start)
        last = np.datetime64("2000-01-01") + (DAYS - start)
        summary = log.as_of(last).summarize(unit="week")
        parts.append((summary.frequency, summary.recency, summary.T))
    frequency, recency, age = (np.concatenate(column) for column in zip(*parts, strict=True))
    level = rng.gamma(SPEND["p"], 1.0, len(frequency)) / rng.gamma(SPEND["q"], 1.0, len(frequency))
    spend = np.where(frequency > 0, SPEND["gamma"] * level, 0.0)
    # as they come from a table: in no order
    order = rng.permutation(len(frequency))
    columns = {"frequency": frequency, "recency": recency, "T": age, "monetary_value": spend}
    return {name: column[order] for name, column in columns.items()}


def histories(model: str, n: int) -> dict[str, np.ndarray]:
    """Simulate once, then read."""
    path = DATA / f"{model}-{n}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        columns: dict[str, Any] = dict(simulate(model, n))
        np.savez(path, **columns)
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def _frame(model: str, n: int) -> Any:
    import pandas as pd

    return pd.DataFrame(histories(model, n))


def _distinct(model: str, n: int) -> Any:
    """Return customers of whom no two have an age in common, so that nothing can be merged."""
    frame = _frame(model, n)
    return frame.assign(T=frame["T"] + np.random.default_rng(12).random(n))


class Fitted:
    """A fit with what makes it comparable: the sum of the log-likelihood at its optimum."""

    def __init__(self, log_likelihood: float, n: int) -> None:
        self.log_likelihood = log_likelihood
        self.n = n

    def __len__(self) -> int:
        return self.n


def ours(model: str, frame: Any) -> Fitted:
    """Fit here."""
    from customerintel import models

    fit = getattr(models, model)().fit(frame, unit="week")
    return Fitted(fit.log_likelihood_, len(frame))


def theirs(model: str, frame: Any) -> Fitted:
    """Fit with lifetimes."""
    import lifetimes

    fitter = getattr(
        lifetimes, {"BetaGeoNBD": "BetaGeoFitter", "ParetoNBD": "ParetoNBDFitter"}[model]
    )
    fit = fitter().fit(frame["frequency"], frame["recency"], frame["T"])
    # its own figure is one of rescaled times
    return Fitted(_log_likelihood(model, dict(fit.params_), frame), len(frame))


def pymc_map(frame: Any) -> Fitted:
    """Fit BG/NBD with pymc-marketing: the mode of the posterior."""
    clv = import_module("pymc_marketing.clv")
    data = frame.assign(customer_id=np.arange(len(frame)))
    model = clv.BetaGeoModel(data=data)
    model.fit(method="map", progressbar=False)
    found = model.fit_summary()
    params = {name: float(found[name]) for name in BG}
    return Fitted(_log_likelihood("BetaGeoNBD", params, frame), len(frame))


def _log_likelihood(model: str, params: dict[str, float], frame: Any) -> float:
    """Return the log-likelihood at a peer's parameters."""
    from customerintel import models
    from customerintel.models.statistics import read_statistics

    fit = getattr(models, model).from_params(params)
    return float(fit._likelihood(fit._values, read_statistics(frame).compress())[0])


def predict(model: str, name: str, arguments: dict[str, Any], frame: Any) -> Any:
    """Predict for every customer."""
    from customerintel import models

    fit = getattr(models, model).from_params(BG if model == "BetaGeoNBD" else PARETO, unit="week")
    return getattr(fit, name)(frame, **arguments)


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


PREDICTIONS: dict[str, dict[str, Any]] = {
    "probability_alive": {"ahead": 13.0},
    "expected_purchases": {"horizon": 52.0},
    "probability_of_purchase": {"horizon": 52.0},
    "purchase_probabilities": {"horizon": 52.0, "n_max": 10},
    "discounted_expected_purchases": {"horizon": 52.0, "annual_discount_rate": 0.10},
    "discounted_expected_residual": {"annual_discount_rate": 0.10},
}

MODEL_TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "fit-bgnbd": _both("BetaGeoNBD", 3_100_000),
    "fit-bgnbd-315k": {
        **_both("BetaGeoNBD", 315_000),
        "pymc-marketing": (partial(_frame, "BetaGeoNBD", 315_000), pymc_map),
    },
    "fit-paretonbd": _both("ParetoNBD", 23_570),
    "fit-paretonbd-million": {
        "customerintel": (partial(_frame, "ParetoNBD", 1_000_000), partial(ours, "ParetoNBD")),
        "customerintel, distinct ages": (
            partial(_distinct, "ParetoNBD", 1_000_000),
            partial(ours, "ParetoNBD"),
        ),
    },
    "value": {
        "customerintel": (partial(_frame, "BetaGeoNBD", 1_000_000), our_value),
        "customerintel, distinct ages": (partial(_distinct, "BetaGeoNBD", 1_000_000), our_value),
        "lifetimes": (partial(_frame, "BetaGeoNBD", 1_000_000), their_value),
    },
    "predict": {
        f"{model} {name}": (
            partial(_distinct, model, 1_000_000),
            partial(predict, model, name, arguments),
        )
        for model in ("BetaGeoNBD", "ParetoNBD")
        for name, arguments in PREDICTIONS.items()
    },
}
