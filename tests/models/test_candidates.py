"""Which models a comparison is between, and what becomes of those that fail."""

from __future__ import annotations

import math
import sys
import warnings
from types import SimpleNamespace

import pytest
from table_kinds import contents

from customerintel import models
from customerintel.exceptions import ConvergenceWarning, SchemaError
from customerintel.models.beta_geo_cnbd import BetaGeoCNBD
from customerintel.models.comparison import compare

CONTINUOUS = {"NBD", "BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD"}


@pytest.fixture(scope="module")
def simulated():
    truth = models.BetaGeoNBD.from_params({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 2.4}, unit="week")
    return truth.simulate(600, T=78, seed=1)


def column(found, name):
    frame = contents(found.to_frame())
    return dict(zip(frame["model"], frame[name], strict=True))


def test_all_are_those_of_continuous_time(simulated):
    found = compare(simulated, calibration_end="2000-09-30")
    assert set(found.fits) >= CONTINUOUS
    assert "BetaGeoBetaBinomial" not in found.fits
    assert dict(found.left_out) == {
        "BetaGeoBetaBinomial": "it predicts purchases counted by the week, and they are counted "
        "by the day. Give one and the same unit and period."
    }
    assert "BetaGeoBetaBinomial was left out: it predicts" in found.why()


def test_opportunities_are_compared_where_purchases_are_counted_by_them(simulated):
    """2000-10-01 is a Sunday. Their likelihood is of other data, so the table has none."""
    found = compare(
        simulated, calibration_end="2000-10-01", holdout_end="2001-06-24", period="week",
        models=["BetaGeoBetaBinomial", "NBD"],
    )  # fmt: skip
    assert len(found.left_out) == 0
    assert column(found, "aic")["BetaGeoBetaBinomial"] is None
    assert column(found, "aic")["NBD"] > 0
    assert math.isfinite(column(found, "log_score")["BetaGeoBetaBinomial"])
    assert found.split.purchases.max() <= found.split.horizon == 38.0
    everything = compare(simulated, calibration_end="2000-10-01", period="week")
    assert "BetaGeoBetaBinomial" in everything.fits


def test_months_are_whole_opportunities(simulated):
    """October to May: 7.95 months of 30.4375 days, and eight opportunities."""
    found = compare(
        simulated, calibration_end="2000-09-30", holdout_end="2001-05-31", unit="month",
        period="month", models=["BetaGeoBetaBinomial"],
    )  # fmt: skip
    fit, split = found.fits["BetaGeoBetaBinomial"], found.split
    assert split.horizon == pytest.approx(7.95, abs=1e-2)
    expected = fit.expected_purchases(split.calibration, 8).sum()
    assert found.ranked[0].bias == pytest.approx(expected / split.purchases.sum() - 1)


def test_opportunities_within_a_week(simulated):
    found = compare(simulated, calibration_end="2000-09-30", period="week", models="all")
    assert dict(found.left_out) == {
        "BetaGeoBetaBinomial": "the calibration ends within a week, which would be an opportunity "
        "of both times. Give the last day of a week as calibration_end."
    }


def test_models_with_options_stay_as_they_are(simulated):
    given = models.NBD(penalty=0.5)
    found = compare(simulated, calibration_end="2000-09-30", models=(models.NBD, given, "NBD"))
    assert sorted(found.fits) == ["NBD", "NBD 2", "NBD 3"]
    assert not hasattr(given, "params_")
    assert found.fits["NBD 2"].penalty == 0.5
    assert found.fits["NBD 2"].params_ != found.fits["NBD"].params_
    assert found.fits["NBD 3"].params_ == found.fits["NBD"].params_


class Broken(models.NBD):
    def fit(self, data, *, unit=None):
        raise SchemaError("no such column")


class Warned(models.NBD):
    def fit(self, data, *, unit=None):
        super().fit(data, unit=unit)
        warnings.warn("made up", ConvergenceWarning, stacklevel=2)
        self.status_ = "not_converged"
        return self


def test_what_fails_or_warns_is_in_the_table(simulated):
    found = compare(simulated, calibration_end="2000-09-30", models=[Broken, "NBD", Warned])
    assert column(found, "status") == {
        "NBD": "interior", "Warned": "not_converged", "Broken": "failed",
    }  # fmt: skip
    assert column(found, "note") == {"NBD": "", "Warned": "made up", "Broken": "no such column"}
    assert column(found, "mae")["Broken"] is None
    assert set(found.fits) == {"NBD", "Warned"}
    assert "Warned did not converge." in found.why()
    assert "Broken failed: see the table." in found.why()
    assert type(found.best()) is models.NBD


def test_a_regularity_that_the_data_choose_is_a_parameter_more(simulated):
    """At k = 1 it is the BG/NBD, with the same score: the simpler one is ranked first."""
    chosen = [BetaGeoCNBD(k="auto"), BetaGeoCNBD(k=1), "BetaGeoNBD"]
    found = compare(simulated, calibration_end="2000-09-30", period="hour", models=chosen)
    assert found.fits["BetaGeoCNBD"].k_ == 1
    assert column(found, "n_parameters") == {"BetaGeoCNBD 2": 4, "BetaGeoNBD": 4, "BetaGeoCNBD": 5}
    assert list(found.fits) == ["BetaGeoCNBD 2", "BetaGeoNBD", "BetaGeoCNBD"]


def test_a_single_model(simulated):
    found = compare(simulated, calibration_end="2000-09-30", models=["NBD"])
    assert found.why().endswith("No other model was scored. Use NBD.")


def test_progress(monkeypatch, simulated):
    steps = []

    class Bar(SimpleNamespace):
        def __enter__(self):
            return SimpleNamespace(update=lambda: steps.append(1))

        def __exit__(self, *_):
            return None

    monkeypatch.setitem(sys.modules, "tqdm.auto", SimpleNamespace(tqdm=Bar))
    compare(simulated, calibration_end="2000-09-30", models=["NBD", "NBD"], progress=True)
    assert steps == [1, 1]
