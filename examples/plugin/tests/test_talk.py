"""What every relationship classifier keeps, and what this one is for."""

from __future__ import annotations

import numpy as np
import pytest
from acme_churn import TalkClassifier

import customerintel as ci
from customerintel.relationships.collecting import signals
from customerintel.testing import RelationshipClassifierConformance


class TestTalk(RelationshipClassifierConformance):
    """The checks that come with customerintel."""

    classifier = TalkClassifier


@pytest.fixture
def shop():
    """Make 30 customers: a third opens all mail, a third complains, a third is silent."""
    ids, start = np.arange(30), np.datetime64("2023-01-01")
    log = ci.TransactionLog.from_frame(
        {"customer_id": np.repeat(ids, 5), "timestamp": start + np.tile(np.arange(5) * 30, 30)}
    )
    rows = [(one, start + day, "delivered") for one in ids for day in range(0, 120, 10)]
    rows += [(one, start + day, "open") for one in ids[:10] for day in range(0, 120, 10)]
    rows += [(one, start + day, "complaint") for one in ids[10:20] for day in range(5, 120, 20)]
    who, when, what = (list(column) for column in zip(*rows, strict=True))
    talk = ci.InteractionLog.from_frame(
        {"customer_id": who, "timestamp": np.array(when), "kind": what}
    )
    return log.as_of("2023-06-30"), talk


def test_talk_and_anger_are_told_apart(shop):
    history, talk = shop
    known = signals(history, interactions=talk)
    found = TalkClassifier().adapt(known).predict_proba(known)
    likeliest = np.array(TalkClassifier.labels)[found.argmax(axis=1)]
    assert set(likeliest[:10]) == {"best_friend"}
    assert set(likeliest[10:20]) == {"commanding"}
    assert set(likeliest[20:]) == {"basic_exchange"}


def test_without_interactions_nothing_is_known(shop):
    known = signals(shop[0])
    assert np.isnan(TalkClassifier().predict_proba(known)).all()


# another package that is installed here may claim the name too
@pytest.mark.filterwarnings("ignore::customerintel.exceptions.PluginConflictWarning")
def test_it_is_had_by_its_name(shop):
    assert "acme-talk" in ci.relationships.names()
    history, talk = shop
    table = ci.relationships.classify(history, interactions=talk, classifier="acme-talk")
    assert table.probabilities.shape == (30, len(table.labels))
