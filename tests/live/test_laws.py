"""Laws of the fold and the engine, against the oracle and against themselves.

``CUSTOMERINTEL_TESTS=thorough`` searches for longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from live.oracle_live import Decided
from live.playing import in_order, oracle_outbox, play_engine, play_fold, play_oracle, rule_set
from live.rule_specs import RuleSpec
from live.streams import Case, Record, case, cases

from customerintel.live.rule_set import RuleSet

# rules that read scores before there are any, and rules that go: the cases are full of both
pytestmark = pytest.mark.filterwarnings("ignore::customerintel.exceptions.DataQualityWarning")
THOROUGH = os.environ.get("CUSTOMERINTEL_TESTS") == "thorough"
MANY = settings(max_examples=5_000 if THOROUGH else 60)
SOME = settings(max_examples=1_000 if THOROUGH else 25)
FEW = settings(max_examples=200 if THOROUGH else 8)
SEEDS = range(5_000 if THOROUGH else 60)


def counted(rows: list[Decided]) -> list[Decided]:
    """Tell Hypothesis what happened, so that a run without fires shows."""
    for row in rows:
        event(f"fires on {row[4].split(':')[0] if ':' in row[4] else 'an event'}, {row[5]}")
    return rows


@MANY
@given(cases())
def test_the_fold_is_the_oracle(one: Case) -> None:
    assert play_fold(one) == counted(play_oracle(one))


@pytest.mark.parametrize("part", range(4))
def test_the_fold_is_the_oracle_by_seed(part: int) -> None:
    """Without shrinking, cases by chance are longer."""
    for seed in SEEDS[part::4]:
        one = case(Random(seed))
        assert play_fold(one) == play_oracle(one), seed


def test_a_second_merge_keeps_what_the_first_brought() -> None:
    """By chance, once in 15,000 cases: someone known by her purchases alone is merged twice."""
    cuts = ((0.0, 2.0), (1.0, 2.0), (20.0, 40.0))
    bought = {"a1": (1, 45.0, 1727866800000000, 1727866800000000)}
    order = {"type": "track", "event": "Order Completed", "userId": "c1"}
    records: list[Record] = [
        ("refresh", 1727953200000000, {}, {}, cuts, bought),
        ("event", order | {"timestamp": "2024-10-08T11:31:00Z", "properties": {"total": 40}}, None),
        ("event", {"type": "track", "event": "Visit", "userId": "7",
                   "timestamp": "2024-10-08T12:31:00Z"}, None),
        ("event", order | {"timestamp": "2024-10-09T13:01:01Z", "properties": {"total": 5}}, None),
        ("merge", "a1", "7"),
        ("merge", "c1", "a1"),
        ("tick", 1728567061000003),
    ]  # fmt: skip
    rules = (RuleSpec("r0", 1, ("entered", "passing")),)
    one = Case(rules, "Australia/Lord_Howe", 0, tuple(records))
    assert play_fold(one) == play_oracle(one)
    assert sorted(row[2] for row in play_fold(one)) == ["7", "a1", "c1"]


@SOME
@given(cases(lateness=True))
def test_the_fold_waits_for_late_events(one: Case) -> None:
    assert play_fold(one) == counted(play_oracle(one))


def test_cases_meet_their_edges() -> None:
    """The streams fire on all that can be fired on, and in every way."""
    met: Counter[str] = Counter()
    for seed in range(200):
        one = case(Random(seed))
        for row in play_oracle(one):
            met[row[4].split(":")[0] if ":" in row[4] else "event"] += 1
            met[row[5] + row[6]] += 1
        met.update(record[0] for record in one.records)
    few = ("suppressedcooldown", "erase", "rules", "backfill", "merge", "day", "seed", "refresh")
    enough = dict.fromkeys(("event", "after", "queued", "held_out", "suppressedconsent"), 100)
    assert {name: n for name, n in met.items() if n < enough.get(name, 25)} == {}
    assert not [name for name in (*few, *enough) if name not in met]


@SOME
@given(cases(), st.sampled_from((1, 7, 64)))
def test_batches_do_not_matter(one: Case, batch: int) -> None:
    assert play_fold(one, batch=batch) == play_fold(one)


@SOME
@given(cases(), st.sampled_from((7, 4096)))
def test_lines_are_read_as_events_are(one: Case, batch: int) -> None:
    assert play_fold(one, batch=batch, as_lines=True) == play_oracle(one)


@SOME
@given(cases(), st.sampled_from((1, 2, 5)), st.sampled_from((1, 7, 4096)))
def test_budgets_do_not_matter(one: Case, budget: int, batch: int) -> None:
    assert play_fold(one, batch=batch, budget=budget) == play_fold(one)


@SOME
@given(cases(), st.lists(st.integers(0, 60), min_size=1, max_size=3))
def test_a_restored_fold_goes_on(one: Case, cuts: list[int]) -> None:
    assert play_fold(one, cuts=cuts, budget=3) == play_fold(one)


def plain(one: Case) -> Case:
    """Leave out what hangs on the ids themselves: holdouts, and events without a message id."""

    def bare(record: Record, place: int) -> Record:
        if record[0] == "rules":
            return ("rules", tuple(replace(rule, holdout=None) for rule in record[1]))
        if record[0] == "event":
            return ("event", {"messageId": f"p{place}", **record[1]}, record[2])
        return record

    records = tuple(bare(record, place) for place, record in enumerate(one.records))
    return replace(one, rules=tuple(replace(r, holdout=None) for r in one.rules), records=records)


def renamed(one: Case, names: dict[str, str]) -> Case:
    """Give customers other ids."""

    def under_other_ids(record: Record) -> Record:
        kind, *rest = record
        if kind in ("seed", "refresh"):
            moment, scores, labels, cuts, bought = rest
            of = {name: _keys(one, names) for name, one in scores.items()}
            more = (_keys(labels, names), cuts, _keys(bought, names))
            return (kind, moment, of, *more)
        if kind == "merge":
            return ("merge", *(names.get(who, who) for who in rest))
        if kind == "erase":
            return ("erase", [names.get(who, who) for who in rest[0]])
        if kind == "consent":
            entries = [e | {"customer_id": names.get(e["customer_id"], "")} for e in rest[0]]
            return ("consent", entries)
        if kind != "event":
            return record
        ids = ("userId", "anonymousId", "previousId")
        of = {key: names.get(str(rest[0][key]), rest[0][key]) for key in ids if key in rest[0]}
        return ("event", rest[0] | of, rest[1])

    return replace(one, records=tuple(map(under_other_ids, one.records)))


def _keys(of: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in of.items()}


@SOME
@given(cases())
def test_ids_do_not_matter(one: Case) -> None:
    names = {"c1": "zoe", "c2": "7", "7": "c1", "a1": "a2", "a2": "b"}
    usual, other = plain(one), renamed(plain(one), names)
    moved = [(row[0], row[1], names[row[2]], *row[3:]) for row in play_fold(usual)]
    assert play_fold(other) == in_order(moved)


@SOME
@given(cases(changes=False))
def test_customers_do_not_matter_to_each_other(one: Case) -> None:
    """Alone, with the same time passing, each customer has the same fires."""
    whole = play_fold(plain(one))
    for who in sorted({row[2] for row in whole}):
        alone = replace(plain(one), records=tuple(_only(plain(one), who)))
        hers = [row for row in play_fold(alone) if row[2] == who]
        assert hers == [row for row in whole if row[2] == who]


def _only(one: Case, who: str) -> list[Record]:
    """Leave the events of one customer; others only let their time pass."""

    def is_hers(given: dict[str, Any]) -> bool:
        return str(given.get("userId", given.get("anonymousId"))) == who

    return [
        record if record[0] != "event" or is_hers(record[1]) else _as_other(record)
        for record in one.records
    ]


def _as_other(record: Record) -> Record:
    ids = ("userId", "anonymousId")
    return (
        "event",
        {k: v for k, v in record[1].items() if k not in ids} | {"userId": "x"},
        record[2],
    )


@FEW
@given(cases(refreshes=False), st.sampled_from((1, 7, 4096)))
def test_the_outbox_is_the_oracle(one: Case, batch: int) -> None:
    assert in_order(set(play_engine(one, batch))) == oracle_outbox(one)


@SOME
@given(cases(functions=False))
def test_rules_survive_json(one: Case) -> None:
    rules = rule_set(one.rules)
    again = RuleSet.from_json(rules.to_json())
    assert again.to_json() == rules.to_json()
    assert [r.when.key for r in again.rules] == [r.when.key for r in rules.rules]


_SCRIPT = """
from random import Random
from live.playing import play_fold, play_oracle
from live.streams import case
for seed in range({n}):
    one = case(Random(seed), most=30)
    assert play_fold(one, batch=7, budget=3) == play_oracle(one), seed
"""


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="all of it runs so already")
def test_the_compiler_changes_nothing() -> None:
    paths = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    env: dict[str, Any] = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": paths}
    script = _SCRIPT.format(n=400 if THOROUGH else 6)
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
