"""classify: the table, its labels, levels of evidence, and what must not move a label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relationships.classified_shops import known, logs, shop, table

import customerintel as ci
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.table import UNKNOWN


def test_labels_follow_from_probabilities_and_limits():
    found = table()
    order = np.sort(found.probabilities, axis=1)
    np.testing.assert_array_equal(found.probability, order[:, -1])
    np.testing.assert_array_equal(found.margin, order[:, -1] - order[:, -2])
    enough = (found.probability >= found.limits.probability) & (found.margin >= found.limits.margin)
    enough &= found.coverage >= found.limits.coverage
    assert ((found.type == UNKNOWN) == ~enough).all()
    assert (found.type[enough] == found.likeliest[enough]).all()
    assert sum(found.counts().values()) == len(found)


def test_transactions_alone_tell_the_coarse_class_and_say_so():
    found = ci.relationships.classify(shop().as_of())
    assert found.level == "coarse"
    assert "level=coarse" in repr(found)
    assert "coarse class" in found.evidence(int(found.customer_id[0])).note
    kinds = np.array([ci.relationships.types("core")[key].coarse for key in shop().labels])
    sure = found.coarse != UNKNOWN
    assert sure.any()
    assert (found.coarse[sure] == kinds[sure]).mean() > 0.7
    np.testing.assert_allclose(
        found.coarse_probability,
        max_coarse(found),
    )


def test_logs_that_tell_nothing_leave_the_level_coarse():
    made = shop(300)
    empty = {
        "interactions": ci.InteractionLog.from_frame(
            {"customer_id": [-1], "timestamp": ["2024-01-01"], "kind": ["open"]}
        ),
        "survey": ci.SurveyLog.from_frame(
            {"customer_id": [-1], "timestamp": ["2024-01-01"], "stated_type": ["fling"]}
        ),
    }
    with pytest.warns(DataQualityWarning, match="ids"):
        found = ci.relationships.classify(made.as_of(), **empty)
    assert found.level == "coarse"


def max_coarse(found):
    """The greatest sum of the probabilities of types of one coarse class."""
    words = [one.coarse for one in found.types.values()]
    sums = pd.DataFrame(found.probabilities.T).groupby(np.array(words)).sum()
    return sums.max().to_numpy()


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1))
def test_what_a_customer_is_worth_moves_no_label(seed):
    made = shop(300)
    frame = {name: np.asarray(column) for name, column in made.frames()["transactions"].items()}
    rng = np.random.default_rng(seed)
    factor = dict(zip(made.customer_id.tolist(), 10.0 ** rng.uniform(-3, 3, 300), strict=True))
    own = np.array([factor[one] for one in frame["customer_id"].tolist()])
    frame["amount"] = frame["amount"] * own
    log = ci.TransactionLog.from_frame(frame)
    before = ci.relationships.classify(made.as_of(), **logs(made))
    after = ci.relationships.classify(log.as_of(made.moment), **logs(made))
    assert (before.type == after.type).all()
    np.testing.assert_allclose(before.probabilities, after.probabilities, atol=1e-9)


def test_nobody_moves_because_others_moved():
    made = shop()
    earlier = table()
    frame = {name: np.asarray(column) for name, column in made.frames()["transactions"].items()}
    mine = frame["customer_id"] % 3 == 0
    rng = np.random.default_rng(0)
    some = mine | (rng.random(len(mine)) < 0.5)
    log = ci.TransactionLog.from_frame({name: column[some] for name, column in frame.items()})
    later = ci.relationships.classify(log.as_of(made.moment), reference=earlier, **logs(made))
    here = np.isin(later.customer_id, made.customer_id[made.customer_id % 3 == 0])
    there = np.isin(earlier.customer_id, later.customer_id[here])
    np.testing.assert_array_equal(later.probabilities[here], earlier.probabilities[there])
    again = ci.relationships.classify(log.as_of(made.moment), **logs(made)).relabelled(earlier)
    np.testing.assert_array_equal(again.probabilities, later.probabilities)


def test_the_order_of_rows_does_not_matter():
    made = shop(300)
    rng = np.random.default_rng(1)
    mixed = {}
    for name, frame in made.frames().items():
        order = rng.permutation(len(frame["customer_id"]))
        mixed[name] = {column: np.asarray(v)[order] for column, v in frame.items()}
    log = ci.TransactionLog.from_frame(mixed["transactions"])
    found = ci.relationships.classify(
        log.as_of(made.moment), interactions=ci.InteractionLog.from_frame(mixed["interactions"])
    )
    straight = ci.relationships.classify(made.as_of(), interactions=made.interactions)
    np.testing.assert_allclose(found.probabilities, straight.probabilities, atol=1e-9)


def test_unknown_stated_types_are_left_out_with_a_warning():
    made = shop(300)
    odd = ci.SurveyLog.from_frame(
        {
            "customer_id": made.customer_id[:30],
            "timestamp": np.full(30, "2024-06-01"),
            "stated_type": np.array(["soulmate"] * 30),
        }
    )
    with pytest.warns(DataQualityWarning, match="30 customers state a type that 'core@1' does not"):
        found = ci.relationships.classify(made.as_of(), survey=odd)
    without = ci.relationships.classify(made.as_of())
    np.testing.assert_array_equal(found.probabilities, without.probabilities)


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_anybody(n):
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": np.arange(n),
            "timestamp": np.full(n, "2024-01-01", "M8[us]"),
            "amount": np.ones(n),
        }
    )
    if n:
        history = log.as_of("2024-02-01")
    else:
        with pytest.warns(DataQualityWarning, match="history is empty"):
            history = log.as_of("2024-02-01")
    found = ci.relationships.classify(history)
    assert len(found) == n
    assert found.probabilities.shape == (n, 6)
    assert len(found.dimensions) == n
    assert len(found.to_frame()["customer_id"]) == n


def test_results_are_read_only_and_say_little():
    found = table()
    for array in (found.probabilities, found.type, found.margin, found.coverage):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert "RelationshipTable(" in repr(found)
    assert "<table>" in found._repr_html_()


def test_frames_hold_what_the_table_holds():
    found = table()
    frame = found.to_frame(probabilities=True)
    assert list(frame["customer_id"]) == found.customer_id.tolist()
    assert np.asarray(frame["type"]).astype(object).tolist() == found.type.tolist()
    np.testing.assert_array_equal(frame["p_fling"], found.probabilities[:, 2])


def test_dimensions_are_the_weighted_ranks_of_their_signals():
    from customerintel.relationships.loadings import LOADINGS

    signals, row = known(), 17
    names = [name for name, held in LOADINGS.items() if "reciprocity" in held]
    total = weight = 0.0
    for name in names:
        loading, held = LOADINGS[name]["reciprocity"], signals.weight(name)[row]
        if held > 0.0:
            rank = signals.rank(name)[row]
            total += abs(loading) * held * (rank if loading > 0 else 1.0 - rank)
            weight += abs(loading) * held
    assert table().dimensions[row, 7] == pytest.approx(total / weight)
