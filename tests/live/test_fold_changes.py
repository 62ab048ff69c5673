"""Histories, refreshes, and other rules."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import pytest
from live.fold_bed import MINUTE, at, event, fold_of, play, shown

import customerintel as ci
from customerintel import live
from customerintel.live.fold_attributes import refresh_values
from customerintel.live.rule_set import RuleSet

DO = [live.Action("call")]
HIGH = live.Rule(id="high", version=1, when=live.Score("risk") > 0.7, do=DO)
BUDDY = live.Rule(
    id="buddy", version=1, when=live.On("Visit"), where=live.Relationship("buddy"), do=DO
)
RISK = live.Rule(id="risk", version=1, when=live.On("Visit"), where=live.Score("risk") > 0.7, do=DO)
VISITS = live.Rule(id="visits", version=1, when=live.Count("Visit") >= 3, do=DO)
CART = live.Rule(
    id="cart",
    version=1,
    when=live.Absence(after="Product Added", of="Order Completed", within="30m"),
    do=DO,
)


def history_of(n: int = 60) -> Any:
    rng = np.random.default_rng(2)
    rows = {"customer_id": [], "timestamp": [], "amount": []}  # type: ignore[var-annotated]
    for who in range(n):
        for day in sorted(rng.integers(1, 400, rng.integers(1, 12))):
            rows["customer_id"].append(who)
            rows["timestamp"].append(np.datetime64("2025-01-01") + np.timedelta64(int(day), "D"))
            rows["amount"].append(float(rng.integers(5, 90)))
    log = ci.TransactionLog.from_frame({name: np.array(one) for name, one in rows.items()})
    return log.as_of("2026-02-20")


HISTORY = history_of()


@pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
def test_a_seed_is_the_history() -> None:
    rule = live.Rule(id="s", version=1, when=live.On("Visit"), where=live.Segment("At Risk"), do=DO)
    fold = fold_of(rule, scheme=ci.rfm.SegmentScheme.named("rfm-11@1"))
    fold.seed(HISTORY)
    rfm, summary = ci.score_rfm(HISTORY), HISTORY.summarize(unit="day")
    assert fold.time == HISTORY.moment.astype(np.int64)
    assert fold.n_customers == len(summary)
    for place, who in enumerate(summary.customer_id):
        view = fold.row_view(str(who))
        assert view.frequency == summary.n_periods[place]
        assert view.monetary == pytest.approx(summary.total_amount[place])
        assert view.last_purchase == summary.last_purchase[place].astype(np.int64)
    # recency counts from days' starts there and exactly here, so that a few are at a cut point
    same = [
        fold.row_view(str(who)).segment == rfm.segment[k] for k, who in enumerate(rfm.customer_id)
    ]
    assert np.mean(same) > 0.8


def test_a_refresh_fires_what_turns_true_by_it() -> None:
    fold = fold_of([HIGH, RISK, BUDDY])
    fold.seed(HISTORY)
    scores = np.linspace(0, 1, 60)
    labels = {"3": "buddy", "new": "buddy", "4": "stranger"}
    values = refresh_values(
        HISTORY, scores=fold.plan.scores, given={"risk": scores}, relationships=labels,
        segments=False,
    )  # fmt: skip
    found = shown(fold.refresh(values))
    ids = HISTORY.customer_id
    high = {str(who) for who, score in zip(ids, scores, strict=True) if score > 0.7}
    assert {one[1] for one in found if one[0] == "high"} == high
    assert {one[2] for one in found} == {"refresh:0"}
    again = shown(fold.refresh(values))
    assert again == []
    now = (fold.time - at(0)) / 60e6
    got = play(fold, [event(who, "Visit", now + 1) for who in ("3", "4", "new", str(ids[-1]))])
    assert [(one[0], one[1]) for one in got] == [
        ("buddy", "3"),
        ("buddy", "new"),
        ("risk", str(ids[-1])),
    ]
    assert fold.row_view("4").relationship == "stranger"
    fold.merge("3", "unlabelled")
    assert fold.row_view("unlabelled").relationship == "buddy"


def test_estimators_of_every_kind() -> None:
    class Own:
        def predict(self, history: Any) -> Any:
            return np.full(history.n_customers, 0.25)

    fitted = ci.churn.get("recency").fit(HISTORY, horizon="90d")
    probability = fitted.predict(HISTORY).probability
    for estimator, horizon, first in (
        (fitted, None, probability[0]),
        ("recency", "90d", probability[0]),
        (ci.churn.get("recency"), "90d", probability[0]),
        (Own(), None, 0.25),
        (lambda history: np.arange(history.n_customers), None, 0.0),
    ):
        score = live.Score("churn", estimator, horizon=horizon)
        values = refresh_values(HISTORY, scores=[score], segments=False)
        assert values.scores["churn"][values.ids[0]] == pytest.approx(first)


def test_rules_change_and_equal_expressions_go_on() -> None:
    fold = fold_of([VISITS, CART])
    play(fold, [event("a", "Visit", 0), event("a", "Visit", 1), event("b", "Product Added", 2)])
    less = VISITS.model_copy(update={"id": "visits-2"})
    assert fold.change_rules(RuleSet([CART.model_copy(update={"version": 2}), less])) == []
    assert play(fold, [event("a", "Visit", 3)]) == [("visits-2", "a", "#3", "queued")]
    assert shown(fold.tick(at(60))) == [("cart", "b", f"after:{at(2)}", "queued")]


def test_a_change_of_rules_works_off_what_is_due_by_the_former_ones() -> None:
    fold = fold_of([CART])
    play(fold, [event("b", "Product Added", 0), event("a", "Visit", 31)])
    assert shown(fold.change_rules(RuleSet([VISITS]))) == [
        ("cart", "b", f"after:{at(0)}", "queued")
    ]


GOLD = live.Rule(
    id="gold", version=1, where=live.P("plan") == "gold", do=DO,
    when=live.Absence(after="Product Added", of="Order Completed", within="60m"),
)  # fmt: skip


@pytest.mark.parametrize("others", [("basic",), ("platinum", "silver")])
def test_what_is_kept_of_an_arming_event_outlives_other_rules(others: tuple[str, ...]) -> None:
    """Texts are kept by their place in a list, which an unrelated rule changes."""
    fold = fold_of([GOLD, CART])
    plans = {"a": "gold", "b": "basic", "c": "platinum", "d": None}
    play(fold, [event(who, "Product Added", 0, plan=one) for who, one in plans.items()])
    where = reduce(or_, [live.P("plan") == one for one in others])
    other = live.Rule(id="o", version=1, when=live.On("Visit", where=where), do=DO)
    fold.change_rules(RuleSet([other, GOLD]))
    assert shown(fold.tick(at(90))) == [("gold", "a", f"after:{at(0)}", "queued")]


def test_what_the_former_rules_did_not_keep_is_missing() -> None:
    fold = fold_of(GOLD)
    play(fold, [event(who, "Product Added", 0, plan=who, n=2) for who in ("basic", "gold")])
    rules = [
        GOLD.model_copy(update={"id": f"r{k}", "where": where})
        for k, where in enumerate(
            (live.P("n") > 1, live.P("plan") != "gold", live.P("plan") == "basic")
        )
    ]
    fold.change_rules(RuleSet(rules))
    assert shown(fold.tick(at(90))) == [("r1", "basic", f"after:{at(0)}", "queued")]


@pytest.mark.parametrize("n_rules", [1, 2])
def test_a_day_that_ended_before_the_rules_changed_does_not_end_again(n_rules: int) -> None:
    """An event brings the end of its day's eve on while time still waits for late ones."""
    often = live.Rule(id="often", version=1, when=live.Frequency() >= 3, do=DO)
    rises = live.Rise(live.Count("Order Completed"), window="1d", by=0.5, at_least=9)
    rules = [often, live.Rule(id="rises", version=1, when=rises, do=DO)][:n_rules]
    fold = fold_of(rules, lateness=60 * MINUTE)
    play(fold, [event("a", "Order Completed", 0), event("b", "Visit", 1)])
    fold.merge("b", "a")
    fold.tick(at(36 * 60 + 30))
    play(fold, [event("a", "Visit", 36 * 60 + 30), event("a", "Visit", 60 * 60 + 2)])
    away = live.Rule(id="away", version=1, when=live.TimeSinceLast() >= 1, do=DO)
    fold.change_rules(RuleSet([away]))
    expected = [("away", "a", "day:2026-03-05", "queued")]
    assert shown(fold.tick(at(4 * 24 * 60))) == expected


