"""Scores of a holdout by hand, and what is ranked first and recommended."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

import customerintel as ci
from customerintel.models.holdout import split_holdout
from customerintel.models.ranking import RankedModel, rank, recommended
from customerintel.models.scoring import FLOOR, Score, score

# -- scores -----------------------------------------------------------------------------------


class Known:
    """Foretells 1.5 purchases, with probabilities 1/2, 1/4, 1/8, …."""

    def __init__(self, chances=None):
        self.chances = chances
        self.asked = []

    def expected_purchases(self, data, horizon):
        return np.full(len(data), 1.5)

    def purchase_probabilities(self, data, horizon, n_max):
        self.asked.append((len(data), n_max))
        row = 0.5 ** np.arange(1.0, n_max + 2.0)
        row = np.append(row, 1.0 - row.sum()) if self.chances is None else self.chances
        return np.tile(row, (len(data), 1))


def split_of(counts):
    """Return a split in which customer k buys on `counts[k]` days of the holdout."""
    rows = [(k, 0) for k in range(len(counts))]
    rows += [(k, 10 + j) for k, n in enumerate(counts) for j in range(n)]
    rows += [(0, 5)]
    start = np.datetime64("2024-01-01", "us")
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": [k for k, _ in rows],
            "timestamp": [start + np.timedelta64(day, "D") for _, day in rows],
        },
    )
    return split_holdout(log, calibration_end="2024-01-08", holdout_end="2024-03-01")


@pytest.mark.parametrize("cells", [1, 7, 1 << 20])
def test_scores_by_hand(monkeypatch, cells):
    monkeypatch.setattr("customerintel.models.scoring.CELLS", cells)
    counts = [2, 0, 3, 0, 1, 0]
    found = score(Known(), split_of(counts), None)
    np.testing.assert_allclose(found.log_scores, np.log(0.5) * (np.array(counts) + 1))
    assert found.mae == pytest.approx((0.5 + 1.5 + 1.5 + 1.5 + 0.5 + 1.5) / 6)
    assert found.rmse == pytest.approx(math.sqrt((0.25 + 2.25 * 4 + 0.25) / 6))
    assert found.bias == pytest.approx(9.0 / 6.0 - 1.0)
    assert found.by_frequency.n_customers.tolist() == [5, 1, 0, 0, 0, 0, 0, 0]
    np.testing.assert_array_equal(found.by_frequency.actual[:3], [0.8, 2.0, np.nan])


def test_few_probabilities_are_asked_for_customers_with_few_purchases(monkeypatch):
    monkeypatch.setattr("customerintel.models.scoring.CELLS", 12)
    model = Known()
    score(model, split_of([9, 0, 0, 0, 0, 0, 0, 1]), None)
    assert model.asked[0] == (6, 0)
    assert model.asked[-1] == (1, 9)
    assert all(n * (top + 2) <= 12 for n, top in model.asked)


def test_counts_above_n_max_are_one_event():
    """P(more than 1) = 1/4 for who bought two and three times."""
    found = score(Known(), split_of([2, 0, 3, 1]), 1)
    np.testing.assert_allclose(found.log_scores, np.log([0.25, 0.5, 0.25, 0.25]))


def test_what_a_model_holds_impossible_costs_a_limited_amount():
    found = score(Known(np.array([1.0, 0.0, 0.0, 0.0])), split_of([2, 0]), None)
    assert found.log_scores.tolist() == [math.log(FLOOR), 0.0]


# -- ranking ----------------------------------------------------------------------------------


def ranked_model(name, scores, k=4, status="interior"):
    scored = None
    if scores is not None:
        scored = Score(np.array(scores), 1.0, 1.0, 0.0, None)
    fit = SimpleNamespace(boundary_=("a → 0",))
    return RankedModel(name, fit, scored, status, "", k, -1.0, 2.0, 3.0, 0.1)


def test_equal_scores_are_ranked_by_simplicity():
    one = ranked_model("rich", [-1.0, -2.0, -1.5])
    two = ranked_model("plain", [-1.0, -2.0, -1.5 - 1e-12], k=2)
    assert [m.name for m in rank([one, two])] == ["plain", "rich"]
    assert [m.name for m in rank([two, one])] == ["plain", "rich"]


def test_a_simpler_model_within_one_standard_error_is_recommended():
    rich = ranked_model("rich", [-1.0, -2.0, -3.0])
    plain = ranked_model("plain", [-1.3, -1.8, -3.0], k=2)
    order = rank([plain, rich])
    assert [m.name for m in order] == ["rich", "plain"]
    assert order[1].ties
    assert recommended(order).name == "plain"


def test_a_simpler_model_further_behind_is_not():
    rich = ranked_model("rich", [-1.0, -2.0, -3.0])
    plain = ranked_model("plain", [-1.3, -2.2, -3.3], k=2)
    assert recommended(rank([plain, rich])).name == "rich"


def test_inside_comes_before_boundary():
    edge = ranked_model("edge", [-1.0, -2.0, -3.0], k=2, status="boundary")
    inside = ranked_model("inside", [-1.3, -1.8, -3.0])
    assert recommended(rank([edge, inside])).name == "inside"


def test_what_failed_comes_last():
    order = rank([ranked_model("none", None, status="failed"), ranked_model("one", [-9.0, -9.0])])
    assert [m.name for m in order] == ["one", "none"]
    assert recommended(order).name == "one"
    assert math.isnan(order[1].log_score)
