"""What an engine refuses: class and whole message; and what it takes that looks bad."""

from __future__ import annotations

from datetime import datetime

import pytest
from live.engine_bed import at, event, history, rows, rules

import customerintel as ci
from customerintel import live
from customerintel.exceptions import (
    DataQualityWarning,
    InvalidArgumentError,
    LiveStoreError,
    StoreLockedError,
    StoreVersionError,
)


def rule(**changes):
    given = {"id": "r", "version": 1, "when": live.On("Visit"), "do": [live.Action("email")]}
    return live.Rule(**given | changes)


def engine(*given, **options):
    return live.Engine(list(given) or rules(), store=":memory:", **options)


def reopened(tmp_path, first, then, **options):
    """Open a store, close it, and open it otherwise."""
    live.Engine([rule()], store=tmp_path / "a.db", **first).close()
    return live.Engine(options.get("rules", [rule()]), store=tmp_path / "a.db", **then)


HELD = [{"holdout": live.Holdout(share, salt="all")} for share in (0.1, 0.2)]


def closed():
    found = engine()
    found.close()
    return found


def other_version(tmp_path):
    live.Engine([rule()], store=tmp_path / "a.db").close()
    import sqlite3

    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("UPDATE numbers SET value = 99 WHERE name = 'format_version'")
    connection.commit()
    connection.close()
    return live.Engine([rule()], store=tmp_path / "a.db")


def twice(tmp_path):
    with live.Engine([rule()], store=tmp_path / "a.db"):
        return live.Engine([rule()], store=tmp_path / "a.db")


