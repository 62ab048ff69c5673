"""`compare`: models on one holdout, ranked, with reasons."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from models.cdnow_log import read_cdnow_log
from table_kinds import contents

import customerintel as ci
from customerintel import models
from customerintel.exceptions import (
    DataQualityWarning,
    InvalidArgumentError,
    SchemaError,
)
from customerintel.models.candidates import CONTINUOUS, DISCRETE
from customerintel.models.comparison import compare

THREE = ["BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD"]


@pytest.fixture(scope="module")
def cdnow(reference_data):
    log = read_cdnow_log(reference_data)
    return compare(log, calibration_end="1997-09-30", models=["NBD", *THREE])


@pytest.fixture(scope="module")
def simulated():
    truth = models.BetaGeoNBD.from_params({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.4}, unit="week")
    return truth.simulate(600, T=78, seed=1)


@pytest.fixture(scope="module")
def found(simulated):
    return compare(simulated, calibration_end="2000-09-30", models=["NBD", "BetaGeoNBD"])


def column(found, name):
    frame = contents(found.to_frame())
    return dict(zip(frame["model"], frame[name], strict=True))


# -- published --------------------------------------------------------------------------------


@pytest.mark.reference_data
def test_cdnow_totals_and_errors(cdnow):
    """Recomputed at the exact optima from BTYD's 39-week holdout of 1,882 transactions."""
    assert (cdnow.split.horizon, cdnow.split.purchases.sum()) == (39.0, 1882)
    bias = column(cdnow, "bias")
    totals = [1882 * (1 + bias[name]) for name in THREE]
    assert totals == pytest.approx([1653.41, 1576.73, 1665.51], abs=6e-3)
    mae, rmse = column(cdnow, "mae"), column(cdnow, "rmse")
    assert [mae[name] for name in THREE] == pytest.approx([0.78545, 0.76478, 0.75452], abs=6e-6)
    assert [rmse[name] for name in THREE] == pytest.approx([1.60798, 1.60718, 1.60285], abs=6e-6)


@pytest.mark.reference_data
def test_cdnow_likelihoods(cdnow):
    """BTYD, CLVTools and lifetimes, with more digits."""
    found = column(cdnow, "log_likelihood")
    assert [found[name] for name in ["NBD", *THREE]] == pytest.approx(
        [-9763.6576, -9582.4292, -9582.1357, -9594.9762], abs=1e-3
    )
    assert column(cdnow, "aic")["BetaGeoNBD"] == pytest.approx(2 * (4 + 9582.4292), abs=2e-3)
    bic = 4 * math.log(2357) + 2 * 9582.4292
    assert column(cdnow, "bic")["BetaGeoNBD"] == pytest.approx(bic, abs=2e-3)


@pytest.mark.reference_data
def test_cdnow_means_by_frequency(cdnow):
    """BTYD walkthrough, l.576-600 and 1261-1273, and digits recomputed at the optima."""
    pareto = contents(cdnow.by_frequency("ParetoNBD"))
    beta_geo = contents(cdnow.by_frequency("BetaGeoNBD"))
    assert pareto["frequency"] == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert pareto["n_customers"] == [1411, 439, 214, 100, 62, 38, 29, 64]
    actual = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359]
    assert pareto["actual"] == pytest.approx(actual, abs=6e-4)
    assert beta_geo["actual"] == pareto["actual"]
    expected = [0.1384, 0.5995, 1.1958, 1.7138, 2.3983, 2.9072, 3.8186, 6.4031]
    assert pareto["expected"] == pytest.approx(expected, abs=6e-5)
    expected = [
        0.2250893, 0.5231364, 1.044126, 1.520256, 2.163824, 2.653789, 3.503957, 6.157036,
    ]  # fmt: skip
    assert beta_geo["expected"] == pytest.approx(expected, rel=5e-5)