def test_explaining() -> None:
    rule = CART.model_copy(
        update={
            "where": (live.Count("Visit") >= 1) & (live.P("total") > 5) & (live.Frequency() < 2),
            "limits": live.Limits(once_per="7d"),
            "requires_consent": "marketing",
            "holdout": live.Holdout(0.5, salt="s"),
        }
    )
    fold = fold_of([rule, VISITS])
    play(fold, [event("a", "Visit", 0), event("a", "Product Added", 1, total=9)])
    facts = fold.explain("a", "cart")
    assert [one["value"] for one in facts["where"]] == [1.0, None, 0.0]
    assert [one["true"] for one in facts["where"]] == [True, None, True]
    assert facts["timers"][0]["armed_at"] == at(1)
    assert facts["timers"][0]["deadline"] == at(31)
    assert facts["consent"] == {"purpose": "email_marketing", "allowed": False}
    assert (facts["last_passed"], facts["cooldown_until"], facts["arm"]) == (None, None, "")
    assert (facts["at"], facts["unit_at"]) == (at(1), None)
    assert [one["reason"] for one in map(_fate, fold.tick(at(40)))] == ["consent"]
    assert fold.explain("a", "cart")["timers"][0]["done_at"] == at(1)


def _fate(decision: Any) -> dict[str, str]:
    return {"reason": decision.reason}