MOMENT = "must be a date, a datetime or ISO 8601 text such as '2011-12-09' or '2011-12-09T14:30'"
LASTS = "open it as it was started, or start a new store."
#: What is given: a call (of a folder), the class and the whole message.
CASES = {
    "no rules at all": (
        lambda _: live.Engine("cart", store=":memory:"),
        InvalidArgumentError,
        "rules must be a list of Rule; got str.",
    ),
    "a rule with a segment that nobody has": (
        lambda _: engine(rule(where=live.Segment("At Rsik"))),
        InvalidArgumentError,
        (
            "'At Rsik': no such segment in the scheme rfm-11@1; it has 'Champions', 'Loyal', "
            "'Potential Loyalist', 'New', 'Promising', 'Need Attention', 'About To Sleep', 'At "
            "Risk', 'Cannot Lose', 'Hibernating', 'Lost'."
        ),
    ),
    "a zone that is not there": (
        lambda _: engine(tz="Europe/Berln"),
        InvalidArgumentError,
        "tz must be the name of a time zone, such as 'Europe/Berlin'; got 'Europe/Berln'.",
    ),
    "no name of a zone": (
        lambda _: engine(tz=1),
        InvalidArgumentError,
        "tz must be the name of a time zone, such as 'Europe/Berlin'; got 1.",
    ),
    "a holdout that is a number": (
        lambda _: engine(holdout=0.1),
        InvalidArgumentError,
        "holdout must be a Holdout, such as Holdout(0.05, salt='all-2026'); got float.",
    ),
    "snapshots after no event": (
        lambda _: engine(snapshot_every=0),
        InvalidArgumentError,
        "snapshot_every must be a whole number of events, at least 1; got 0.",
    ),
    "a store that is none": (
        lambda _: live.Engine(rules(), store=5),
        InvalidArgumentError,
        (
            "store must be a path such as 'live.db', ':memory:', a postgresql:// address, or a "
            "Store; got int, which has no meta, write, records, snapshot, offsets, due, action, "
            "actions, actions_of, count_sent, kept_aside, erase, size, close."
        ),
    ),
    "a history that is a table": (
        lambda _: engine(history={"customer_id": [1]}),
        InvalidArgumentError,
        "history must be a History, as TransactionLog.as_of gives; got dict.",
    ),
    "two engines on one store": (
        twice,
        StoreLockedError,
        (
            "The store 'FOLDER/a.db' is open in another engine; close that one first, or give this "
            "one another file."
        ),
    ),
    "a store of another version": (
        other_version,
        StoreVersionError,
        (
            "The store 'FOLDER/a.db' has format version 99, and this customerintel reads version "
            "2. Update customerintel, or start a new store."
        ),
    ),
    "another zone": (
        lambda path: reopened(path, {"tz": "Europe/Berlin"}, {"tz": "UTC"}),
        InvalidArgumentError,
        (
            "The store was started with tz=Europe/Berlin, and now tz=UTC is asked for. It cannot "
            f"change, since days of the counters end at its midnights: {LASTS}"
        ),
    ),
    "another lateness": (
        lambda path: reopened(path, {}, {"lateness": "2m"}),
        InvalidArgumentError,
        (
            "The store was started with lateness=0s, and now lateness=2m is asked for. It cannot "
            f"change, since it decides which timers have fired: {LASTS}"
        ),
    ),
    "another holdout": (
        lambda path: reopened(path, HELD[0], HELD[1]),
        InvalidArgumentError,
        (
            'The store was started with holdout=[0.1,"all"], and now holdout=[0.2,"all"] is asked '
            f"for. It cannot change, since its control group has been left alone so far: {LASTS}"
        ),
    ),
    "another scheme": (
        lambda path: reopened(path, {}, {"scheme": "rf-10@1"}),
        InvalidArgumentError,
        (
            "The store names segments by the scheme rfm-11@1, and another one is asked for. Rules "
            "read its names: open it without scheme=, or start a new store."
        ),
    ),
    "a changed body under the same version": (
        lambda path: reopened(path, {}, {}, rules=[rule(when=live.On("Order Completed"))]),
        InvalidArgumentError,
        (
            "The rules cannot be changed:\n- rule 'r': when changed under the same version 1. Give "
            "it version 2, so that its actions can be told from the former ones."
        ),
    ),
    "a changed body while it runs": (
        lambda _: engine(rule()).change_rules([rule(do=[live.Action("app")])]),
        InvalidArgumentError,
        (
            "The rules cannot be changed:\n- rule 'r': do changed under the same version 1. Give "
            "it version 2, so that its actions can be told from the former ones."
        ),
    ),
    "events that are a number": (
        lambda _: engine().ingest(5),
        InvalidArgumentError,
        (
            "events must be an event (Event, dict or JSON), an iterable of them, a table, or a "
            "SourceBatch; got int."
        ),
    ),
    "too few offsets": (
        lambda _: engine().ingest(live.SourceBatch([{}, {}], "t", "0", [1])),
        InvalidArgumentError,
        "A SourceBatch needs one offset per event; it has 1 offsets and 2 events.",
    ),
    "offsets that fall": (
        lambda _: engine().ingest(live.SourceBatch([{}, {}], "t", "0", [2, 1])),
        InvalidArgumentError,
        (
            "The offsets of a SourceBatch must increase from event to event; give the events of "
            "one partition in their order."
        ),
    ),
    "a tick of a number": (
        lambda _: engine().tick(5),
        InvalidArgumentError,
        f"now {MOMENT}; got int.",
    ),
    "a tick of any text": (
        lambda _: engine().tick("tomorrow at noon"),
        InvalidArgumentError,
        f"now {MOMENT}; this one cannot be read.",
    ),
    "a tick of no customers": (
        lambda _: engine().tick(most=0),
        InvalidArgumentError,
        "most must be a whole number of customers, at least 1; got 0.",
    ),
    "a tick in a time that no log has": (
        lambda _: engine().tick(datetime(5000, 1, 1, 5)),
        InvalidArgumentError,
        "now lies outside 1678-01-01 … 2262-04-11, within which all timestamps of a log are.",
    ),
    "a tick in the far future": (
        lambda _: engine().tick("2150-01-01"),
        InvalidArgumentError,
        (
            "now lies before 1970 or after 2100, where no event is. Give the moment as it is now; "
            "time never goes back."
        ),
    ),
    "received as a number": (
        lambda _: engine().ingest([], received=5),
        InvalidArgumentError,
        f"received {MOMENT}; got int.",
    ),
    "a customer who is a list": (
        lambda _: engine().profile(["c1"]),
        InvalidArgumentError,
        (
            "customer_id must be the id of a customer: a text that is not empty, or a whole "
            "number; got list."
        ),
    ),
    "a customer without a name": (
        lambda _: engine().erase(""),
        InvalidArgumentError,
        (
            "ids must be the id of a customer: a text that is not empty, or a whole number; got an "
            "empty text."
        ),
    ),
    "an unknown customer": (
        lambda _: engine().profile("nobody"),
        InvalidArgumentError,
        (
            "No customer of this id is known: there was no event, consent or purchase under it, or "
            "it was erased. Ids are texts; an integer is its decimal digits."
        ),
    ),
    "a rule that is not there": (
        lambda _: engine(rule()).explain("c1", "cart"),
        InvalidArgumentError,
        "There is no rule 'cart'. Known: 'r'.",
    ),
    "a merge of a word for nobody": (
        lambda _: engine().merge("null", into="c1"),
        InvalidArgumentError,
        (
            "source is a word that senders write where they know nobody, so it is no customer to "
            "merge. Give the id of a customer."
        ),
    ),
    "a merge into a word for nobody": (
        lambda _: engine().merge("c1", into="Unknown"),
        InvalidArgumentError,
        (
            "into is a word that senders write where they know nobody, so it is no customer to "
            "merge. Give the id of a customer."
        ),
    ),
    "a refresh without a history": (
        lambda _: engine().refresh(None),
        InvalidArgumentError,
        "history must be a History, as TransactionLog.as_of gives; got NoneType.",
    ),
    "a closed engine": (
        lambda _: closed().ingest([]),
        LiveStoreError,
        "The engine is closed. Open its store with a new Engine to go on.",
    ),
    "the outbox of a closed engine": (
        lambda _: closed().outbox.lease(),
        LiveStoreError,
        "The engine is closed. Open its store with a new Engine to go on.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given, tmp_path):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call(tmp_path)
    assert type(caught.value) is error
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == message


def test_a_refused_store_is_given_back(tmp_path):
    """After each refusal the store can be opened at once."""
    live.Engine([rule()], store=tmp_path / "a.db").close()
    for options in ({"tz": "Asia/Tokyo"}, {"lateness": "1h"}):
        with pytest.raises(InvalidArgumentError):
            live.Engine([rule()], store=tmp_path / "a.db", **options)
    live.Engine([rule()], store=tmp_path / "a.db").close()


def test_a_refused_change_of_rules_breaks_nothing():
    with engine(rule()) as found:
        with pytest.raises(InvalidArgumentError):
            found.change_rules([rule(when=live.On("Order Completed"))])
        assert found.ingest(event("c1", "Visit", 0)).decisions == 1


# -- what is no error -----------------------------------------------------------------------

ASIDE = {
    "no customer": {"event": "Visit", "timestamp": at(0)},
    "no time": {"event": "Visit", "userId": "c1"},
    "no name": {"userId": "c1", "timestamp": at(0)},
    "before 1970": {"event": "Visit", "userId": "c1", "timestamp": "1969-12-31T23:59:59Z"},
    "after 2100": {"event": "Visit", "userId": "c1", "timestamp": "2101-01-01T00:00:00Z"},
    "no JSON": b'{"event": "Visit"',
    "bad UTF-8": b'{"event": "Visit", "userId": "c\xff", "timestamp": "2026-05-01"}',
    "a number": 17,
    "nothing": None,
    "a huge one": event("c1", "Visit", 0, note="x" * 2**21),
}  # fmt: skip


@pytest.mark.parametrize("given", ASIDE)
def test_what_cannot_be_read_is_kept_aside(given):
    with engine(rule()) as found:
        result = found.ingest([ASIDE[given], event("c2", "Visit", 1)])
        assert (result.accepted, result.kept_aside, result.decisions) == (1, 1, 1)
        (aside,) = found.kept_aside()
        assert aside.position == 0
        assert aside.reason
        assert aside.raw or given == "nothing"


def test_a_time_in_the_future_moves_no_clock_if_the_receipt_is_known():
    with engine() as found:
        found.ingest(event("c1", "Product Added", 0, cart_total=30), received=at(0))
        found.ingest(event("c2", "Visit", 10**6), received=at(1))
        assert found.time.isoformat() == "2026-05-01T08:01:00+00:00"
        assert len(found.outbox) == 0


def test_an_event_of_nobody_known_is_one_of_somebody_new():
    with engine(rule()) as found:
        assert found.ingest(event("never seen", "Visit", 0)).decisions == 1


def test_names_that_no_rule_knows_are_kept_in_the_log():
    with engine(rule()) as found:
        assert found.ingest(event("c1", "Moon Landed", 0)).accepted == 1
        assert rows(found) == []


def test_a_customer_merged_into_herself():
    with engine(rule()) as found:
        found.ingest(event("c1", "Visit", 0))
        found.merge("c1", into="c1")
        assert found.profile("c1").aliases == 0


def test_a_merge_of_people_nobody_knows():
    with engine(rule()) as found:
        found.merge("a", into="b")
        found.ingest(event("a", "Visit", 0))
        assert rows(found)[0][3] == "b"


def test_a_history_may_be_empty():
    log = ci.TransactionLog.from_frame({"customer_id": ["c1"], "timestamp": ["2026-01-01"]})
    with pytest.warns(DataQualityWarning, match="history is empty"):
        empty = log.as_of("2025-01-01")
    with engine(rule(), history=empty) as found:
        assert found.ingest(event("c1", "Visit", 0)).decisions == 1


def test_a_clock_that_goes_back_changes_nothing():
    with engine(rule(), history=history()) as found:
        found.tick(at(60))
        assert found.tick(at(0)).fired == 0
        assert found.time.isoformat() == "2026-05-01T09:00:00+00:00"
