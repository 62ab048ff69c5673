"""`score_rfm` against the exact twins, and what must not change it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import numpy as np
import oracle_rfm as oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rfm.fakes import FakeHistory

from customerintel.exceptions import SchemeError
from customerintel.rfm import SegmentScheme, assignment, score_rfm

pytestmark = pytest.mark.filterwarnings("ignore:.*has fewer distinct values")

quick = settings(deadline=None, max_examples=60)  # the first call compiles

days = st.sampled_from([0.0, 1.5, 30.0, np.nextafter(30.0, 31.0)]) | st.floats(
    0, 400, allow_subnormal=False
)
spend = st.sampled_from([0.1 + 0.2, 0.3, 10.0, -5.0]) | st.floats(-100, 1e4, allow_subnormal=False)
customers = st.lists(st.tuples(days, st.integers(1, 12), spend), min_size=1, max_size=30)
grids = st.tuples(*[st.integers(3, 10)] * 3)


def history(rows, **facts):
    return FakeHistory(*map(list, zip(*rows, strict=True)), **facts)


def scores(rfm):
    columns = rfm.recency_score, rfm.frequency_score, rfm.monetary_score
    return list(zip(*(column.tolist() for column in columns), strict=True))


@quick
@given(customers, grids)
def test_quantile_scores(rows, bins):
    rfm = score_rfm(history(rows), bins=bins)
    recency, frequency, monetary = zip(*rows, strict=True)
    expected = [
        oracle.quantile_scores([-r for r in recency], bins[0]),
        oracle.quantile_scores(frequency, bins[1]),
        oracle.quantile_scores(monetary, bins[2]),
    ]
    assert scores(rfm) == list(zip(*expected, strict=True))


@quick
@given(customers, grids)
def test_nested_scores(rows, bins):
    rfm = score_rfm(history(rows), bins=bins, method="nested")
    assert scores(rfm) == oracle.nested_scores(*zip(*rows, strict=True), bins)


@quick
@given(customers, grids, st.sampled_from(["quantile", "nested"]))
def test_its_own_thresholds_reproduce_the_scores(rows, bins, method):
    first = score_rfm(history(rows), bins=bins, method=method, window="90d")
    again = score_rfm(history(rows), window="90d", thresholds=first.thresholds)
    assert scores(again) == scores(first)
    assert again.thresholds is first.thresholds


@quick
@given(customers, st.randoms(use_true_random=False), st.sampled_from(["quantile", "nested"]))
def test_row_order_is_irrelevant(rows, random, method):
    order = list(range(len(rows)))
    random.shuffle(order)
    straight = scores(score_rfm(history(rows), method=method))
    shuffled = scores(score_rfm(history([rows[i] for i in order]), method=method))
    assert shuffled == [straight[i] for i in order]


@quick
@given(customers, st.sampled_from([0.25, 2.0, 1024.0]), st.sampled_from([0.5, 4.0]))
def test_units_of_money_and_time_are_irrelevant(rows, money, time):
    scaled = [(r * time, f, m * money) for r, f, m in rows]
    assert scores(score_rfm(history(rows))) == scores(score_rfm(history(scaled)))


@quick
@given(customers)
def test_equal_customers_share_their_scores_and_better_ones_have_no_worse(rows):
    rfm = score_rfm(history(rows))
    for (a, x), (b, y) in itertools.permutations(zip(rows, scores(rfm), strict=True), 2):
        assert a[0] < b[0] or x[0] <= y[0]
        assert a[1] > b[1] or x[1] <= y[1]
        assert a[2] > b[2] or x[2] <= y[2]


@quick
@given(customers, st.integers(2, 4))
def test_every_customer_twice_changes_nothing(rows, times):
    assert scores(score_rfm(history(rows * times))) == scores(score_rfm(history(rows))) * times


def test_the_result_holds_what_was_measured():
    rows = [(1.0, 4, 80.0), (40.0, 1, 10.0), (9.0, 2, 30.0)]
    source = history(rows, ids=[3, 5, 9])
    rfm = score_rfm(source, bins=3, window="90d", period="week")
    assert source.asked == {"unit": "day", "period": "week", "window": "90d"}
    assert rfm.customer_id.tolist() == [3, 5, 9]
    assert rfm.time_since_last.tolist() == [1.0, 40.0, 9.0]
    assert rfm.frequency.tolist() == [4, 1, 2]
    assert rfm.monetary.tolist() == [80.0, 10.0, 30.0]
    assert (rfm.bins, rfm.window, len(rfm)) == ((3, 3, 3), timedelta(days=90), 3)
    assert rfm.moment == source.moment
    assert rfm.cell.tolist() == [333, 111, 222]
    assert rfm.cell.dtype == np.int16
    assert rfm.recency_score.dtype == rfm.frequency_score.dtype == np.int8
    arrays = (rfm.time_since_last, rfm.cell, rfm.recency_score, rfm.weighted_score)
    assert not any(array.flags.writeable for array in arrays)
    for array in arrays:
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.setflags(write=True)
    assert {name: sizes.tolist() for name, sizes in rfm.bin_sizes().items()} == {
        "recency": [1, 1, 1],
        "frequency": [1, 1, 1],
        "monetary": [1, 1, 1],
    }


def test_frequency_and_money_can_be_measured_in_two_ways():
    rows = [(1.0, 4, 80.0), (40.0, 1, 10.0), (9.0, 2, 30.0)]
    # the fake counts two purchases per period
    rfm = score_rfm(history(rows), bins=3, frequency="purchases", monetary="mean")
    assert rfm.frequency.tolist() == [8, 2, 4]
    assert rfm.monetary.tolist() == [10.0, 5.0, 7.5]
    assert rfm.total_amount.tolist() == [80.0, 10.0, 30.0]
    assert (rfm.thresholds.frequency_of, rfm.thresholds.monetary_of) == ("purchases", "mean")


def test_a_log_narrows_to_the_moment():
    rfm = score_rfm(history([(1.0, 1, 1.0)]), as_of="2023-05-06", bins=3)
    assert rfm.moment == np.datetime64("2023-05-06", "us")


def test_without_amounts_scores_are_recency_and_frequency():
    rfm = score_rfm(FakeHistory([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]))
    assert rfm.monetary is None
    assert rfm.monetary_score is None
    assert rfm.total_amount is None
    assert rfm.cell.tolist() == [55, 44, 33, 22, 11]
    assert str(rfm.scheme) == "rf-10@1"
    assert rfm.segment.tolist() == [
        "Champions",
        "Loyal",
        "Need Attention",
        "Hibernating",
        "Hibernating",
    ]
    assert list(rfm.bin_sizes()) == ["recency", "frequency"]
    assert rfm.thresholds.monetary is None


@quick
@given(st.lists(st.tuples(days, st.integers(1, 9)), min_size=1, max_size=20))
def test_nested_without_amounts(rows):
    recency, frequency = zip(*rows, strict=True)
    rfm = score_rfm(FakeHistory(recency, frequency), method="nested", bins=(4, 3))
    expected = oracle.nested_scores(recency, frequency, [0.0] * len(rows), (4, 3, 3))
    assert list(zip(rfm.recency_score, rfm.frequency_score, strict=True)) == [
        (r, f) for r, f, _ in expected
    ]


def test_ten_bins_take_two_digits_each():
    rows = [(float(10 - i), i + 1, float(i)) for i in range(10)]
    rfm = score_rfm(history(rows), bins={"recency": 10, "frequency": 5, "monetary": 3})
    assert rfm.cell.dtype == np.int32
    assert rfm.cell[0] == 10101
    assert rfm.cell[-1] == 100503


def test_fixed_cut_points_are_inclusive_on_the_better_side():
    cuts = {"recency": (30, 90), "frequency": (2, 5), "monetary": (10, 100)}
    rows = [(30.0, 2, 10.0), (30.5, 1, 9.99), (90.0, 5, 100.0), (90.5, 4, 99.0)]
    rfm = score_rfm(history(rows), thresholds=cuts)
    assert scores(rfm) == [(3, 2, 2), (2, 1, 1), (2, 3, 3), (1, 2, 2)]
    assert (rfm.thresholds.method, rfm.bins) == ("fixed", (3, 3, 3))
    assert rfm.thresholds.recency == (30.0, 90.0)


def test_fixed_cut_points_score_nobody_too():
    cuts = {"recency": (30, 90), "frequency": (2, 5)}
    rfm = score_rfm(FakeHistory([], []), thresholds=cuts)
    assert len(rfm) == 0
    assert rfm.bin_sizes()["recency"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (None, [3.0, 1.0, 2.0]),
        ((3, 2, 1), [18.0, 6.0, 12.0]),
        ({"monetary": 1, "frequency": 10, "recency": 100}, [333.0, 111.0, 222.0]),
        (np.array([0.0, 0.0, 1.0]), [3.0, 1.0, 2.0]),
    ],
    ids=["mean", "Miglautsch", "IBM", "array"],
)
def test_weighted_score(weights, expected):
    rows = [(1.0, 4, 80.0), (40.0, 1, 10.0), (9.0, 2, 30.0)]
    assert score_rfm(history(rows), bins=3, weights=weights).weighted_score.tolist() == (
        pytest.approx(expected)
    )


@quick
@given(customers, st.sampled_from(["rfm-11@1", "rf-10@1", "fm-11@1"]))
def test_segments_follow_the_scheme(rows, name):
    rfm = score_rfm(history(rows), scheme=name)
    scheme = SegmentScheme.named(name)
    of = {code: segment for segment, codes in scheme.cells().items() for code in codes}
    codes = rfm.cell // 10 if name == "rf-10@1" else rfm.cell
    assert rfm.segment.tolist() == [of[code] for code in codes.tolist()]
    assert [scheme.segments[code] for code in rfm.segment_code] == rfm.segment.tolist()
    assert str(rfm.scheme) == name


def test_segment_names_are_shared_texts():
    rfm = score_rfm(history([(1.0, 1, 1.0)] * 3))
    assert len({id(name) for name in rfm.segment}) == 1
    assert rfm.segment is rfm.segment


def test_a_scheme_of_recency_and_frequency_ignores_the_bins_of_money():
    rows = [(float(i), 9 - i, float(i)) for i in range(6)]
    rfm = score_rfm(history(rows), bins=(5, 5, 3), scheme="rf-10@1")
    plain = score_rfm(FakeHistory(*list(zip(*rows, strict=True))[:2]))
    assert rfm.segment.tolist() == plain.segment.tolist()


def test_other_bins_have_scores_and_no_segments():
    rfm = score_rfm(history([(1.0, 1, 1.0), (2.0, 2, 2.0), (3.0, 3, 3.0)]), bins=3)
    assert rfm.scheme is None
    for ask in ("segment", "segment_code"):
        with pytest.raises(SchemeError, match="3 x 3 x 3 bins and no scheme"):
            getattr(rfm, ask)
    with pytest.raises(SchemeError, match="no scheme"):
        rfm.counts()


@quick
@given(customers)
def test_nothing_is_scored_from_nan_money(rows):
    assume(len(rows) > 1)
    source = history(rows)
    source.monetary[0] = np.nan
    rfm = score_rfm(source)
    assert (rfm.recency_score[0], rfm.cell[0], rfm.segment[0]) == (0, 0, None)
    assert (rfm.cell[1:] > 0).all()


def test_results_do_not_depend_on_threads_and_chunks(monkeypatch):
    rng = np.random.default_rng(3)
    n = 1_001
    source = FakeHistory(
        rng.uniform(0, 400, n), rng.integers(1, 40, n), rng.lognormal(3, 1, n).round(2)
    )
    monkeypatch.setenv("CUSTOMERINTEL_THREADS", "1")
    whole = score_rfm(source)
    monkeypatch.setenv("CUSTOMERINTEL_THREADS", "3")
    monkeypatch.setattr(assignment, "_CHUNK", 100)
    parts = score_rfm(source)
    assert whole.thresholds == parts.thresholds
    assert (whole.cell == parts.cell).all()
    assert (whole.codes == parts.codes).all()
