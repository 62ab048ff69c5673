"""`migration` against counting by hand, and what it refuses to compare."""

from __future__ import annotations

import numpy as np
import oracle_rfm as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rfm.fakes import FakeHistory

from customerintel.exceptions import InvalidArgumentError, SchemeError
from customerintel.rfm import SegmentScheme, migration, score_rfm

CUTS = {"recency": (10, 20), "frequency": (2, 4), "monetary": (50, 100)}
LADDER = SegmentScheme.from_mapping(
    "ladder", 1, {"high": "3**", "mid": "2**", "low": "1**"}, bins=3
)
RF_LADDER = SegmentScheme.from_mapping("pairs", 1, {"high": "3*", "rest": "2* 1*"}, bins=3)


def score(customers, moment, *, scheme=LADDER, thresholds=CUTS, window="30d"):
    """Scores of a dict from customer to (recency, frequency, spend)."""
    ids = sorted(customers)
    columns = [[customers[i][k] for i in ids] for k in range(3)]
    history = FakeHistory(*columns, ids=np.array(ids, dtype=np.int64), moment=moment)
    return score_rfm(history, window=window, thresholds=thresholds, scheme=scheme)


BEFORE = {1: (5, 1, 10), 2: (15, 2, 60), 3: (25, 4, 200), 4: (25, 1, 5)}
AFTER = {1: (5, 2, 10), 2: (25, 1, 70), 3: (15, 4, 90), 9: (1, 1, 1)}


@pytest.fixture
def pair():
    before = score(BEFORE, "2024-01-31")
    return before, score(AFTER, "2024-03-31", thresholds=before.thresholds)


def test_counts_and_movements(pair):
    moves = migration(*pair)
    assert moves.states_before == ("high", "mid", "low", "entered")
    assert moves.states_after == ("high", "mid", "low", "left")
    assert moves.counts.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1], [1, 0, 0, 0]]
    assert (moves.stay, moves.up, moves.down, moves.left, moves.entered) == (1, 1, 1, 1, 1)
    assert moves.counts.dtype == np.int64
    assert not moves.counts.flags.writeable
    assert (moves.before, moves.after) == (pair[0].moment, pair[1].moment)
    assert moves.value is None


def test_probabilities_are_shares_of_each_row(pair):
    moves = migration(*pair)
    assert moves.probabilities.tolist() == [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0.5, 0, 0.5],
        [1, 0, 0, 0],
    ]


def test_smoothing_leaves_the_impossible_at_zero(pair):
    shares = migration(*pair, smoothing=0.5).probabilities
    assert shares[2].tolist() == [0.5 / 4, 1.5 / 4, 0.5 / 4, 1.5 / 4]
    assert shares[3].tolist() == [1.5 / 2.5, 0.5 / 2.5, 0.5 / 2.5, 0.0]


def test_a_row_without_customers_is_nan_unless_smoothed(pair):
    before, after = score({1: (5, 1, 10)}, "2024-01-31"), pair[1]
    assert np.isnan(migration(before, after).probabilities[1]).all()
    assert migration(before, after, smoothing=1.0).probabilities[1].tolist() == [0.25] * 4


def test_value_is_that_of_the_customers_before(pair):
    moves = migration(*pair, value="monetary")
    assert moves.value.tolist() == [[10, 0, 0, 0], [0, 0, 60, 0], [0, 200, 0, 5], [0, 0, 0, 0]]
    assert moves.value_shares[2].tolist() == [0, 200 / 205, 0, 5 / 205]
    assert np.isnan(moves.value_shares[3]).all()
    by_hand = migration(*pair, value=[1, 2, 3, 4])
    assert by_hand.value.sum(axis=1).tolist() == [1, 2, 7, 0]


def test_rises_and_falls_of_scores_and_of_what_is_scored(pair):
    moves = migration(*pair)
    assert moves.score_changes == {
        "recency": (1, 1, 1),
        "frequency": (1, 1, 1),
        "monetary": (0, 1, 2),
    }
    # customer 2 has more days since the last purchase, customer 3 fewer
    assert moves.value_changes == {
        "time_since_last": (1, 1, 1),
        "frequency": (1, 1, 1),
        "monetary": (1, 1, 1),
    }
    assert moves.score_changes["frequency"].rises == 1


