"""The prototype classifier: frozen, adapted to other bases, learned from labels, saved."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.classified_shops import known, learned, logs, shop, table

import customerintel as ci
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.fitted_types import FittedTypes
from customerintel.relationships.prototype import PrototypeClassifier
from customerintel.testing import check_relationship_classifier


def test_it_keeps_the_contract():
    report = check_relationship_classifier(PrototypeClassifier)
    assert not report.failures, report


def test_probabilities_do_not_depend_on_others():
    model = PrototypeClassifier().adapt(known())
    every = model.predict_proba(known())
    some = np.arange(0, len(known()), 7)
    np.testing.assert_array_equal(model.predict_proba(known().take(some)), every[some])


def test_described_types_do_better_than_chance_and_labels_are_reliable():
    found = table()
    truth = shop().label_of(found.customer_id)
    assert (found.likeliest == truth).mean() > 0.6
    labelled = found.type != "unknown"
    assert 0.1 < labelled.mean() < 0.9
    assert (found.type == truth)[labelled].mean() > 0.85


def test_labels_teach():
    other = shop(seed=2)
    history = other.as_of()
    truth = other.label_of(history.customer_id)
    plain = ci.relationships.classify(history, **logs(other))
    taught = ci.relationships.classify(history, classifier=learned(), **logs(other))
    assert (taught.likeliest == truth).mean() > (plain.likeliest == truth).mean()
    sure = taught.type != "unknown"
    assert (taught.type == truth)[sure].mean() > 0.85


def test_adapting_finds_another_mix():
    mix = dict(zip(ci.relationships.types("core").labels, (6, 1, 1, 1, 1, 2), strict=True))
    other = ci.relationships.simulate(1_500, mix=mix, seed=5)
    signals = ci.relationships.signals(other.as_of(), **logs(other))
    model = learned().adapt(signals).classifier
    truth = np.array([(other.labels == key).mean() for key in model.labels])
    assert np.abs(model.mix - truth).max() < 0.08


def test_lost_contacts_make_labels_rarer_and_not_wrong():
    made = shop(seed=3)
    frame = made.frames()["interactions"]
    keep = np.random.default_rng(0).random(len(frame["customer_id"])) < 0.4
    thin = ci.InteractionLog.from_frame({name: np.asarray(v)[keep] for name, v in frame.items()})
    history = made.as_of()
    truth = made.label_of(history.customer_id)
    full = ci.relationships.classify(history, classifier=learned(), **logs(made, survey=False))
    less = ci.relationships.classify(history, classifier=learned(), interactions=thin)
    sure = less.type != "unknown"
    assert sure.mean() < (full.type != "unknown").mean()
    assert (less.type == truth)[sure].mean() > 0.8
    assert less.limits.probability >= full.limits.probability


def test_one_answer_more_moves_hardly_a_label():
    made = ci.relationships.simulate(2_000, seed=1)
    frame = {name: np.asarray(column) for name, column in made.frames()["survey"].items()}
    stated = np.flatnonzero(frame["item"] == "stated_type")
    history, rest = made.as_of(), {"interactions": made.interactions, "customers": made.customers}
    before = ci.relationships.classify(history, survey=made.survey, **rest)
    for gone in (0, 100, 300):
        kept = np.delete(np.arange(len(frame["item"])), stated[gone])
        fewer = ci.SurveyLog.from_frame({name: column[kept] for name, column in frame.items()})
        after = ci.relationships.classify(history, survey=fewer, **rest)
        assert (before.type != after.type).mean() < 0.01
        assert np.median(np.abs(before.probability - after.probability)) < 0.005


def test_statements_as_labels_are_no_truth():
    labelled = ci.relationships.LabelledCustomers.from_survey(known())
    with pytest.warns(DataQualityWarning, match="learns from anyway"):
        scorer = ci.relationships.calibrate("prototype", labelled)
    np.testing.assert_allclose(
        scorer.adapt(known()).predict_proba(known()),
        PrototypeClassifier().adapt(known()).predict_proba(known()),
        rtol=1e-12,
    )


@pytest.mark.parametrize("made", ["calibrated", "of a table", "as it is"])
def test_saved_and_read_again(made, tmp_path):
    scorer = {
        "calibrated": learned,
        "of a table": lambda: table().model,
        "as it is": lambda: ci.relationships.get("prototype"),
    }[made]()
    scorer.save(tmp_path / "scorer.npz")
    back = ci.relationships.load(tmp_path / "scorer.npz")
    assert back.labels == scorer.labels
    np.testing.assert_array_equal(back.predict_proba(known()), scorer.predict_proba(known()))


def test_contributions_add_up_to_the_odds():
    model = learned().adapt(known()).classifier
    assert isinstance(model, FittedTypes)
    said = model.contributions(known()).sum(axis=1) + np.log(model.mix)
    found = np.log(model.predict_proba(known()))
    np.testing.assert_allclose(said - said[:, :1], found - found[:, :1], atol=1e-6, rtol=1e-6)


def test_who_is_not_known_at_all_is_nan():
    signals = known()
    nothing = signals.masked(
        np.ones((len(signals), len(signals.names)), bool), stated=np.ones(len(signals), bool)
    )
    model = PrototypeClassifier().adapt(signals)
    assert np.isnan(model.predict_proba(nothing)).all()


def test_labels_by_id_may_come_in_any_order():
    pd = pytest.importorskip("pandas")
    made = shop()
    series = pd.Series(dict(zip(made.customer_id.tolist(), made.labels, strict=True)))
    mixed = series.sample(frac=1.0, random_state=0)
    straight = ci.relationships.LabelledCustomers(known(), made.labels)
    for given in (mixed, dict(mixed), series.reset_index(drop=True)):
        found = ci.relationships.LabelledCustomers(known(), given)
        assert (found.labels == straight.labels).all()
