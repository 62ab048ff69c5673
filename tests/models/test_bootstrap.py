"""Bootstrap: customers drawn anew, and how sure parameters are."""

from __future__ import annotations

import dataclasses
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from models.bootstrap_data import (
    BETA_GEO,
    NBD,
    beta_geo_bootstrap,
    beta_geo_fit,
    beta_geo_table,
    contract_fit,
    histories,
)
from models.cdnow_log import read_cdnow_log
from table_kinds import contents

import customerintel as ci
from customerintel import models
from customerintel.exceptions import (
    InvalidArgumentError,
    MissingDependencyError,
    NotFittedError,
)
from customerintel.models import bootstrap as module


@pytest.fixture
def table():
    return beta_geo_table()


@pytest.fixture
def fit():
    return beta_geo_fit()


@pytest.fixture
def sample():
    return beta_geo_bootstrap()


@pytest.fixture
def few_threads():
    yield ci.set_threads
    ci.set_threads(None)


# -- how sure ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.reference_data
def test_cdnow_agrees_with_the_delta_method(reference_data):
    """Standard errors of CLVTools and lifetimes (0.0126, 0.378, 0.186, 0.705), loosely.

    They rest on the model being right, and the bootstrap does not: 15 to 30 % apart here.
    """
    summary = ci.summarize(read_cdnow_log(reference_data), as_of="1997-09-30", unit="week")
    fit = models.BetaGeoNBD().fit(summary)
    found = contents(fit.bootstrap(n=200, seed=1).summary())
    ratio = np.array(found["se"]) / list(fit.standard_errors_.values())
    assert (ratio > 0.9).all()
    assert (ratio < 1.5).all()
    assert found["coef"] == list(fit.params_.values())
    assert (np.array(found["lower"]) < found["coef"]).all()
    assert (np.array(found["upper"]) > found["coef"]).all()


@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """25 samples of a known model: 18 or more of the 90 % intervals, with probability 0.99.

    Nor are they wide for nothing: their width is that of 90 % of the estimates.
    """
    truth = NBD.expected_purchases_new(26.0)
    found = []
    for seed in range(25):
        again = models.NBD().fit(histories(NBD, n=300, seed=seed), unit="week")
        found.append(again.bootstrap(79, seed=seed).interval(
            "expected_purchases_new", horizon=26.0, level=0.9
        ))  # fmt: skip
    held = [one.lower <= truth <= one.upper for one in found]
    assert sum(held) >= 18
    width = np.mean([one.upper - one.lower for one in found])
    assert width == pytest.approx(2 * 1.645 * np.std([one.estimate for one in found]), rel=0.35)


def test_customers_are_drawn_with_replacement(monkeypatch, fit, table):
    """Each replicate has as many customers; a kind of w of them has w on average, sd √w."""
    drawn = []
    monkeypatch.setattr(
        models.BetaGeoNBD, "_refit",
        lambda self, weights: (drawn.append(weights), module.Optimum(
            self._values, 0.0, np.eye(4), "interior", ()
        ))[1],
    )  # fmt: skip
    fit.bootstrap(n=400, seed=5)
    weights = np.array(drawn)
    assert (weights.sum(axis=1) == len(table)).all()
    counts = fit._packed.weights
    common = counts.argmax()
    w, share = counts[common], counts[common] / counts.sum()
    assert weights[:, common].mean() == pytest.approx(w, abs=4 * np.sqrt(w / 400))
    assert weights[:, common].std() == pytest.approx(np.sqrt(w * (1 - share)), rel=0.15)


def test_a_weight_counts_customers(table):
    """Rows with weights are drawn like the customers that they stand for."""
    heavy = {name: np.array(table[name]) for name in ("frequency", "recency", "T")}
    rows = {name: np.repeat(values, 2) for name, values in heavy.items()}
    many, few = (
        models.BetaGeoNBD().fit(data).bootstrap(3, seed=4)
        for data in (rows, heavy | {"weight": np.full(len(table), 2)})
    )
    np.testing.assert_array_equal(many.params, few.params)


# -- seeds and threads ------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [100, 100_000], ids=["threads in a fit", "fits in threads"])
def test_threads_change_nothing(monkeypatch, few_threads, table, rows):
    monkeypatch.setattr("customerintel.models.purchases.ROWS", rows)
    monkeypatch.setattr(module, "ROWS", rows)
    found = []
    for n in (1, 3):
        few_threads(n)
        fit = models.BetaGeoNBD().fit(table)
        found.append(fit.bootstrap(n=7, seed=3))
    np.testing.assert_array_equal(found[0].params, found[1].params)
    bounds = [one.interval("expected_purchases", table, 26.0, level=0.5) for one in found]
    np.testing.assert_array_equal(bounds[0].lower, bounds[1].lower)