class TestPurchasesOfARefresh:
    """What a history says of purchases, and what was seen live."""

    MOMENT = "2026-02-20"

    def values(self, *days, who="a"):
        rows = {
            "customer_id": [who] * len(days),
            "timestamp": np.array(days, "M8[us]"),
            "amount": [10.0] * len(days),
        }
        log = ci.TransactionLog.from_frame(rows)
        return refresh_values(log.as_of(self.MOMENT), segments=False)

    def fold(self, *days):
        found = fold_of(RISK)
        orders = [(int(np.datetime64(day, "us").astype(int)) - at(0)) / MINUTE for day in days]
        play(found, [event("a", "Order Completed", one, total=7) for one in orders])
        return found

    def facts(self, fold):
        view = fold.row_view("a")
        return view.frequency, view.monetary, str(np.datetime64(view.last_purchase, "us"))[:10]

    def test_nothing_was_seen(self):
        fold = self.fold()
        fold.refresh(self.values("2026-01-01", "2026-02-01"))
        assert self.facts(fold) == (2, 20.0, "2026-02-01")

    def test_all_that_was_seen_is_in_the_history(self):
        fold = self.fold("2026-01-01", "2026-02-01")
        fold.refresh(self.values("2025-01-01", "2026-01-01", "2026-02-01"))
        assert self.facts(fold) == (3, 30.0, "2026-02-01")

    def test_all_that_was_seen_is_later(self):
        fold = self.fold("2026-03-01", "2026-03-02")
        fold.refresh(self.values("2026-01-01", "2026-02-01"))
        assert self.facts(fold) == (4, 34.0, "2026-03-02")
        fold.refresh(self.values("2026-01-01"))  # an older history takes nothing away
        assert self.facts(fold) == (4, 34.0, "2026-03-02")

    def test_a_day_counts_once(self):
        fold = self.fold("2026-02-20T18:00")
        self.MOMENT = "2026-02-20T12:00"
        fold.refresh(self.values("2026-02-20T09:00"))
        assert self.facts(fold) == (1, 17.0, "2026-02-20")

    def test_what_cannot_be_told_apart(self):
        fold = self.fold("2026-02-01", "2026-03-02")
        fold.refresh(self.values("2025-01-01", "2026-01-01", "2026-02-01"))
        assert self.facts(fold) == (3, 30.0, "2026-03-02")

    def test_two_ids_of_one_customer(self):
        fold = self.fold()
        fold.merge("b", "a")
        both = {
            "customer_id": ["a", "b"],
            "timestamp": np.array(["2026-01-01", "2026-02-01"], "M8[us]"),
            "amount": [1.0, 2.0],
        }
        log = ci.TransactionLog.from_frame(both)
        fold.refresh(refresh_values(log.as_of(self.MOMENT), segments=False))
        assert self.facts(fold) == (2, 3.0, "2026-02-01")