@pytest.mark.reference_data
def test_cdnow_ranking(cdnow):
    """Nobody has published log scores: by hand from the probabilities of each customer."""
    split = cdnow.split
    assert [one.name for one in cdnow.ranked] == [
        "ModifiedBetaGeoNBD", "BetaGeoNBD", "ParetoNBD", "NBD",
    ]  # fmt: skip
    pmf = cdnow.fits["ParetoNBD"].purchase_probabilities(split.calibration, 39.0, 60)
    logs = np.log(pmf[np.arange(len(split)), split.purchases])
    assert column(cdnow, "log_score")["ParetoNBD"] == pytest.approx(logs.mean(), rel=1e-10)
    assert isinstance(cdnow.best(), models.ModifiedBetaGeoNBD)
    assert cdnow.why() == (
        "ModifiedBetaGeoNBD has the best mean log score, -0.9821, in a holdout of 2,357 customers "
        "and 39 weeks. BetaGeoNBD comes next, 0.0023 behind, which is more than the standard "
        "error of the difference over the customers (0.0017). Use ModifiedBetaGeoNBD."
    )


# -- scores -----------------------------------------------------------------------------------


def test_the_truth_wins(found):
    assert [one.name for one in found.ranked] == ["BetaGeoNBD", "NBD"]
    assert isinstance(found.best(), models.BetaGeoNBD)
    assert "Use BetaGeoNBD." in found.why()
    assert set(column(found, "status").values()) == {"interior"}
    assert all(seconds > 0 for seconds in column(found, "seconds").values())
    assert column(found, "n_parameters") == {"BetaGeoNBD": 4, "NBD": 2}


def test_differences_are_of_customers(found):
    best, second = found.ranked
    apart = best.score.log_scores - second.score.log_scores
    assert second.difference == pytest.approx(best.log_score - second.log_score)
    error = apart.std(ddof=1) / math.sqrt(len(apart))
    assert second.difference_se == pytest.approx(error)
    assert (best.difference, best.difference_se) == (0.0, 0.0)


def test_a_boundary_fit_ties_with_the_simpler_model_and_is_named():
    """Nobody is ever lost, so BG/NBD ends on the boundary, where it is NBD."""
    truth = models.NBD.from_params({"r": 0.8, "alpha": 6.0}, unit="week")
    log = truth.simulate(300, T=78, seed=2)
    found = compare(log, calibration_end="2000-12-31", models=["BetaGeoNBD", "NBD"])
    assert column(found, "status")["BetaGeoNBD"] == "boundary"
    assert "ended on the boundary: a → 0" in column(found, "note")["BetaGeoNBD"]
    assert column(found, "note")["NBD"] == ""
    assert [one.name for one in found.ranked] == ["NBD", "BetaGeoNBD"]
    assert isinstance(found.best(), models.NBD)
    assert "BetaGeoNBD has the same score." in found.why()
    assert "BetaGeoNBD ended on the boundary (a → 0" in found.why()


# -- the result -------------------------------------------------------------------------------


def test_threads_change_nothing(simulated):
    scores = []
    for n in (1, 3):
        ci.set_threads(n)
        try:
            scores.append(column(
                compare(simulated, calibration_end="2000-09-30", models=THREE), "log_score"
            ))  # fmt: skip
        finally:
            ci.set_threads(None)
    assert scores[0] == scores[1]
    assert list(scores[0]) == list(scores[1])


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of narwhals, which will lose Dask
def test_tables_are_of_the_callers_kind(table_kind):
    days = ["2024-01-01", "2024-01-05", "2024-01-20", "2024-02-10", "2024-01-02", "2024-01-09"]
    log = ci.TransactionLog.from_frame(
        table_kind.make({"customer_id": ["a", "a", "a", "a", "b", "b"], "timestamp": days})
    )
    found = compare(log, calibration_end="2024-01-15", models=["NBD"])
    for frame in (found.to_frame(), found.by_frequency("NBD")):
        assert table_kind.is_kind(frame)
    assert list(contents(found.to_frame())) == [
        "model", "log_score", "difference", "difference_se", "mae", "rmse", "bias",
        "log_likelihood", "aic", "bic", "n_parameters", "status", "note", "seconds",
    ]  # fmt: skip


def test_how_it_shows_itself(found):
    assert len(found) == 2
    assert repr(found).startswith("ModelComparison(models=2, first=BetaGeoNBD, log_score=-")
    assert repr(found).endswith(", recommended=BetaGeoNBD, customers=600)")
    assert found._repr_html_().startswith("<table><caption>Model comparison</caption>")
    assert repr(found.ranked[1]).startswith("RankedModel(name=NBD, log_score=-")