def test_without_amounts():
    cuts = {key: CUTS[key] for key in ("recency", "frequency")}
    before = score_rfm(FakeHistory([5, 15], [1, 2]), window="9d", thresholds=cuts, scheme=RF_LADDER)
    later = FakeHistory([15, 15], [1, 3], moment="2024-05-05")
    after = score_rfm(later, window="9d", thresholds=before.thresholds, scheme=RF_LADDER)
    moves = migration(before, after)
    assert list(moves.score_changes) == ["recency", "frequency"]
    assert (moves.down, moves.stay) == (1, 1)
    with pytest.raises(InvalidArgumentError, match="needs amounts and the log has none"):
        migration(before, after, value="monetary")


customers = st.dictionaries(
    st.integers(0, 15),
    st.tuples(st.integers(0, 30), st.integers(1, 6), st.integers(0, 150)),
    min_size=1,
)


@settings(deadline=None)  # the first call compiles
@given(customers, customers)
def test_every_customer_is_counted_once(first, second):
    before = score(first, "2024-01-31")
    after = score(second, "2024-02-29", thresholds=before.thresholds)
    moves = migration(before, after, smoothing=0.1)
    expected = oracle.migration_counts(
        dict(zip(sorted(first), before.segment, strict=True)),
        dict(zip(sorted(second), after.segment, strict=True)),
    )
    for (start, end), count in expected.items():
        row, column = moves.states_before.index(start), moves.states_after.index(end)
        assert moves.counts[row, column] == count
    assert moves.counts.sum() == len(first.keys() | second.keys()) == sum(expected.values())
    assert moves.up + moves.down + moves.stay == len(first.keys() & second.keys())
    assert moves.counts[:-1].sum() == len(first)
    assert moves.counts[:, :-1].sum() == len(second)
    assert moves.probabilities.sum(axis=1) == pytest.approx(np.ones(4))


def test_one_side_may_be_empty(pair):
    nobody = score({}, "2024-03-31", thresholds=pair[0].thresholds)
    moves = migration(pair[0], nobody)
    assert (moves.left, moves.entered) == (4, 0)
    moves = migration(score({}, "2024-01-01", thresholds=pair[0].thresholds), pair[1])
    assert (moves.left, moves.entered) == (0, 4)


