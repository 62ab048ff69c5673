"""The fold around the kernels: duplicates, time, budgets, merges, erasure, consent, arms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live.fold_bed import (
    DAY,
    MINUTE,
    at,
    batch_of,
    event,
    fold_of,
    identify,
    play,
    shown,
    visit_of,
)

from customerintel import live
from customerintel.live.event_batch import Coded
from customerintel.live.fold_arms import bucket_of

CART = live.Rule(
    id="cart",
    version=1,
    when=live.Absence(after="Product Added", of="Order Completed", within="30m"),
    do=[live.Action("email")],
)
KEEN = live.Rule(
    id="keen", version=1, when=live.Count("Visit", window="60m") >= 3, do=[live.Action("offer")]
)
SEEN = live.Rule(id="seen", version=1, when=live.On("Visit"), do=[live.Action("hello")])


def rule_like(rule: live.Rule, **changed: Any) -> live.Rule:
    return rule.model_copy(update=changed)


def test_duplicates_are_dropped_and_counted() -> None:
    fold = fold_of(SEEN)
    twice = [event("a", "Visit", 0, "m1"), event("a", "Visit", 1, "m1"), event("a", "Visit", 2)]
    stepped = fold.events(batch_of(fold, twice))
    assert stepped.accepted.tolist() == [True, False, True]
    assert stepped.n_duplicates == 1
    assert shown(stepped.decisions) == [
        ("seen", "a", "m1", "queued"),
        ("seen", "a", "#1", "queued"),
    ]
    assert fold.n_accepted == 2
    assert fold.time == at(2)
    later = fold.events(batch_of(fold, [event("a", "Visit", 1440, "m1")]))
    assert later.n_duplicates == 1
    much_later = fold.events(batch_of(fold, [event("a", "Visit", 1441, "m1")]))
    assert much_later.n_duplicates == 0


def test_a_duplicate_makes_nobody_known() -> None:
    fold = fold_of(SEEN)
    play(fold, [event("a", "Visit", 0, "m1"), event("b", "Visit", 9, "m1")])
    assert fold.n_customers == 1
    assert fold.time == at(0)


def test_clock_and_ordinals_of_a_part_of_a_stream() -> None:
    fold = fold_of([SEEN, CART])
    given = [event("a", "Product Added", 0), event("a", "Visit", 10)]
    batch = batch_of(fold, given)
    clock = np.array([at(0), at(40)])
    found = fold.events(batch, clock=clock, ordinals=np.array([7, 19])).decisions
    assert shown(found) == [
        ("cart", "a", f"after:{at(0)}", "queued"),
        ("seen", "a", "#19", "queued"),
    ]
    assert fold.time == at(40)


def test_ticks_work_off_what_is_due_within_their_budget() -> None:
    fold = fold_of(CART)
    assert fold.pending == 0
    play(fold, [event(f"c{place}", "Product Added", 0) for place in range(300)])
    assert fold.tick(at(29)) == []
    assert fold.pending == 0
    found = fold.tick(at(30), budget=100)
    assert 0 < len(found) < 300
    assert fold.pending > 0
    while fold.pending:
        found += fold.drain(100)
    assert sorted(one.customer_id for one in found) == sorted(f"c{place}" for place in range(300))
    assert {one.due_at for one in found} == {at(30)}
    assert fold.tick(at(10)) == []
    assert fold.time == at(30)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_an_identify_call_merges_inside_a_batch(size: int) -> None:
    fold = fold_of([KEEN, CART])
    given = [
        visit_of("device", "Visit", 0),
        visit_of("device", "Visit", 1),
        visit_of("device", "Product Added", 2),
        event("user", "Visit", 3),
        identify("device", "user", 4),
        event("user", "Order Completed", 5),
        visit_of("device", "Visit", 6),
    ]
    assert play(fold, given, size) == [("keen", "user", "#6", "queued")]
    assert fold.canonical("device") == "user"
    assert fold.n_customers == 1
    assert fold.tick(at(60)) == []


def test_an_identify_call_of_somebody_who_came_by_no_event() -> None:
    fold = fold_of(KEEN)
    given = [identify("device", "user", 0), *(visit_of("device", "Visit", k) for k in (1, 2, 3))]
    assert play(fold, given) == [("keen", "user", "#3", "queued")]


def test_the_first_link_of_a_device_holds() -> None:
    fold = fold_of(KEEN)
    play(fold, [identify("device", "one", 0), identify("device", "two", 1)])
    assert fold.canonical("device") == "one"
    play(fold, [identify("anonymous", "two", 2), visit_of("anonymous", "Visit", 3)])
    assert fold.canonical("anonymous") == "anonymous"


@pytest.mark.parametrize("n_codes", [3, 50])
def test_coded_customers_are_listed_ones(n_codes: int) -> None:
    names = [f"c{place}" for place in range(n_codes)]
    codes = np.random.default_rng(1).integers(0, n_codes, 400).astype(np.int32)
    given = [
        event(names[code], "Visit", place, f"m{place % 390}") for place, code in enumerate(codes)
    ]
    listed, coded = fold_of([KEEN, SEEN]), fold_of([KEEN, SEEN])
    batch = batch_of(listed, given)
    one = listed.events(batch)
    batch.who = Coded(codes, names)
    other = coded.events(batch)
    assert shown(one.decisions) == shown(other.decisions)
    assert one.n_duplicates == other.n_duplicates == 10


def test_merging_works_off_what_is_due_before() -> None:
    fold = fold_of(CART)
    play(fold, [event("a", "Product Added", 0), event("b", "Product Added", 20)])
    play(fold, [event("c", "Product Added", 40)])
    assert shown(fold.merge("a", "b")) == [("cart", "a", f"after:{at(0)}", "queued")]
    assert fold.merge("a", "b") == []
    assert fold.merge("b", "b") == []
    assert shown(fold.tick(at(60))) == [("cart", "b", f"after:{at(20)}", "queued")]
    assert fold.merge("nobody", "d") == []
    assert fold.canonical("nobody") == "d"


def test_erased_customers_begin_anew() -> None:
    fold = fold_of([KEEN, CART], holdout=live.Holdout(0.5, salt="all"))
    play(fold, [event("a", "Visit", 0), event("a", "Visit", 1), event("a", "Product Added", 2)])
    fold.merge("old-a", "a")
    fold.consent(granted("a"))
    assert fold.erase(["old-a", "nobody"]) == {"a", "old-a", "nobody"}
    assert fold.n_customers == 0
    assert not fold.allows("a", "marketing", at(5))
    assert play(fold, [event("a", "Visit", 3)]) == []
    assert fold.tick(at(60)) == []
    assert fold.n_customers == 1


def test_nothing_of_the_erased_is_in_a_snapshot() -> None:
    secret = "customer-s3cret"
    fold = fold_of([KEEN, CART], holdout=live.Holdout(0.5, salt="all"))
    play(fold, [event(secret, "Visit", 0, f"{secret}-m"), event("b", "Visit", 1)])
    fold.merge(f"{secret}-2", secret)
    fold.consent(granted(secret))
    assert any(secret.encode() in part for _, part in fold.parts())
    fold.erase([secret])
    assert not any(b"s3cret" in part for _, part in fold.parts())
    empty = fold_of([KEEN, CART], holdout=live.Holdout(0.5, salt="all"))
    play(empty, [event("x", "Visit", 0), event("b", "Visit", 1)])
    empty.erase(["x"])
    for name, part in fold.parts():
        if name.startswith(("state", "arms", "consent", "ids")):
            assert dict(empty.parts())[name] == part, name


def granted(who: str, minute: int = -600, purpose: str = "marketing") -> list[dict[str, Any]]:
    stamp = event(who, "", minute)["timestamp"]
    entry = {"customer_id": who, "purpose": purpose, "basis": "consent", "status": "granted"}
    return [entry | {"timestamp": stamp}]


def test_consent_at_firing() -> None:
    fold = fold_of(rule_like(SEEN, requires_consent="marketing"))
    assert play(fold, [event("a", "Visit", 0)]) == [("seen", "a", "#0", "consent")]
    fold.consent(granted("a", 5))
    given = [
        event("a", "Visit", 4),
        event("a", "Visit", 6),
        event("a", "Unsubscribed", 7),
        event("a", "Visit", 8),
    ]
    assert [one[3] for one in play(fold, given)] == ["consent", "queued", "consent"]
    assert fold.allows("a", "email_marketing", at(6))
    assert not fold.allows("a", "email_marketing", at(7))
    fold.consent(granted("a", 20))
    assert [one[3] for one in play(fold, [event("a", "Visit", 21)])] == ["queued"]


def test_consent_goes_with_a_merge_and_an_opt_out_before_it() -> None:
    fold = fold_of(rule_like(SEEN, requires_consent="marketing"))
    fold.consent(granted("device"))
    given = [
        visit_of("device", "Visit", 0),
        visit_of("device", "Unsubscribed", 1),
        identify("device", "user", 2),
        event("user", "Visit", 3),
    ]
    assert [one[3] for one in play(fold, given)] == ["queued", "consent"]


def test_arms_are_drawn_by_the_first_trigger_and_stay() -> None:
    rule = rule_like(SEEN, holdout=live.Holdout(0.5, salt="s"))
    fold = fold_of(rule)
    names = [f"c{place}" for place in range(60)]
    found = fold.events(batch_of(fold, [event(one, "Visit", 0) for one in names])).decisions
    for one in found:
        control = bucket_of("s", one.customer_id) < 5000
        assert one.arm == ("control" if control else "treated")
        assert one.status == ("held_out" if control else "queued")
        assert one.unit_at == at(0)
    control = next(one.customer_id for one in found if one.arm == "control")
    treated = next(one.customer_id for one in found if one.arm == "treated")
    fold.merge(control, treated)
    again = fold.events(batch_of(fold, [event(treated, "Visit", 9)])).decisions[0]
    assert (again.arm, again.unit_at) == ("treated", at(0))


def test_the_global_holdout_is_control_for_every_rule() -> None:
    fold = fold_of(
        [SEEN, rule_like(SEEN, id="own", holdout=live.Holdout(0.01, salt="own"))],
        holdout=live.Holdout(0.5, salt="all"),
    )
    found = fold.events(batch_of(fold, [event(f"c{k}", "Visit", 0) for k in range(40)])).decisions
    for one in found:
        if bucket_of("all", one.customer_id) < 5000:
            assert one.status == "held_out"
    assert {one.status for one in found} == {"held_out", "queued"}


def test_cooldown_and_numbers_of_the_trigger() -> None:
    rule = rule_like(SEEN, where=live.P("pages") > 1, limits=live.Limits(once_per="1d"))
    fold = fold_of(rule)
    given = [event("a", "Visit", 0, pages=2), event("a", "Visit", 5, pages=3)]
    first, second = fold.events(batch_of(fold, given)).decisions
    assert dict(first.values) == {"pages": 2.0}
    assert (second.status, second.reason) == ("suppressed", "cooldown")


def test_unless_is_known() -> None:
    order = live.On("Order Completed")
    fold = fold_of(rule_like(CART, unless=order))
    play(fold, [event("a", "Product Added", 0), event("a", "Order Completed", 5)])
    assert fold.seen_since("a", order, at(0), at(5))
    assert not fold.seen_since("a", order, at(5), at(9))
    assert not fold.seen_since("nobody", order, at(0), at(9))


def test_many_decisions_in_one_batch() -> None:
    fold = fold_of([SEEN, rule_like(SEEN, id="too")])
    given = [event(f"c{place % 7}", "Visit", place / 60) for place in range(9000)]
    found = play(fold, given)
    assert len(found) == 18_000
    assert [one[2] for one in found[::2]] == [f"#{place}" for place in range(9000)]


def test_days_pass_for_those_who_are_known() -> None:
    drop = live.Rule(
        id="less",
        version=1,
        when=live.Drop(live.Count("Visit"), window="1d", by=0.5, at_least=2),
        do=[live.Action("tips")],
    )
    fold = fold_of(drop)
    play(fold, [event("a", "Visit", 0), event("a", "Visit", 1)])
    found = fold.tick(at(0) + 3 * DAY)
    assert shown(found) == [("less", "a", "day:2026-03-03", "queued")]
    assert found[0].due_at == at(36 * 60)
    assert fold.explain("a", "less")["day"] == "2026-03-05"
    assert MINUTE * 60 * 24 == DAY