def test_the_result_is_closed(found):
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.split = None
    with pytest.raises(TypeError):
        found.fits["NBD"] = None
    with pytest.raises(ValueError, match="read-only"):
        found.ranked[0].score.by_frequency.actual[0] = 0.0


def test_nobody_buys_in_the_holdout():
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [1, 1, 2, 3, 3, 3],
            "timestamp": [
                "2024-01-01", "2024-01-20", "2024-01-03", "2024-01-02", "2024-01-11", "2024-01-25",
            ],
        }
    )  # fmt: skip
    with pytest.warns(DataQualityWarning, match="No customer of the calibration bought in the"):
        found = compare(log, calibration_end="2024-02-10", holdout_end="2024-04-01", models=["NBD"])
    assert column(found, "bias")["NBD"] is None
    assert math.isnan(found.ranked[0].bias)
    assert math.isfinite(column(found, "log_score")["NBD"])
    assert column(found, "mae")["NBD"] > 0


# -- bad input --------------------------------------------------------------------------------


class Broken(models.NBD):
    def fit(self, data, *, unit=None):
        raise SchemaError("no such column")


AGAIN = [("a", "2024-01-01"), ("a", "2024-01-09"), ("a", "2024-02-20"), ("b", "2024-01-02")]
ONCE = [("a", "2024-01-01"), ("b", "2024-01-02"), ("b", "2024-03-01")]
KNOWN = ", ".join(name for name in (*CONTINUOUS, DISCRETE) if name in models.__all__)


def compared(rows=AGAIN, **options):
    customer, when = zip(*rows, strict=True)
    log = ci.TransactionLog.from_frame({"customer_id": list(customer), "timestamp": list(when)})
    return compare(log, calibration_end="2024-02-01", **options)


CALLS = {
    "a comparison with an unknown model": (
        lambda: compared(models=["BGNBD"]),
        f"The models that can be compared are {KNOWN}, by name or made with options; got 'BGNBD'.",
    ),
    "a comparison with a model of spend": (
        lambda: compared(models=[models.GammaGamma()]),
        (
            f"The models that can be compared are {KNOWN}, by name or made with options; got a "
            "GammaGamma."
        ),
    ),
    "a comparison of no models": (
        lambda: compared(models=[]),
        (
            "models must be 'all' or a sequence of names or models, such as ['BetaGeoNBD', "
            "ParetoNBD(penalty=0.001)]; got []."
        ),
    ),
    "a comparison with one name that is no list": (
        lambda: compared(models="NBD"),
        (
            "models must be 'all' or a sequence of names or models, such as ['BetaGeoNBD', "
            "ParetoNBD(penalty=0.001)]; got 'NBD'."
        ),
    ),
    "a comparison of opportunities with purchase days": (
        lambda: compared(models=["BetaGeoBetaBinomial"]),
        (
            "BetaGeoBetaBinomial cannot be compared here: it predicts purchases counted by the "
            "week, and they are counted by the day. Give one and the same unit and period."
        ),
    ),
    "a comparison with an n_max of half a purchase": (
        lambda: compared(n_max=0.5),
        "n_max must be a whole number of purchases, at least 0; got 0.5.",
    ),
    "a comparison in which all models fail": (
        lambda: compared(models=[Broken]),
        "No model could be fitted and scored. Broken: no such column",
    ),
    "a calibration without repeat purchases": (
        lambda: compared(ONCE),
        (
            "Nobody bought again by calibration_end, so no model can learn how often customers "
            "do. Give a later one."
        ),
    ),
    "a name that no model of the comparison has": (
        lambda: compared(models=["NBD"]).by_frequency("ParetoNBD"),
        "There is no model 'ParetoNBD' in this comparison; it has NBD.",
    ),
}


@pytest.mark.parametrize("given", CALLS)
def test_errors(given):
    call, message = CALLS[given]
    with pytest.raises(InvalidArgumentError) as caught:
        call()
    assert str(caught.value) == message
