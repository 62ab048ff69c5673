"""Consent in the fold means what it means in the ledger, at every moment."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from customerintel.live.consent_intervals import ConsentLines, intervals_of
from customerintel.live.consent_table import ConsentTable
from customerintel.live.fold_consent import Consents, lines_of
from customerintel.live.fold_ids import CustomerRows
from customerintel.tables import ConsentLedger

DAY = 86_400_000_000
START = np.datetime64("2024-01-01T00:00:00", "us")


def at(day: float) -> int:
    # an odd second: a moment at midnight would warn
    return int(START.astype(np.int64)) + int(day * DAY) + 1_000_000


def entry(who: str, day: int, status: str, **more: Any) -> dict[str, Any]:
    basis = more.pop("basis", "consent")
    ends = more.pop("ends", None)
    found = {
        "customer_id": who,
        "purpose": more.pop("purpose", "email_marketing"),
        "basis": basis,
        "status": status,
        "timestamp": np.datetime64(at(day), "us").item(),
    }
    return found if ends is None else found | {"expires_at": np.datetime64(at(ends), "us").item()}


def fold_of(entries: list[dict[str, Any]]) -> tuple[CustomerRows, Consents]:
    rows, consents = CustomerRows(), Consents()
    consents.add(lines_of(ConsentLedger.from_records(entries), rows))
    return rows, consents


entries = st.builds(
    lambda who, day, status, basis, purpose, ends: entry(
        who, day, status, basis=basis, purpose=purpose, ends=None if ends is None else day + ends
    ),
    st.sampled_from(["a", "b"]),
    st.integers(0, 6),
    st.sampled_from(["grant", "withdraw", "object"]),
    st.sampled_from(["consent", "legitimate_interests"]),
    st.sampled_from(["email_marketing", "profiling"]),
    st.sampled_from([None, 1, 2, 4]),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(entries, min_size=1, max_size=10), st.integers(0, 10))
def test_allowed_as_in_the_ledger(given_entries: list[dict[str, Any]], cut: int) -> None:
    ledger = ConsentLedger.from_records(given_entries)
    rows = CustomerRows()
    consents = Consents()
    for part in (given_entries[:cut], given_entries[cut:]):
        if part:
            consents.add(lines_of(ConsentLedger.from_records(part), rows))
    table = ConsentTable(["email_marketing", "profiling"])
    table.fit(rows.height)
    table.put(np.arange(rows.height), consents.state())
    for who in {one["customer_id"] for one in given_entries}:
        for place, purpose in enumerate(("email_marketing", "profiling")):
            for half in range(-1, 22):
                moment = at(half / 2)
                meant = bool(ledger.allowed([who], purpose, at=np.datetime64(moment, "us"))[0])
                row = rows.row(who)
                assert consents.allows(row, purpose, moment) == meant
                assert chained(table, place, row, moment) == meant


def chained(table: ConsentTable, place: int, row: int, moment: int) -> bool:
    """Follow a chain as the kernels do."""
    array = table.array.tolist()
    here = array[2 + place * array[0] + row] if array[0] > row else 0
    while here:
        if array[here] <= moment < array[here + 1]:
            return True
        here = array[here + 2]
    return False


@settings(max_examples=25, deadline=None)
@given(st.lists(entries, min_size=1, max_size=8), st.integers(0, 14))
def test_opting_out_cuts_one_interval(given_entries: list[dict[str, Any]], half: int) -> None:
    """What the kernels do at an opt-out is what recording the withdrawal comes to."""
    _rows, consents = fold_of(given_entries)
    moment, row = at(half / 2), 0
    _, purpose, start, end = intervals_of(consents.of_row(row))
    mine = purpose == 3
    start, end = start[mine], end[mine].copy()
    end[(start <= moment) & (moment < end)] = moment
    consents.withdraw(np.array([row]), np.array([moment]))
    for later in range(-1, 30):
        now = at(later / 2)
        cut = bool(((start <= now) & (now < end)).any())
        assert consents.allows(row, "marketing", now) == cut


def test_email_marketing_is_where_the_tests_take_it() -> None:
    lines = ConsentLines.withdrawals(np.array([0]), np.array([1]), 3)
    rows, consents = fold_of([entry("a", 0, "grant")])
    assert consents.state().purpose.tolist() == lines.purpose.tolist()
    assert rows.row("a") == 0


def test_room_for_more_rows_keeps_what_was_cut() -> None:
    rows, consents = fold_of(
        [entry("a", 0, "grant"), entry("b", 1, "grant"), entry("b", 3, "grant")]
    )
    table = ConsentTable(["email_marketing", "profiling"])
    table.fit(2)
    table.put(np.arange(2), consents.state())
    place = int(table.array[2 + rows.row("a")])
    table.array[place + 1] = at(2)
    table.fit(5000)
    assert table.array[0] >= 5000
    assert [chained(table, 0, rows.row("a"), at(day)) for day in (1, 2)] == [True, False]
    assert [chained(table, 0, rows.row("b"), at(day)) for day in (0, 1, 4)] == [False, True, True]
    table.clear(rows.row("b"))
    assert not chained(table, 0, rows.row("b"), at(4))


def test_merged_customers_have_the_entries_of_both() -> None:
    rows, consents = fold_of([entry("a", 0, "grant"), entry("b", 2, "object")])
    consents.merge(rows.row("a"), rows.row("b"))
    assert [consents.allows(rows.row("b"), "marketing", at(day)) for day in (1, 3)] == [True, False]
    assert not consents.allows(rows.row("a"), "marketing", at(1))
    consents.erase([rows.row("b")])
    assert len(consents) == 0


def test_many_late_entries_are_arranged() -> None:
    consents = Consents()
    for row in range(200):
        consents.withdraw(np.full(50, row), np.arange(50))
    assert len(consents) == 10_000
    assert len(consents.of_row(150)) == 50
    again = Consents(consents.state())
    assert len(again.of_row(199)) == 50