@pytest.mark.parametrize(("rows", "alone"), [(10, True), (100_000, False)])
def test_fits_and_their_rows_share_the_threads(monkeypatch, few_threads, fit, rows, alone):
    """A fit that fills all threads has them to itself; small ones run side by side."""
    monkeypatch.setattr(module, "ROWS", rows)
    few_threads(2)
    seen, optimum = set(), module.Optimum(fit._values, 0.0, np.eye(4), "interior", ())
    gate = threading.Barrier(1 if alone else 2, timeout=30)

    def refit(self, weights):
        seen.add(threading.current_thread())
        gate.wait()
        return optimum

    monkeypatch.setattr(models.BetaGeoNBD, "_refit", refit)
    fit.bootstrap(n=8, seed=1)
    assert (seen == {threading.main_thread()}) is alone
    assert len(seen) == (1 if alone else 2)


def test_a_seed_says_which_customers(fit, sample):
    again, other = fit.bootstrap(n=59, seed=1), fit.bootstrap(n=59, seed=2)
    np.testing.assert_array_equal(again.params, sample.params)
    assert not np.array_equal(other.params, sample.params)
    # further replicates do not change the first
    np.testing.assert_array_equal(fit.bootstrap(n=5, seed=1).params, sample.params[:5])


# -- how it shows itself ----------------------------------------------------------------------


def test_what_it_says_of_itself(sample):
    assert repr(sample) == "Bootstrap(model=BetaGeoNBD, replicates=59, interior=59, seed=1)"
    assert sample._repr_html_().startswith("<table><caption>Bootstrap</caption>")
    one = sample.interval("expected_purchases_new", 26.0)
    assert repr(one) == (
        "PredictionInterval(prediction=expected_purchases_new, shape=(), level=0.95, replicates=59)"
    )
    assert one._repr_html_().startswith("<table><caption>Prediction interval</caption>")


def test_results_are_closed(sample, table):
    with pytest.raises(ValueError, match="read-only"):
        sample.params[0, 0] = 1.0
    with pytest.raises(TypeError):
        sample.status["interior"] = 1
    found = sample.interval("expected_purchases", table, 26.0)
    with pytest.raises(ValueError, match="read-only"):
        found.lower[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.level = 0.5


class FakeBar:
    made: list[FakeBar] = []  # noqa: RUF012

    def __init__(self, total, desc):
        self.total, self.desc, self.n = total, desc, 0
        self.made.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self):
        self.n += 1


def test_progress(monkeypatch, fit, table):
    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=FakeBar))
    FakeBar.made.clear()
    found = fit.bootstrap(n=7, seed=1, progress=True)
    found.interval("expected_purchases", table, 26.0, level=0.5, progress=True)
    assert [(bar.desc, bar.total, bar.n) for bar in FakeBar.made] == [
        ("bootstrap", 7, 7), ("interval", 1, 1),
    ]  # fmt: skip


def test_progress_without_tqdm(monkeypatch, fit):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(MissingDependencyError) as caught:
        fit.bootstrap(n=7, seed=1, progress=True)
    assert str(caught.value) == (
        "progress=True needs tqdm, which is not installed. Leave it out, or install it: "
        'pip install "customerintel[progress]".'
    )


# -- bad input --------------------------------------------------------------------------------


def loaded(folder):
    contract_fit().save(folder / "fit.json")
    return models.load(folder / "fit.json")


def fractional():
    table = {"frequency": [0, 2, 5], "recency": [0.0, 9.0, 20.0], "T": [30.0, 31.0, 25.0]}
    return models.NBD(penalty=0.01).fit(table | {"weight": [10, 2.5, 3]})


CALLS = {
    "a bootstrap of given parameters": (
        lambda _: BETA_GEO.bootstrap(10, seed=1),
        (
            "This BetaGeoNBD was loaded or made from parameters, so it has no customers to draw "
            "from. Call fit() with the data again, and then bootstrap()."
        ),
    ),
    "a bootstrap of a loaded model": (
        lambda folder: loaded(folder).bootstrap(10, seed=1),
        (
            "This ShiftedBetaGeometric was loaded or made from parameters, so it has no customers "
            "to draw from. Call fit() with the data again, and then bootstrap()."
        ),
    ),
    "a bootstrap of weights that are not whole": (
        lambda _: fractional().bootstrap(10, seed=1),
        (
            "This NBD was fitted with weights that are not whole numbers, so they do not count "
            "customers, and there is nobody to draw. Fit with one row per customer, or with counts "
            "as weights."
        ),
    ),
    "a single replicate": (
        lambda _: contract_fit().bootstrap(1, seed=1),
        "n must be a whole number of replicates, at least 2; got 1.",
    ),
    "a seed that is no whole number": (
        lambda _: contract_fit().bootstrap(10, seed=0.5),
        "seed must be a whole number of at least 0; got 0.5.",
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given, tmp_path):
    call, message = CALLS[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call(tmp_path)
    assert str(caught.value) == message


def test_a_bootstrap_of_a_model_that_was_not_contract_fit():
    with pytest.raises(NotFittedError) as caught:
        models.NBD().bootstrap(10, seed=1)
    assert str(caught.value) == (
        "This NBD has no parameters yet: call fit(summary), or make one with from_params()."
    )