def refusals():
    before = score(BEFORE, "2024-01-31")
    cuts = before.thresholds
    later = "2024-03-31"
    ten = score(AFTER, later, window="10d")
    return {
        "whole history": ((score(BEFORE, "2024-01-31", window=None), before), {}),
        "window": ((before, ten), {}),
        "scheme": ((before, score(AFTER, later, thresholds=cuts, scheme=None)), {}),
        "thresholds": (
            (before, score(AFTER, later, thresholds={**CUTS, "recency": (1, 2)})),
            {},
        ),
        "order": ((before, score(AFTER, "2024-01-31", thresholds=cuts)), {}),
        "nobody": ((score({}, "2024-01-31"), score({}, later)), {}),
        "type": ((before, "later"), {}),
        "smoothing": ((before, score(AFTER, later, thresholds=cuts)), {"smoothing": -1.0}),
        "value name": ((before, score(AFTER, later, thresholds=cuts)), {"value": "someone@x.org"}),
        "value shape": ((before, score(AFTER, later, thresholds=cuts)), {"value": [1.0]}),
        "value type": ((before, score(AFTER, later, thresholds=cuts)), {"value": ["a"] * 4}),
    }


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        (
            "whole history",
            InvalidArgumentError,
            (
                "migration needs scores over a window: over the whole history frequency can only "
                "rise, so nobody could move down. Score both moments with the same window=, such "
                "as window='180d'."
            ),
        ),
        (
            "window",
            InvalidArgumentError,
            (
                "The windows differ in length: 30 days before and 10 days after. Score both "
                "moments with the same window=."
            ),
        ),
        (
            "scheme",
            SchemeError,
            "migration needs one scheme for both moments; these have ladder@1 and none.",
        ),
        (
            "thresholds",
            InvalidArgumentError,
            (
                "The two moments were scored with different thresholds, so customers would move "
                "because others did. Score the later one with thresholds=before.thresholds."
            ),
        ),
        (
            "order",
            InvalidArgumentError,
            (
                "after must be later than before; got 2024-01-31T00:00:00.000000 and "
                "2024-01-31T00:00:00.000000."
            ),
        ),
        (
            "nobody",
            InvalidArgumentError,
            "Nobody has a purchase in either window: nothing can move.",
        ),
        ("type", InvalidArgumentError, "migration takes two RFMScores of score_rfm; got str."),
        (
            "smoothing",
            InvalidArgumentError,
            "smoothing must be a finite number from 0; got -1.0.",
        ),
        (
            "value name",
            InvalidArgumentError,
            "value must be 'monetary' or one number per customer of before; got another text.",
        ),
        (
            "value shape",
            InvalidArgumentError,
            (
                "value must be finite and have the shape (4,), one number per customer of before "
                "in the order of before.customer_id; got the shape (1,)."
            ),
        ),
        (
            "value type",
            InvalidArgumentError,
            "value must be 'monetary' or an array of numbers.",
        ),
    ],
)
def test_what_cannot_be_compared(what, error, message):
    arguments, options = refusals()[what]
    with pytest.raises(error) as caught:
        migration(*arguments, **options)
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_there_is_no_value_matrix_without_a_value(pair):
    moves = migration(*pair)
    assert moves.value is moves.value_shares is None
    for what in ("value", "value_shares"):
        with pytest.raises(InvalidArgumentError, match="This migration has no value"):
            moves.matrix(what)
    with pytest.raises(InvalidArgumentError, match=r"counts, probabilities.*; got ndarray"):
        moves.matrix(moves.counts)
    with pytest.raises(InvalidArgumentError, match="what must be one of counts, probabilities"):
        moves.matrix("shares")


def test_tables(pair):
    moves = migration(*pair, value="monetary")
    frame = moves.to_frame()
    assert list(frame) == ["before", "after", "customers", "probability", "value"]
    assert len(frame["before"]) == 15
    row = list(zip(frame["before"], frame["after"], strict=True)).index(("low", "left"))
    assert (frame["customers"][row], frame["probability"][row], frame["value"][row]) == (1, 0.5, 5)
    assert ("entered", "left") not in set(zip(frame["before"], frame["after"], strict=True))
    for what in ("counts", "probabilities", "value", "value_shares"):
        table = moves.matrix(what)
        assert list(table) == ["before", "high", "mid", "low", "left"]
        assert table["before"].tolist() == ["high", "mid", "low", "entered"]
        expected = getattr(moves, what)
        np.testing.assert_array_equal(np.column_stack(list(table.values())[1:]), expected)
    summary = moves.summary()
    assert summary["movement"].tolist() == ["stay", "up", "down", "left", "entered"]
    assert summary["customers"].tolist() == [1] * 5
    assert summary["share"].tolist() == [0.25] * 5


def test_how_it_shows_itself(pair):
    moves = migration(*pair)
    assert repr(moves) == (
        "Migration(before=2024-01-31T00:00:00.000000, after=2024-03-31T00:00:00.000000, "
        "scheme=ladder@1, stay=1, up=1, down=1, left=1, entered=1)"
    )
    assert "<td>ladder@1</td>" in moves._repr_html_()


def test_nothing_of_a_result_can_be_changed(pair):
    worth = np.ones(4)
    moves = migration(*pair, value=worth)
    assert worth.flags.writeable
    for array in (moves.counts, moves.value, moves.probabilities, moves.value_shares):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 7
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)
    for changes in (moves.score_changes, moves.value_changes):
        with pytest.raises(TypeError, match="does not support item assignment"):
            changes["monetary"] = None
