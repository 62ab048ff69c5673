"""Fitting BG/CNBD-k and MBG/CNBD-k: what is found again, how regular it is, what is refused."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest
from models.regular_buyers import HISTORIES, MODELS, PARAMS, given, made_up, table

import customerintel as ci
from customerintel import models
from customerintel.exceptions import (
    ConvergenceWarning,
    InvalidArgumentError,
    NotFittedError,
    SchemaError,
)
from customerintel.models import (
    BetaGeoCNBD,
    BetaGeoNBD,
    ModifiedBetaGeoCNBD,
    ModifiedBetaGeoNBD,
)


@pytest.fixture(params=MODELS, ids=lambda model: model.__name__)
def model(request):
    return request.param


def without_gaps(rows):
    return {name: column for name, column in rows.items() if name != "sum_log_gaps"}


def seen(log, T):
    """Frequency, recency and gaps of a simulated log, to the microsecond."""
    frame = log.to_frame()
    ages = (frame["timestamp"] - frame["timestamp"].min()).dt.total_seconds() / (7 * 86_400)
    age, who = ages.to_numpy(), frame["customer_id"].to_numpy()
    x, last = np.bincount(who)[1:] - 1.0, np.zeros(who.max())
    np.maximum.at(last, who - 1, age)
    again = who[1:] == who[:-1]
    gaps = np.bincount(who[1:][again], np.log(np.diff(age)[again]), len(x) + 1)[1:]
    return {"frequency": x, "recency": last, "T": np.full(len(x), T), "sum_log_gaps": gaps}


@pytest.mark.parametrize("k", [1, 3, 6])
def test_simulated_customers_are_found_again(model, k):
    truth = given(model, k, (0.9, 6.0, 0.8, 2.5))
    log = truth.simulate(4000, T=78.0, seed=1)
    assert log.to_frame().equals(truth.simulate(4000, T=78.0, seed=1).to_frame())
    rows = seen(log, 78.0)
    fit = model("auto").fit(rows, unit="week")
    assert fit.k_ == k
    assert fit.status_ == "interior"
    assert list(fit.params_) == ["r", "alpha", "a", "b"]
    for name, value in truth.params_.items():
        assert abs(fit.params_[name] - value) < 4 * fit.standard_errors_[name]
    x = rows["frequency"]
    assert abs(x.mean() - truth.expected_purchases_new(78.0)) < 4 * x.std() / math.sqrt(4000)
    pmf = truth.pmf_new(78.0, n_max=5)
    shares = np.bincount(np.minimum(x, 6).astype(int), minlength=7) / 4000
    assert (np.abs(shares - pmf) < 4.5 * np.sqrt(pmf * (1 - pmf) / 4000)).all()
    fixed = model(k).fit(rows, unit="week")
    np.testing.assert_allclose(fixed._values, fit._values, rtol=1e-6)
    assert fixed.log_likelihood_ == pytest.approx(fit.log_likelihood_, rel=1e-12)


@pytest.mark.parametrize("k", [2, 6])
def test_what_customers_with_a_history_do(model, k):
    """Customers of one history, drawn from the definition: rate, loss, silence, later purchases."""
    (r, alpha, a, b), (x, last, age), t, n = (2.0, 3.0, 0.8, 2.5), (3, 12.0, 16.0), 20.0, 100_000
    rng = np.random.default_rng(5)
    rate = rng.gamma(r + k * x, 1 / (alpha + last), n)
    dropout = rng.beta(a, b + x + (model is ModifiedBetaGeoCNBD) - 1, n)
    alive = rng.random(n) >= dropout
    due = last + rng.gamma(k, 1 / rate)
    quiet = ~alive | (due > age)
    rate, dropout, alive, due = rate[quiet], dropout[quiet], alive[quiet], due[quiet]
    share, later = alive.mean(), np.zeros(quiet.sum())
    while (active := np.flatnonzero(alive & (due <= age + t))).size:
        later[active] += 1
        alive[active] = rng.random(len(active)) >= dropout[active]
        due[active] += rng.gamma(k, 1 / rate[active])
    fit, row = given(model, k, (r, alpha, a, b)), table([(x, last, age)])
    size = len(later)
    for found, wanted in (
        (fit.probability_alive(row)[0], share),
        (fit.probability_alive(row, ahead=t)[0], alive.mean()),
        (fit.probability_of_purchase(row, t)[0], (later > 0).mean()),
    ):
        assert abs(found - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / size)
    found = fit.expected_purchases(row, t)[0]
    assert abs(found - later.mean()) < 4 * later.std() / math.sqrt(size)


@pytest.fixture(scope="module")
def cdnow(reference_data):
    path = reference_data / "cdnow_sample.csv"
    log = ci.TransactionLog.from_csv(
        path, customer_id="sample_id", timestamp="date", amount="amount"
    )
    return log.as_of("1997-09-30").summarize(unit="week")


@pytest.mark.reference_data
def test_cdnow_is_not_regular(cdnow):
    """k = 1, with the published log-likelihoods of BG/NBD and MBG/NBD; the others computed."""
    for kind, likelihoods in (
        (BetaGeoCNBD, (-9582.4292, -9855.3270, -10393.5651)),
        (ModifiedBetaGeoCNBD, (-9582.1357, -9853.2531, -10394.3627)),
    ):
        fit = kind().fit(cdnow)
        assert fit.k_ == 1
        assert fit.log_likelihood_ == pytest.approx(likelihoods[0], abs=1e-3)
        for k, wanted in enumerate(likelihoods, start=1):
            assert kind(k).fit(cdnow).log_likelihood_ == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("plain", [BetaGeoNBD, ModifiedBetaGeoNBD])
def test_one_is_the_random_model(plain):
    rows = made_up(800, k=1)
    kind = BetaGeoCNBD if plain is BetaGeoNBD else ModifiedBetaGeoCNBD
    wanted = plain().fit(without_gaps(rows), unit="week")
    for k, data in ((1, rows), (1, without_gaps(rows)), ("auto", rows)):
        fit = kind(k).fit(data, unit="week")
        assert fit.k_ == 1
        assert fit.log_likelihood_ == pytest.approx(wanted.log_likelihood_, rel=1e-12)
        np.testing.assert_allclose(fit._values, wanted._values, rtol=1e-5)


@pytest.mark.parametrize("seed", range(3, 9))
def test_the_likeliest_k_is_found(model, seed):
    """Though small data often run away to a boundary at some k."""
    rows = made_up(250, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        each = [model(k).fit(rows).log_likelihood_ for k in range(1, 8)]
        fit = model().fit(rows)
    assert fit.k_ == 1 + int(np.argmax(each))
    assert fit.log_likelihood_ == pytest.approx(max(each), abs=1e-6)


def test_without_gaps_only_the_constant_is_missing(model):
    rows = made_up(500)
    one, other = model(3).fit(rows), model(3).fit(without_gaps(rows))
    assert one.params_ == other.params_
    x, gaps = rows["frequency"].sum(), rows["sum_log_gaps"].sum()
    missing = 2 * gaps - x * math.log(2)
    assert one.log_likelihood_ - other.log_likelihood_ == pytest.approx(missing, rel=1e-9)


def test_a_floored_summary_has_no_gaps(model):
    log = given(model, 3).simulate(300, T=50.0, seed=2)
    history = log.as_of(log.end)
    whole = history.summarize(unit="day", floor=True)
    assert math.isfinite(model(3).fit(whole).log_likelihood_)
    with pytest.raises(InvalidArgumentError, match="floor=False"):
        model().fit(whole)


def test_weighted_rows_are_repeated_rows(model):
    rows = made_up(200)
    times = np.arange(200) % 3 + 1
    repeated = {name: np.repeat(column, times) for name, column in rows.items()}
    shuffled = np.random.default_rng(0).permutation(len(repeated["T"]))
    one = model().fit({**rows, "weight": times.astype(float)}, unit="week")
    for other in (repeated, {name: column[shuffled] for name, column in repeated.items()}):
        fit = model().fit(other, unit="week")
        assert fit.params_ == one.params_
        assert fit.k_ == one.k_
        assert fit.log_likelihood_ == pytest.approx(one.log_likelihood_, rel=1e-13)
        assert fit.n_customers_ == times.sum()


def test_the_unit_scales_only_alpha(model):
    weeks = made_up(300)
    days = {**weeks, "recency": weeks["recency"] * 7, "T": weeks["T"] * 7}
    days["sum_log_gaps"] = weeks["sum_log_gaps"] + weeks["frequency"] * math.log(7)
    one, other = model().fit(weeks, unit="week"), model().fit(days, unit="day")
    assert one.k_ == other.k_ == 3
    np.testing.assert_allclose(other._values, one._values * [1, 7, 1, 1], rtol=1e-4)
    per_day = one.log_likelihood_ - weeks["frequency"].sum() * math.log(7)
    assert other.log_likelihood_ == pytest.approx(per_day, abs=1e-6)


def test_degenerate_data_end_on_the_boundary(model):
    alike = {"frequency": [3.0] * 30, "recency": [20.0] * 30, "T": [30.0] * 30}
    once = {"frequency": [0.0] * 30, "recency": [0.0] * 30, "T": np.arange(30) + 1.0}
    for rows in (alike, once):
        gaps = np.array(rows["frequency"]) * math.log(5.0)
        for kind, data in ((model(4), rows), (model(), {**rows, "sum_log_gaps": gaps})):
            with pytest.warns(ConvergenceWarning, match="boundary: .* → (0|inf)"):
                fit = kind.fit(data, unit="week")
            assert fit.status_ == "boundary"
            assert np.isfinite(fit.log_likelihood_)
            assert np.isfinite(fit.expected_purchases(rows, 10.0)).all()


def test_a_search_from_a_sample(model, monkeypatch):
    rows = made_up(1000)
    whole = model(3).fit(rows)
    monkeypatch.setattr("customerintel.models.purchases.SAMPLE", 300)
    assert list(model(3).fit(rows).params_.values()) == pytest.approx(whole._values, rel=1e-5)


def test_saved_models_keep_k(model, tmp_path):
    path = tmp_path / "fit.json"
    fit = model().fit(made_up(400), unit="week")
    fit.save(path)
    again = models.load(path)
    assert type(again) is model
    assert (again.k, again.k_, again.params_) == ("auto", fit.k_, fit.params_)
    rows = table(HISTORIES)
    assert (again.expected_purchases(rows, 9.0) == fit.expected_purchases(rows, 9.0)).all()
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "k_found": 99}), encoding="utf-8")
    with pytest.raises(InvalidArgumentError, match="holds what no model can be: k must be"):
        models.load(path)


def test_repr_tells_k(model):
    assert repr(model(4)) == f"{model.__name__}(k=4, status=not fitted)"
    assert repr(given(model, 4)).startswith(f"{model.__name__}(k=4, r=0.9, alpha=4, ")
    with pytest.raises(NotFittedError, match="call fit"):
        model().expected_purchases(table(HISTORIES), 1.0)


@pytest.mark.parametrize("k", [0, 13, -1, 2.0, True, "Auto", None, [2]])
def test_k_that_cannot_be(model, k):
    with pytest.raises(InvalidArgumentError, match=r'whole number from 1 to 12, or "auto"; got'):
        model(k)


def test_parameters_belong_to_one_k(model):
    params = dict(zip(model.parameters, PARAMS[0], strict=True))
    for k in ("auto", None):
        with pytest.raises(InvalidArgumentError, match="belong to one k"):
            model.from_params(params, k=k)
    with pytest.raises(InvalidArgumentError, match="from 1 to 12"):
        model.from_params(params, k=20)


def test_bad_gaps(model):
    with pytest.raises(SchemaError, match="frequency"):
        model(2).fit({"recency": [1.0], "T": [2.0], "sum_log_gaps": [0.0]})
    rows = made_up(50)
    with pytest.raises(InvalidArgumentError, match="k=\"auto\" needs a column 'sum_log_gaps'"):
        model().fit(without_gaps(rows))
    first = int(np.argmax(rows["frequency"] == 0))
    for place, value, match in (
        (0, math.nan, "missing or not finite"),
        (first, 1.0, "other than 0 without a repeat purchase"),
        (int(np.argmax(rows["frequency"])), 1e6, r"above frequency · log\(recency / frequency\)"),
    ):
        gaps = rows["sum_log_gaps"].copy()
        gaps[place] = value
        for k in ("auto", 3):
            with pytest.raises(InvalidArgumentError, match=match):
                model(k).fit({**rows, "sum_log_gaps": gaps})
