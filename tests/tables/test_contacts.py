"""The interactions by customer and time, against a plain sort."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customerintel as ci
from customerintel.schema import Direction, EventKind
from customerintel.schema.event_kinds import WAY_OF_KIND
from customerintel.tables.contacts import contacts_of
from customerintel.tables.interaction_log import InteractionLog

KINDS = tuple(EventKind)
NEVER = np.iinfo(np.int64).min


@pytest.fixture(autouse=True)
def _own_threads():
    yield
    ci.set_threads(None)


def read(rows):
    return InteractionLog.from_frame(rows)


def slow(rows):
    """The columns of `Contacts`, by Python's own sort of the rows."""
    order = sorted(
        range(len(rows["kind"])), key=lambda k: (rows["customer_id"][k], rows["timestamp"][k])
    )
    who = [rows["customer_id"][k] for k in order]
    ids = sorted(set(who))
    names = sorted({name for name in rows["channel"] if name is not None})
    kinds = [KINDS.index(EventKind(rows["kind"][k])) for k in order]
    return {
        "ids": ids,
        "counts": [who.count(one) for one in ids],
        "when": [rows["timestamp"][k] for k in order],
        "kinds": kinds,
        "ways": [
            way(rows["direction"][k], KINDS[kind]) for k, kind in zip(order, kinds, strict=True)
        ],
        "sentiment": [rows["sentiment"][k] for k in order],
        "resolved_at": [rows["resolved_at"][k] for k in order],
        "channels": [rows["channel"][k] for k in order],
        "channel_names": names,
        "campaigns": [rows["campaign_id"][k] for k in order],
    }


def way(said, kind):
    told = said if said is not None else WAY_OF_KIND[kind]
    return -1 if told is None else tuple(Direction).index(Direction(told))


ROW = st.tuples(
    st.sampled_from(["a", "b", "ä", "z" * 9, "0"]),
    st.integers(1, 4).map(lambda day: datetime(2024, 1, day)),
    st.sampled_from([kind.value for kind in KINDS]),
    st.sampled_from(["inbound", "outbound", None]),
    st.sampled_from([-1.0, 0.25, None]),
    st.sampled_from([None, datetime(2024, 2, 1)]),
    st.sampled_from(["web", "email", None]),
    st.sampled_from(["c7", "c1", None]),
)
NAMES = (
    "customer_id", "timestamp", "kind", "direction", "sentiment", "resolved_at", "channel",
    "campaign_id",
)  # fmt: skip


@settings(max_examples=50)
@given(st.lists(ROW, min_size=1, max_size=20))
def test_rows_by_customer_and_time(found):
    rows = {
        name: list(column) for name, column in zip(NAMES, zip(*found, strict=True), strict=True)
    }
    contacts = contacts_of(read(rows))
    expected = slow(rows)
    assert contacts.ids.to_numpy().tolist() == expected["ids"]
    assert np.diff(contacts.offsets).tolist() == expected["counts"]
    assert contacts.when.view("M8[us]").tolist() == expected["when"]
    assert contacts.kinds.tolist() == expected["kinds"]
    assert contacts.ways.tolist() == expected["ways"]
    _check_what_may_be_absent(contacts, expected)


def _check_what_may_be_absent(contacts, expected):
    felt = [np.nan if value is None else value for value in expected["sentiment"]]
    if len(contacts.sentiment):
        np.testing.assert_array_equal(contacts.sentiment, np.array(felt, np.float32))
    else:
        assert np.isnan(felt).all()
    solved = expected["resolved_at"]
    if len(contacts.resolved_at):
        assert (contacts.resolved_at == NEVER).tolist() == [value is None for value in solved]
        assert contacts.resolved_at.view("M8[us]").tolist() == solved
    else:
        assert set(solved) == {None}
    assert contacts.channel_names == tuple(expected["channel_names"])
    assert (
        [*contacts.channel_names, None]
        if not len(contacts.channels)
        else [(*contacts.channel_names, None)[code] for code in contacts.channels]
        == expected["channels"]
    )
    named = {}
    for code, name in zip(contacts.campaigns.tolist(), expected["campaigns"], strict=True):
        assert (code == -1) == (name is None)
        assert named.setdefault(code, name) == name
    assert len(set(named.values())) == len(named)


def many(n, *, ordered):
    rng = np.random.default_rng(5)
    times = rng.integers(10**15, 10**15 + 50_000, n)
    return {
        "customer_id": rng.integers(-(10**6), 10**6, n) // 97,
        "timestamp": (np.sort(times) if ordered else times).view("M8[us]"),
        "kind": np.array(["open", "call", "complaint"], object)[rng.integers(0, 3, n)],
        "sentiment": rng.uniform(-1, 1, n),
        "campaign_id": rng.integers(0, 5, n),
    }


@pytest.mark.parametrize("ordered", [True, False])
def test_many_rows_are_the_same_to_the_last_bit_whatever_the_number_of_threads(ordered):
    n = 400_000
    rows = many(n, ordered=ordered)
    order = np.lexsort((np.arange(n), rows["timestamp"], rows["customer_id"]))
    found = []
    for width in (1, 3):
        ci.set_threads(width)
        found.append(contacts_of(read(rows)))
    for contacts in found:
        keys = rows["customer_id"][order]
        np.testing.assert_array_equal(contacts.ids.to_numpy(), np.unique(keys))
        np.testing.assert_array_equal(
            np.diff(contacts.offsets), np.unique(keys, return_counts=True)[1]
        )
        np.testing.assert_array_equal(contacts.when.view("M8[us]"), rows["timestamp"][order])
        np.testing.assert_array_equal(contacts.sentiment, rows["sentiment"][order].astype("f4"))
    one, three = (
        {name: part for name, part in vars(each).items() if isinstance(part, np.ndarray)}
        for each in found
    )
    assert len(one) == 8
    assert all(part.tobytes() == three[name].tobytes() for name, part in one.items())


def test_they_are_arranged_once_and_cannot_be_written():
    log = read({"customer_id": [2, 1], "timestamp": ["2024-01-01"] * 2, "kind": ["call"] * 2})
    contacts = contacts_of(log)
    assert contacts_of(log) is contacts
    with pytest.raises(ValueError, match="read-only"):
        contacts.when[0] = 0
    empty = (contacts.sentiment, contacts.resolved_at, contacts.channels, contacts.campaigns)
    assert [len(part) for part in empty] == [0, 0, 0, 0]
    assert contacts.channel_names == ()
