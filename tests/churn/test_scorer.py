"""Scorers: names, seeds, copies, files; predictions and their explanations."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from churn.bad_estimators import Half
from churn.churn_logs import simulated

import customerintel as ci
from customerintel.churn.lookup import scorer_of
from customerintel.plugins.states import write_state

NAMED = ("recency", "bgnbd", "mbgnbd", "paretonbd", "mbgcnbd", "hazard", "auto")


@pytest.fixture(scope="module")
def history():
    return simulated().as_of("2001-03-01")


@pytest.fixture(scope="module")
def later():
    return simulated().as_of("2001-04-01")


@pytest.fixture(scope="module", params=NAMED)
def scorer(request, history):
    return ci.churn.get(request.param).fit(history, horizon="60d")


def test_names_import_nothing():
    code = (
        "import sys, customerintel as ci; ci.churn.names(); "
        "heavy = {'numba', 'pandas', 'scipy', 'sklearn', 'narwhals', 'customerintel.churn.auto'}; "
        "sys.exit(sorted(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_predictions_are_aligned(scorer, history, later):
    for seen in (history, later):
        found = scorer.predict(seen)
        np.testing.assert_array_equal(found.customer_id, seen.customer_id)
        assert found.probability.shape == (seen.n_customers,)
        assert ((found.probability >= 0) & (found.probability <= 1)).all()
        assert found.horizon_days == 60.0
        assert found.moment == seen.moment
        with pytest.raises(ValueError, match="read-only"):
            found.probability[0] = 0.0


def test_predictions_tell_customers_apart(scorer, history):
    """Those who came lately and often must be likelier to come again."""
    found = scorer.predict(history).probability
    summary = history.summarize(unit="day")
    keen = (summary.frequency >= 4) & (summary.time_since_last < 30)
    gone = (summary.time_since_last > 200) & (summary.frequency == 0)
    assert found[keen].mean() < found[gone].mean() - 0.3


def test_saved_and_read_again(scorer, later, tmp_path):
    scorer.save(tmp_path / "fit.npz")
    again = ci.churn.load(tmp_path / "fit.npz")
    assert again.name == scorer.name
    assert again.horizon_days == scorer.horizon_days
    np.testing.assert_array_equal(
        again.predict(later).probability, scorer.predict(later).probability
    )


def test_seed_and_options_are_saved_too(history, tmp_path):
    scorer = ci.churn.get("hazard", seed=3, n_customers=250).fit(history, "60d")
    scorer.save(tmp_path / "fit.npz")
    again = ci.churn.load(tmp_path / "fit.npz")
    np.testing.assert_array_equal(
        again.fit(history, "60d").predict(history).probability,
        scorer.fit(history, "60d").predict(history).probability,
    )


@pytest.mark.parametrize("horizon", [True, -5, 0, "90d", None])
def test_a_file_with_another_horizon_is_refused(tmp_path, horizon):
    write_state(tmp_path / "fit.npz", {"estimator": "recency", "horizon": horizon}, {})
    with pytest.raises(ci.exceptions.InvalidArgumentError, match="holds no churn scorer"):
        ci.churn.load(tmp_path / "fit.npz")


@pytest.mark.parametrize("method", ["__init__", "fit", "predict"])
def test_an_estimator_that_ends_the_process_does_not(history, method):
    def leave(*arguments, **named):
        raise SystemExit(3)

    kind = type("Leaves", (Half,), {method: leave})
    with pytest.raises(ci.exceptions.PluginCallError, match="SystemExit"):
        scorer_of(kind).fit(history, "60d").predict(history)


def test_explanations_show_the_features_that_were_used(history):
    found = ci.churn.get("hazard").fit(history, "30d").predict(history)
    place = int(np.argmax(history.features(ahead=30)["season_share"] > 0))
    why = found.explain(found.customer_id[place])
    season = [one for one in why.drivers if one.name == "season_share"]
    used = history.features(ahead=30)["season_share"][place]
    assert [one.value for one in season] in ([], [used])


def test_explanations_add_up(scorer, history):
    found = scorer.predict(history)
    for place in (0, 17, history.n_customers - 1):
        why = found.explain(customer_id=found.customer_id[place])
        total = why.base + sum(one.effect for one in why.drivers)
        assert why.is_decomposition
        assert 1.0 / (1.0 + np.exp(-total)) == pytest.approx(found.probability[place], abs=1e-7)
        assert why.to_frame().shape[0] == len(why.drivers)
        assert f"{found.probability[place]:.3f}" in str(why)
    # with the mean as base, whoever is like the mean has no drivers
    assert len({round(found.explain(i).base, 6) for i in found.customer_id[:9]}) == 1
    odds = np.log(found.probability / (1.0 - found.probability))
    if (np.abs(odds) < 17.0).all():
        assert found.explain(found.customer_id[0]).base == pytest.approx(odds.mean(), abs=1e-6)


def test_whoever_offers_no_contributions_is_compared_with_the_alike(history):
    class Silence(Half):
        def predict(self, history, /):
            days = history.summarize(unit="day").time_since_last
            return days / (days + 30.0)

    found = scorer_of(Silence).fit(history, "60d").predict(history)
    longest = int(np.argmax(found.probability))
    why = found.explain(found.customer_id[longest])
    assert not why.is_decomposition
    assert why.drivers[0].effect > 0.5
    assert {one.name for one in why.drivers} >= {"time_since_last", "frequency"}
    silence = next(one for one in why.drivers if one.name == "time_since_last")
    assert silence.percentile > 0.6
    assert "alike" in str(why)


def test_no_id_is_shown(history):
    found = ci.churn.get("recency").fit(history, "60d").predict(history)
    why = found.explain(found.customer_id[3])
    assert "<table>" in why._repr_html_()
    for text in (repr(found), found._repr_html_(), repr(why)):
        assert f"customer_id={found.customer_id[3]}" not in text


def test_to_frame_is_of_the_logs_kind(history):
    frame = ci.churn.get("recency").fit(history, "60d").predict(history).to_frame()
    assert list(frame) == ["customer_id", "probability"]
    assert type(frame) is type(simulated().to_frame())


def test_classes_factories_and_objects_are_taken(history):
    def factory():
        return Half()

    made = [scorer_of(spec) for spec in (Half, Half(), factory)]
    for one in made:
        assert one.fit(history, "60d").predict(history).probability[0] == 0.5
    assert [one.name for one in made] == ["Half", "Half", "factory"]


def test_an_object_is_copied_for_each_fit(history):
    given = Half()
    one = scorer_of(given).fit(history, "60d")
    two = scorer_of(given).fit(history, "30d")
    assert one.estimator is not given
    assert one.estimator is not two.estimator


def test_predicting_for_a_moment_before_the_fit_is_warned_of(later, history):
    scorer = ci.churn.get("recency").fit(later, "60d")
    with pytest.warns(ci.exceptions.DataQualityWarning, match="fitted to what was known at"):
        scorer.predict(history)


def test_the_seed_arrives(history):
    class Draws(Half):
        random_state = None

        def predict(self, history, /):
            return np.random.default_rng(self.random_state).random(history.n_customers)

    found = [
        scorer_of(Draws, seed=seed).fit(history, "60d").predict(history).probability
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


def test_registered_in_this_process(history):
    try:

        @ci.churn.register("acme-half")
        class Mine(Half):
            pass

        assert "acme-half" in ci.churn.names()
        assert ci.churn.get("acme-half").fit(history, "60d").predict(history).probability[0] == 0.5
        assert Mine.__name__ == "Mine"
    finally:
        ci.churn.unregister("acme-half")
    assert "acme-half" not in ci.churn.names()


def test_every_built_in_is_listed():
    listed = {row.name: row.status for row in ci.churn.plugins().rows}
    assert set(listed) >= {*NAMED, "contractual", "gbm"}
    assert {listed[name] for name in NAMED} == {"ok"}


def test_closed_forms_are_the_models_own(history):
    summary = history.summarize(unit="day")
    for name, kind in (("bgnbd", "BetaGeoNBD"), ("paretonbd", "ParetoNBD")):
        fit = getattr(ci.models, kind)().fit(summary)
        found = ci.churn.get(name).fit(history, "60d").predict(history).probability
        np.testing.assert_array_equal(found, 1.0 - fit.probability_of_purchase(summary, 60.0))


def test_nobody_to_predict(scorer):
    nobody = ci.TransactionLog.from_frame(
        {"customer_id": np.array([], np.int64), "timestamp": np.array([], "M8[us]")}
    )
    with pytest.warns(ci.exceptions.DataQualityWarning, match="empty"):
        empty = nobody.as_of("2001-03-01")
    assert len(scorer.predict(empty)) == 0
