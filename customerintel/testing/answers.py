"""What an estimator answers: the checks of its members and of the form of its predictions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from customerintel.testing.conduct import keeps_its_contract
from customerintel.testing.datasets import MOMENT
from customerintel.testing.disturbances import stir
from customerintel.testing.estimator_subject import HORIZON, EstimatorSubject
from customerintel.testing.subject import SAME, Broken, Skipped, require, same

__all__ = [
    "alignment", "contract", "contributions", "fit_returns_self", "horizon", "output_finite",
    "output_range", "output_shape", "predict_before_fit", "refit",
]  # fmt: skip

#: How much likelier leaving may become on average when the horizon is longer.
SLACK = 0.01


def contract(subject: EstimatorSubject) -> None:
    """Have `api_version`, `fit` and `predict`, which can be called as the library calls them."""
    keeps_its_contract(subject, "ChurnEstimator")


def fit_returns_self(subject: EstimatorSubject) -> None:
    """Return the estimator itself from `fit`, so that calls can be chained."""
    made = subject.fresh()
    found = made.fit(subject.history(), horizon_days=HORIZON)
    require(
        that=found is made,
        message=f"fit returned {type(found).__name__}, not the estimator itself.",
        what_to_do="End fit with: return self.",
    )


def refit(subject: EstimatorSubject) -> None:
    """Forget the first fit in a second one."""
    history = subject.history()
    made = subject.fit(subject.few.until(MOMENT).history(), 30.0)
    made.fit(history, horizon_days=HORIZON)
    same(
        subject.ask(made, history),
        subject.reference,
        "fitted a second time, to another history",
        "Start every fit from nothing; set all that is learned anew.",
    )


def predict_before_fit(subject: EstimatorSubject) -> None:
    """Raise in `predict` before `fit`, unless a fit would change nothing."""
    try:
        early = subject.ask(subject.fresh(), subject.history())
    except Broken:
        raise
    except Exception:  # noqa: BLE001 - whichever error the estimator chooses
        return
    same(
        early,
        subject.reference,
        "predict answered before fit, and not what it answers after",
        "Raise an error, such as customerintel.exceptions.NotFittedError, until it is fitted.",
    )


def output_shape(subject: EstimatorSubject) -> None:
    """Return one number per customer of the history, in which those with returns only are not."""
    history = subject.history()
    right = (history.n_customers,)
    require(
        that=subject.reference.shape == right,
        message=f"predict returned shape {subject.reference.shape}, not {right}.",
        what_to_do=(
            "Return one number per entry of history.customer_id. Customers of whom only returns "
            "are visible are not in it."
        ),
    )


def output_finite(subject: EstimatorSubject) -> None:
    """Return numbers: neither NaN nor infinite."""
    bad = int((~np.isfinite(subject.reference)).sum())
    require(
        that=bad == 0,
        message=f"{bad} of {subject.reference.size} predictions are NaN or infinite.",
        what_to_do=(
            "Look for divisions by zero with one purchase, on the day of the purchase, or with a "
            "net spend of 0; where nothing is known, predict the share of customers who leave."
        ),
    )


def output_range(subject: EstimatorSubject) -> None:
    """Return probabilities: from 0 to 1."""
    found = subject.reference[np.isfinite(subject.reference)]
    outside = found[(found < -SAME) | (found > 1.0 + SAME)]
    require(
        that=not outside.size,
        message=(
            f"{outside.size} of {found.size} predictions are outside [0, 1]; they run from "
            f"{found.min(initial=np.inf):.6g} to {found.max(initial=-np.inf):.6g}."
        ),
        what_to_do="Return P(no purchase within the horizon), not a score; calibrate it.",
    )


def alignment(subject: EstimatorSubject) -> None:
    """Keep each prediction with its customer: if ids are dealt anew, the predictions follow."""
    rows, plain = subject.rows.until(MOMENT), subject.history()
    old = plain.customer_id
    new = np.random.default_rng(subject.seed).permutation(old)
    place = np.searchsorted(old, rows.customer) % len(old)
    renamed = np.where(old[place] == rows.customer, new[place], rows.customer)
    dealt = stir(rows, customer=renamed).history()
    made = subject.fit(plain)
    before, after = subject.ask(made, plain), subject.ask(made, dealt)
    if before.shape != (plain.n_customers,):
        raise Skipped("The shape is wrong; see output_shape.")
    same(
        after[np.searchsorted(old, new)],
        before,
        "after the ids were dealt anew",
        "Keep the order of history.customer_id, which is ascending, as features() and "
        "summarize() do.",
    )


def horizon(subject: EstimatorSubject) -> None:
    """Find it no likelier, on average, that nothing is bought within a longer horizon."""
    history = subject.history()
    short, long = (
        float(np.nanmean(subject.ask(subject.fit(history, days), history)))
        for days in (30.0, 180.0)
    )
    require(
        that=not long > short + SLACK,
        message=(
            f"The mean P(no purchase) is {short:.4g} for a horizon of 30 days and {long:.4g} for "
            "one of 180."
        ),
        what_to_do="Predict for the horizon_days that fit was given; who waits longer sees more.",
    )


def contributions(subject: EstimatorSubject) -> None:
    """Give `contributions` as one finite number per driver and customer (where there are these)."""
    history = subject.history()
    made = subject.fit(history)
    if not hasattr(made, "contributions"):
        raise Skipped("The estimator has no contributions.")
    found, right = made.contributions(history), (history.n_customers,)
    advice = "Return a dict of driver to float64 array, aligned with history.customer_id."
    require(
        that=isinstance(found, Mapping) and all(isinstance(name, str) for name in found),
        message=f"contributions returned {type(found).__name__}, not names with arrays.",
        what_to_do=advice,
    )
    for name, values in found.items():
        array = np.array(values, np.float64)
        require(
            that=array.shape == right and bool(np.isfinite(array).all()),
            message=f"The contributions of {name!r} are not {right[0]} finite numbers.",
            what_to_do=advice,
        )
