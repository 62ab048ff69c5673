"""What is read off a table: words, codes, and contacts as of its moment."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from relationships.hand_made import MOMENT, history_of, sure_of, words

from customerintel.relationships import contact_counts
from customerintel.relationships.table_parts import (
    codes_of_types,
    codes_of_words,
    contacts_at,
    per_customer,
    signal_of,
)
from customerintel.tables.contacts import contacts_of
from customerintel.tables.ids import CustomerIds
from customerintel.tables.interaction_log import InteractionLog

KINDS = ("complaint", "call", "delivered", "email_sent", "idea", "open")
START = np.datetime64("2024-12-20")
ROW = st.tuples(st.integers(1, 4), st.integers(0, 24), st.sampled_from(KINDS), st.integers(-1, 9))


def log_of(rows):
    who, day, kind, lasts = zip(*rows, strict=True)
    when = START + np.array(day)
    settled = np.where(np.array(lasts) < 0, np.datetime64("NaT"), when + np.array(lasts))
    return InteractionLog.from_frame(
        {"customer_id": list(who), "timestamp": when.astype("M8[us]"), "kind": list(kind),
         "resolved_at": settled.astype("M8[us]")}
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_what_comes_after_the_moment_is_as_if_it_were_not_there(rows):
    history = history_of([(who, "2024-01-01", 1.0) for who in (1, 2, 3, 4)])
    log = log_of([*rows, (1, 0, "complaint", 0)])
    found = contacts_at(sure_of(["buddy"] * 4, history=history, interactions=log))
    want = contacts_of(log.known_until(int(MOMENT.astype(np.int64))))
    for count in (
        contact_counts.complaints_of, contact_counts.asks_of, contact_counts.unresolved_of,
    ):  # fmt: skip
        np.testing.assert_array_equal(
            per_customer(history.ids, found.ids, count(found), 0.0),
            per_customer(history.ids, want.ids, count(want), 0.0),
        )
    np.testing.assert_array_equal(found.when, want.when)
    np.testing.assert_array_equal(found.resolved_at, want.resolved_at)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_counts_are_those_of_a_loop(rows):
    log = log_of(rows)
    contacts = contacts_of(log)
    delivered = any(kind == "delivered" for _, _, kind, _ in rows)
    for place, who in enumerate(contacts.ids.to_numpy().tolist()):
        own = [kind for one, _, kind, _ in rows if one == who]
        mails = own.count("delivered") if delivered else own.count("email_sent")
        asks = sum(kind in ("complaint", "call", "idea") for kind in own)
        complaints = contact_counts.complaints_of(contacts)
        assert complaints[place] == own.count("complaint")
        assert contact_counts.asks_of(contacts)[place] == asks
        assert contact_counts.counts(contacts, contact_counts.messages(contacts))[place] == mails


def test_rows_know_their_customers():
    contacts = contacts_of(log_of([(3, 0, "call", -1), (1, 0, "call", -1), (3, 1, "idea", -1)]))
    assert contact_counts.customers_of(contacts, np.arange(3)).tolist() == [0, 1, 1]


def test_words_for_types_are_places_none_or_strange():
    table = sure_of(["buddy"] * 4)
    found = codes_of_words(table, words(["Best Friends", "nonsense", None, "buddy"], 4))
    assert found.tolist() == [table.labels.index("best_friend"), -2, -1, found[3]]
    assert table.labels[found[3]] == "buddy"


def test_types_are_places_with_unknown_last():
    table = sure_of(["buddy", None, "basic_exchange"])
    assert codes_of_types(table).tolist() == [table.labels.index("buddy"), 6, 0]


def test_a_signal_that_a_table_does_not_have_is_not_known():
    table = sure_of(["buddy"], columns={"trust": [0.5]})
    assert signal_of(table, "trust").tolist() == [0.5]
    assert np.isnan(signal_of(table, "love")).tolist() == [True]


def test_values_find_their_customers():
    ids, others = CustomerIds(np.array([1, 2, 5])), CustomerIds(np.array([2, 3, 5]))
    assert per_customer(ids, others, np.array([20, 30, 50]), -1).tolist() == [-1, 20, 50]
