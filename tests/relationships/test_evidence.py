"""What moved a label, in words with numbers."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.classified_shops import known, logs, shop, table

import customerintel as ci
from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.evidence_words import WORDS, shown
from customerintel.relationships.signal_definitions import NAMES


def test_effects_add_up_to_the_odds_of_the_likeliest_against_the_next():
    found = table()
    for row in (0, 5, 100):
        told = found.evidence(int(found.customer_id[row]))
        ordered = np.sort(found.probabilities[row])
        odds = np.log(ordered[-1] / ordered[-2])
        assert sum(reason.effect for reason in told) == pytest.approx(odds, abs=1e-6)
        sizes = [abs(reason.effect) for reason in told]
        assert sizes == sorted(sizes, reverse=True)


def test_words_have_the_number_and_where_it_stands():
    found = table()
    row = int(np.flatnonzero(found.type != "unknown")[0])
    told = found.evidence(int(found.customer_id[row]))
    text = str(told)
    assert text.splitlines()[0].startswith(found.type[row].replace("_", " ").capitalize())
    assert any(mark in text for mark in ("more than", "less than"))
    assert "of the customers" in text
    assert told.to_dict()["type"] == found.type[row]
    assert str(int(found.customer_id[row])) not in repr(told)


def test_every_signal_has_words():
    assert set(WORDS) == set(NAMES)
    assert shown("tenure", 1234.0) == "1,234 days"
    assert shown("promo_share", 0.256) == "26%"
    assert shown("breadth", float("nan")) == "none"


def test_what_was_never_seen_is_none():
    found, signals = table(), known()
    row = int(np.flatnonzero(signals.observed("idea_rate") == 0.0)[0])
    told = {reason.signal: str(reason) for reason in found.evidence(int(found.customer_id[row]))}
    assert "ideas per year: none," in told["idea_rate"]
    assert signals["idea_rate"][row] > 0.0


def test_classifiers_that_do_not_say_are_asked_by_hiding():
    class ByComplaints:
        api_version = 1
        labels = ("fling", "buddy")

        def predict_proba(self, signals, /):
            p = np.clip(np.nan_to_num(signals.rank("complaint_rate"), nan=0.5), 0.05, 0.95)
            return np.column_stack([p, 1.0 - p])

    made = shop(300)
    found = ci.relationships.classify(made.as_of(), classifier=ByComplaints, **logs(made))
    row = int(np.argmax(found.probability))
    told = found.evidence(int(found.customer_id[row]))
    assert told.reasons[0].signal == "complaint_rate"
    assert all(reason.effect == 0.0 for reason in told.reasons[1:])


@pytest.mark.parametrize("given", [-1, "c1", None, 2.5, True, [1]])
def test_customers_that_are_not_there(given):
    with pytest.raises(InvalidArgumentError, match="no such customer among the 900") as caught:
        table().evidence(given)
    assert repr(given) not in str(caught.value)


def test_nothing_known_is_said():
    from dataclasses import replace

    nothing = replace(table(), probabilities=np.full((len(known()), 6), np.nan))
    told = nothing.evidence(int(nothing.customer_id[0]))
    assert told.type == told.likeliest == "unknown"
    assert str(told).startswith("Nothing is known")
    assert (nothing.type == "unknown").all()
