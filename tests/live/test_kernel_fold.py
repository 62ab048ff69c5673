"""The live kernels against a slow twin, and whatever the batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live.plain_fold import DAY, MINUTE, Plain

from customerintel import live
from customerintel._kernels import live_words as w
from customerintel.live.plan import Plan, compile_rules
from customerintel.live.record_packing import RecordWriter
from customerintel.live.state import FoldState

START = 1_700_000_000_000_000
DO = [live.Action("email")]
RULES = [
    live.Rule("r0", 1, live.Count("A", window="3d") >= 3, do=DO),
    live.Rule("r1", 1, live.Absence("A", "B", "30m"), where=live.P("x") > 5, do=DO),
    live.Rule("r2", 1, live.Absence("A", "A", "2d"), do=DO, limits=live.Limits(once_per="5d")),
    live.Rule("r3", 1, live.Sequence("A", "B", "C", within="1h"), do=DO),
    live.Rule("r4", 1, live.On("B"), where=live.Count("C", window="90m") >= 2, do=DO),
    live.Rule("r5", 1, live.Drop(live.Count("A"), "2d", by=0.5, at_least=2), do=DO),
    live.Rule("r6", 1, live.Count("C", window="48h", grain="hour") < 1, do=DO),
]
Event = tuple[int, int, str, float]

steps = st.one_of(
    st.integers(1, 5 * MINUTE), st.integers(1, 90 * MINUTE), st.integers(1, 2 * DAY),
    st.sampled_from([30 * MINUTE, 60 * MINUTE, DAY, 2 * DAY]),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    rows = draw(
        st.lists(
            st.tuples(
                steps, st.integers(0, 2), st.sampled_from("ABC"), st.sampled_from([3.0, 9.0])
            ),
            max_size=40,
        )
    )
    now, events = START, []
    for step, row, name, x in rows:
        now += step
        events.append((now, row, name, x))
    return events


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_rules(RULES, "UTC", None)


def drain(state: FoldState, call: object, *args: object) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for _ in range(1000):
        status = call(*args)  # type: ignore[operator]
        f = state.fires()
        found += list(
            zip(*(c.tolist() for c in (f.row, f.due, f.rule, f.status, f.kind, f.trigger)),
                strict=True)
        )  # fmt: skip
        state.taken()
        if status == w.DONE:
            return found
    raise AssertionError("it does not come to an end")


def fold(plan: Plan, events: list[Event], batch: int, *, ticks: bool) -> list[tuple[int, ...]]:
    state = FoldState(plan, 1)
    state.ensure(3)
    found = []
    for a in range(0, len(events), batch):
        part = events[a : a + batch]
        times = np.array([one[0] for one in part])
        codes = [plan.wanted.code_of(one[2], "track") for one in part]
        values = np.full((plan.n_properties, len(part)), np.nan)
        values[plan.slots[("x",), None]] = [
            one[3] for one in part
        ]  # fmt: skip
        rows = np.array([one[1] for one in part], np.int32)
        given = (rows, times, np.array(codes, np.int32), values, times, 0, len(part))
        found += drain(state, state.run, *given)
        if ticks:
            state.time = int(times[-1])
            found += drain(state, state.due, 2)
    end = (events[-1][0] if events else START) + 20 * DAY
    state.time = end
    while True:
        found += drain(state, state.due, 3)
        if not state.pending_work:
            return sorted(found)


def by_hand(events: list[Event]) -> list[tuple[int, ...]]:
    customers = [Plain(row) for row in range(3)]
    for u, row, name, x in events:
        customers[row].event(u, name, x)
    end = (events[-1][0] if events else START) + 20 * DAY
    found = []
    for one in customers:
        one.catch_up(end)
        found += [(one.row, *fire) for fire in one.fires]
    return sorted(found)


@settings(max_examples=150)
@given(events=histories())
def test_fold_is_its_twin(events: list[Event]) -> None:
    plan = compile_rules(RULES, "UTC", None)
    expected = by_hand(events)
    assert fold(plan, events, 1000, ticks=False) == expected
    assert fold(plan, events, 1, ticks=True) == expected
    assert fold(plan, events, 7, ticks=True) == expected


def test_full_room_is_no_end(plan: Plan) -> None:
    events: list[Event] = [(START + k * MINUTE, 0, "ABC"[k % 3], 9.0) for k in range(60)]
    state = FoldState(plan)
    assert fold(plan, events, 1000, ticks=False) == by_hand(events)
    state.ensure(3)
    state._out, state._money = state._out[:7].copy(), state._money[:7].copy()
    times = np.array([one[0] for one in events])
    codes = np.array([plan.wanted.code_of(one[2], "track") for one in events], np.int32)
    values = np.full((plan.n_properties, 60), 9.0)
    rows = np.zeros(60, np.int32)
    found = drain(state, state.run, rows, times, codes, values, times, 0, 60)
    twin = Plain(0)
    for u, _, name, x in events:
        twin.event(u, name, x)
    assert sorted(found) == sorted((0, *fire) for fire in twin.fires)
    assert len(found) > 7


def test_records_find_their_state_under_other_rules(plan: Plan) -> None:
    events: list[Event] = [(START + k * 7 * MINUTE, 0, "AC"[k % 2], 9.0) for k in range(9)]
    expected = fold(plan, [*events, (START + 8 * 7 * MINUTE + 1, 0, "B", 9.0)], 1000, ticks=False)
    state = FoldState(plan)
    state.ensure(3)
    later = state
    found: list[tuple[int, ...]] = []
    for k, (u, _, name, x) in enumerate([*events, (START + 8 * 7 * MINUTE + 1, 0, "B", 9.0)]):
        # back and forth between two orders of the same rules, and through bytes
        used = later.plan
        code = np.array([used.wanted.code_of(name, "track")], np.int32)
        values = np.full((used.n_properties, 1), x)
        at = np.array([u])
        got = drain(later, later.run, np.zeros(1, np.int32), at, code, values, at, 0, 1)
        later.time = u
        found += [(*one[:2], int(used.rules[one[2]].id[1:]), *one[3:]) for one in got]
        rules = RULES[::-1] if k % 2 else [RULES[3], *RULES[:3], *RULES[4:]]
        following = compile_rules(rules, "UTC", None)
        if not k % 3:
            written = list(RecordWriter(later, 4096).portions())
            later = FoldState.of(used, later.n_rows, written, later.time)
        later = later.relayout(following)
    later.time = events[-1][0] + 1 + 20 * DAY
    got = drain(later, later.due, 1000)
    found += [(*one[:2], int(later.plan.rules[one[2]].id[1:]), *one[3:]) for one in got]
    assert sorted(found) == expected


def test_merge_adds_buckets_and_keeps_the_later_arming(plan: Plan) -> None:
    state = FoldState(plan)
    state.ensure(2)
    codes = {name: plan.wanted.code_of(name, "track") for name in "ABC"}

    def tell(row: int, u: int, name: str) -> list[tuple[int, ...]]:
        at, code = np.array([u]), np.array([codes[name]], np.int32)
        values = np.full((plan.n_properties, 1), 9.0)
        return drain(state, state.run, np.array([row], np.int32), at, code, values, at, 0, 1)

    key = next(key for key, one in plan.counters.items() if one.held == 5)
    tell(0, START, "A")
    tell(1, START + MINUTE, "A")
    state.time = START + MINUTE
    state.merge(0, 1)
    assert state.count(1, key, 3, START + MINUTE) == 2
    assert state.count(0, key, 3, START + MINUTE) == 0
    assert state.timer(1, 0) == (START + MINUTE, w.NEVER, w.NEVER)
    assert state.timer(0, 0) == (w.NEVER, w.NEVER, w.NEVER)
    assert [one[2] for one in tell(1, START + 2 * MINUTE, "A")] == [0]
    state.time = START + 40 * MINUTE
    assert drain(state, state.due, 10) == [(1, START + 32 * MINUTE, 1, 0, 1, START + 2 * MINUTE)]
    state.clear(1)
    state.time = START + 90 * DAY
    assert drain(state, state.due, 1000) == []
