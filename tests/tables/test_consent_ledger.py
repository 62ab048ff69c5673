"""The consent ledger: which entry decides, what is exported, what erasure leaves."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_kinds import contents

from customerintel.exceptions import DataQualityWarning
from customerintel.schema import Consent, ConsentStatus, LegalBasis, Purpose
from customerintel.tables.consent_ledger import ConsentLedger
from customerintel.tables.ids import CustomerIds
from customerintel.tables.tombstones import Tombstones

ENTRIES = {
    "customer_id": ["b", "a", "b", "c", "c"],
    "purpose": ["email_marketing", "profiling", "email_marketing", "profiling", "profiling"],
    "basis": ["consent", "consent", "consent", "legitimate_interests", "legitimate_interests"],
    "status": ["grant", "grant", "withdraw", "grant", "object"],
    "timestamp": [datetime(2024, month, 1, 12) for month in (1, 2, 3, 4, 5)],
    "evidence_ref": ["form 1", "form 2", "call 9", None, "letter"],
    "expires_at": [None, datetime(2024, 8, 1), None, None, None],
}
CANARY = "jane.doe@example.org"
OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


def read(rows=ENTRIES, **how):
    return ConsentLedger.from_frame(rows, **how)


def entry(status, day, basis="consent", *, who=1, purpose="profiling", ends=None):
    """One entry of a day of January 2024, ending on another."""
    found = {
        "customer_id": who, "purpose": purpose, "basis": basis, "status": status,
        "timestamp": datetime(2024, 1, day),
    }  # fmt: skip
    return found if ends is None else {**found, "expires_at": datetime(2024, 1, ends)}


def on(day):
    """The middle of a day of January 2024."""
    return datetime(2024, 1, day, 12)


@OTHERS
def test_any_kind_of_table(table_kind):
    ledger = read(table_kind.make(ENTRIES))
    assert ledger.allowed(["c", "a", "x", "a"], "profiling", "2024-04-30").tolist() == [
        True, True, False, True,
    ]  # fmt: skip
    frame = ledger.to_frame()
    assert table_kind.is_kind(frame)
    assert contents(frame) == ENTRIES
    alone = ledger.export("b")
    assert table_kind.is_kind(alone)
    assert contents(alone) == {name: [v[0], v[2]] for name, v in ENTRIES.items()}


def test_columns_by_other_names_and_words():
    renamed = {
        "who": [1, 2],
        "use": ["E-Mail Marketing", "Personalization"],
        "ground": ["Legitimate Interest", "consent"],
        "what": ["granted", "REVOKED"],
        "when": ["2024-01-05", "2024-01-06"],
    }
    ledger = read(
        renamed, customer_id="who", purpose="use", basis="ground", status="what", timestamp="when"
    )
    assert contents(ledger.to_frame()) == {
        "customer_id": [1, 2],
        "purpose": ["email_marketing", "personalisation"],
        "basis": ["legitimate_interests", "consent"],
        "status": ["grant", "withdraw"],
        "timestamp": [datetime(2024, 1, 5), datetime(2024, 1, 6)],
    }


#: Entries, a moment, whether the use is allowed then, and why or why not.
RULES = {
    "nothing recorded": ([entry("grant", 1, purpose="research")], on(5), False, "not_recorded"),
    "a grant": ([entry("grant", 1)], on(5), True, "granted"),
    "a grant of later": ([entry("grant", 9)], on(5), False, "not_recorded"),
    "a withdrawal": ([entry("grant", 1), entry("withdraw", 2)], on(5), False, "withdrawn"),
    "before the withdrawal": ([entry("grant", 1), entry("withdraw", 9)], on(5), True, "granted"),
    "a grant after all": (
        [entry("grant", 1), entry("withdraw", 2), entry("grant", 3, "contract")],
        on(5), True, "granted",
    ),
    "an objection": (
        [entry("grant", 1, "legitimate_interests"), entry("object", 2, "legitimate_interests")],
        on(5), False, "objected",
    ),
    "legitimate interests again after an objection": (
        [entry("object", 2, "legitimate_interests"), entry("grant", 3, "legitimate_interests")],
        on(5), False, "objected",
    ),
    "a contract after an objection": (
        [entry("object", 2, "public_task"), entry("grant", 3, "contract")],
        on(5), False, "objected",
    ),
    "consent after an objection": (
        [entry("object", 2, "legitimate_interests"), entry("grant", 3)], on(5), True, "granted",
    ),
    "consent withdrawn after an objection": (
        [
            entry("object", 1), entry("grant", 2), entry("withdraw", 3),
            entry("grant", 4, "legitimate_interests"),
        ],
        on(5), False, "withdrawn",
    ),
    "a grant that has ended": ([entry("grant", 1, ends=5)], on(5), False, "expired"),
    "a grant that has not ended": ([entry("grant", 1, ends=6)], on(5), True, "granted"),
    "no return to the grant before": (
        [entry("grant", 1), entry("grant", 2, ends=4)], on(5), False, "expired",
    ),
    "objections do not expire": (
        [entry("grant", 1), entry("object", 2, ends=3)], on(5), False, "objected",
    ),
    "at one moment, a withdrawal counts": (
        [entry("withdraw", 2), entry("grant", 2)], on(5), False, "withdrawn",
    ),
    "at one moment, an objection counts": (
        [entry("object", 2), entry("withdraw", 2), entry("grant", 2)], on(5), False, "objected",
    ),
    "at one moment, the grant that ends first counts": (
        [entry("grant", 2, ends=4), entry("grant", 2), entry("grant", 2, ends=9)],
        on(5), False, "expired",
    ),
    "at the moment of the entry": ([entry("grant", 1)], datetime(2024, 1, 1, 0, 0, 0, 1), True,
                                   "granted"),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("backwards", [False, True])
def test_rules(rule, backwards):
    entries, at, allowed, reason = RULES[rule]
    ledger = ConsentLedger.from_records(entries[::-1] if backwards else entries)
    state = ledger.state(1, "profiling", at)
    assert (state.allowed, state.reason, bool(state)) == (allowed, reason, allowed)
    assert ledger.allowed([1], Purpose.PROFILING, at).tolist() == [allowed]


def test_the_end_itself_is_outside():
    ledger = ConsentLedger.from_records([entry("grant", 1, ends=5)])
    end = np.datetime64("2024-01-05T00:00:00.000000")
    before = ledger.state(1, "profiling", np.datetime64("2024-01-04T23:59:59.999999"))
    assert (before.allowed, before.expires) == (True, end)
    with pytest.warns(DataQualityWarning, match="midnight"):
        assert not ledger.state(1, "profiling", end).allowed


def naive_allowed(entries, who, purpose, at):
    """The rules one entry after the other."""
    order = {"grant": 0, "withdraw": 1, "object": 2}
    ends = {**dict.fromkeys(range(len(entries)), datetime.max)}
    ends |= {k: e["expires_at"] for k, e in enumerate(entries) if "expires_at" in e}
    mine = [
        k for k, e in enumerate(entries)
        if (e["customer_id"], e["purpose"]) == (who, purpose) and e["timestamp"] <= at
    ]  # fmt: skip
    mine.sort(
        key=lambda k: (
            entries[k]["timestamp"], order[entries[k]["status"]], -ends[k].toordinal(),
        )
    )  # fmt: skip
    objected, allowed, until = False, False, None
    for k in mine:
        status = entries[k]["status"]
        if status == "grant" and objected and entries[k]["basis"] != "consent":
            continue
        objected = objected or status == "object"
        allowed, until = status == "grant", ends[k]
    return allowed and at < until


entries_of_few = st.lists(
    st.builds(
        entry,
        st.sampled_from([one.value for one in ConsentStatus]),
        st.integers(1, 6),
        st.sampled_from([one.value for one in LegalBasis]),
        who=st.integers(0, 2),
        purpose=st.sampled_from(["profiling", "research"]),
        ends=st.one_of(st.none(), st.integers(7, 10)),
    ),
    min_size=1,
    max_size=14,
)


@given(entries_of_few, st.integers(1, 11), st.data())
@settings(max_examples=60)
def test_naive_twin(entries, day, data):
    ledger = ConsentLedger.from_records(entries)
    asked = [2, 0, 1, 5, 0]
    for purpose in ("profiling", "research"):
        found = ledger.allowed(asked, purpose, on(day)).tolist()
        assert found == [naive_allowed(entries, who, purpose, on(day)) for who in asked]
        states = [ledger.state(who, purpose, on(day)) for who in asked]
        assert [state.allowed for state in states] == found
    # in any order, in pieces, and seen only from then on
    shuffled = ConsentLedger.from_records(data.draw(st.permutations(entries)))
    cut = data.draw(st.integers(1, len(entries)))
    pieces = ConsentLedger.from_records(entries[:cut]).append(entries[cut:])
    for other in (shuffled, pieces):
        assert other.allowed(asked, "research", on(day)).tolist() == found
    assert contents(pieces.to_frame())["customer_id"] == [e["customer_id"] for e in entries]


def test_what_was_known():
    ledger = read()
    early = ledger.as_of("2024-02-28")
    assert (early.n_rows, early.n_customers) == (2, 2)
    assert early.allowed(["b"], "email_marketing", "2024-12-31").tolist() == [True]
    assert ledger.allowed(["b"], "email_marketing", "2024-12-31").tolist() == [False]


def test_now_is_when_it_is_asked():
    tomorrow = datetime(2262, 1, 2, tzinfo=UTC)
    made = {**entry("grant", 1), "expires_at": tomorrow}
    ledger = ConsentLedger.from_records(
        [Consent(**{**made, "timestamp": datetime(2024, 1, 1, tzinfo=UTC)})]
    )
    assert ledger.allowed([1], "profiling").tolist() == [True]
    assert ledger.state(1, "profiling").at > np.datetime64("2024-01-01")
    later = {**entry("grant", 1), "timestamp": datetime(2262, 1, 1)}
    assert not ConsentLedger.from_records([later]).allowed([1], "profiling")[0]


def test_ids_of_any_form():
    ledger = ConsentLedger.from_records([entry("grant", 1, who=7), entry("grant", 1, who=9)])
    for ids in ([9, 8, 7], np.array([9, 8, 7]), np.array([9.0, 8.0, 7.0]), (9, 8, 7)):
        assert ledger.allowed(ids, "profiling").tolist() == [True, False, True]
    keys = CustomerIds(np.array([7, 8], np.int64))
    assert ledger.allowed(keys, "profiling").tolist() == [True, False]
    assert ledger.allowed([], "profiling").tolist() == []
    assert ledger.allowed(["9"], "research").tolist() == [False]  # nobody has an entry for it
    texts = read()
    several = np.array(["c", "b", "c", "zz"], object)
    assert texts.allowed(several, "profiling", "2024-04-30").tolist() == [True, False, True, False]


def test_an_empty_ledger():
    rows = {name: [] for name in ENTRIES}
    ledger = read(rows)
    assert ledger.n_customers == 0
    assert ledger.allowed(["a", "b"], "service").tolist() == [False, False]
    assert ledger.state(5, "service").reason == "not_recorded"
    assert len(contents(ledger.export("a"))["customer_id"]) == 0
    grown = ledger.append(entry("grant", 1, who="z"))
    assert grown.allowed(["z"], "profiling").tolist() == [True]


def test_append_makes_another():
    ledger = read()
    record = Consent(
        customer_id="d", purpose="profiling", basis="consent", status="grant",
        timestamp="2024-06-01T00:00:00+02:00", channel="web", evidence_ref="form 1",
    )  # fmt: skip
    grown = ledger.append([record]).append(entry("grant", 2, who="a", purpose="research"))
    assert (ledger.n_rows, grown.n_rows) == (5, 7)
    columns = contents(grown.to_frame())
    assert columns["customer_id"] == [*ENTRIES["customer_id"], "d", "a"]
    assert columns["timestamp"][-2] == datetime(2024, 5, 31, 22)
    assert columns["channel"] == [None] * 5 + ["web", None]
    assert columns["evidence_ref"] == [*ENTRIES["evidence_ref"], "form 1", None]
    assert list(columns)[-1] == "expires_at"
    assert ledger.append([]) is ledger


def test_erasure():
    ledger = read()
    erased = ledger.erase(["b", "never seen"])
    assert (ledger.n_rows, erased.n_rows, len(erased.tombstones)) == (5, 3, 2)
    assert contents(erased.to_frame())["customer_id"] == ["a", "c", "c"]
    assert erased.state("b", "profiling").reason == "erased"
    assert erased.state("never seen", "profiling").reason == "erased"
    assert erased.state("nobody", "profiling").reason == "not_recorded"
    assert not erased.allowed(["b"], "email_marketing", "2024-01-31")[0]
    assert erased.allowed(["a", "c"], "profiling", "2024-04-30").all()
    assert contents(erased.export("b"))["customer_id"] == []
    with pytest.warns(DataQualityWarning, match="1 entry is of customers who were erased"):
        grown = erased.append([entry("grant", 2, who="b"), entry("grant", 2, who="e")])
    assert contents(grown.to_frame())["customer_id"] == ["a", "c", "c", "e"]
    with pytest.warns(DataQualityWarning, match="2 entries are of customers who were erased"):
        again = read(erased=erased.tombstones)
    assert again.n_rows == 3
    everybody = erased.erase(["a", "c"])
    assert (everybody.n_rows, len(everybody.tombstones)) == (0, 4)


def test_erasure_leaves_nothing():
    rows = {**ENTRIES, "customer_id": [CANARY, "a", CANARY, "c", "c"]}
    rows["evidence_ref"] = [f"about {CANARY}", "form 2", None, None, "letter"]
    rows["status"] = ["grant", "grant", "sideways", "grant", "object"]
    ledger = read(rows, on_invalid="quarantine")
    assert CANARY.encode() in pickle.dumps(ledger)
    erased = ledger.erase([CANARY])
    held = pickle.dumps(erased)
    assert CANARY.encode() not in held
    assert b"form 2" in held
    assert len(erased.rejected) == 0
    assert pickle.loads(held).state(CANARY, "profiling").reason == "erased"


def test_tombstones():
    salt = bytes(range(32))
    numbers, words = (
        CustomerIds(np.array([5, 5, 6])),
        ConsentLedger.from_records([entry("grant", 1, who="5")])._ids,
    )
    stones = Tombstones(salt).adding(numbers)
    assert (len(stones), repr(stones)) == (2, "Tombstones(erased=2)")
    assert stones.has(CustomerIds(np.array([6, 7, 5, 6]))).tolist() == [True, False, True, True]
    assert stones.has(words).tolist() == [False]
    kept = Tombstones(salt, frozenset(stones.digests))
    assert kept.has(numbers).all()
    assert not Tombstones(digests=stones.digests).has(numbers).any()  # another salt
    assert Tombstones().salt != Tombstones().salt


def test_quarantine():
    rows = {**ENTRIES, "status": ["grant", "maybe", None, "grant", "object"]}
    rows["expires_at"] = [datetime(2023, 1, 1), None, None, None, None]
    ledger = read(rows, on_invalid="quarantine")
    assert ledger.n_rows == 2
    assert ledger.rejected.counts() == {
        "null_status": 1, "unknown_status": 1, "expires_at_out_of_range": 1,
    }  # fmt: skip


def test_files(tmp_path):
    plain = {**ENTRIES, "timestamp": [str(t) for t in ENTRIES["timestamp"]]}
    plain["expires_at"] = [None, "2024-08-01", None, None, None]
    pq.write_table(pa.table(plain), tmp_path / "entries.parquet")
    names = list(plain)
    lines = [
        ",".join("" if v is None else str(v) for v in row)
        for row in zip(*plain.values(), strict=True)
    ]
    (tmp_path / "entries.csv").write_text("\n".join([",".join(names), *lines]))
    for ledger in (
        ConsentLedger.from_parquet(tmp_path / "entries.parquet"),
        ConsentLedger.from_csv(tmp_path / "entries.csv"),
    ):
        assert contents(ledger.to_frame()) == ENTRIES


def test_it_shows_no_ids():
    ledger = read({**ENTRIES, "customer_id": [CANARY] * 5})
    state = ledger.state(CANARY, "profiling", "2024-04-30")
    shown = [repr(ledger), ledger._repr_html_(), repr(state), state._repr_html_()]
    shown += [repr(ledger.erase([CANARY])), repr(ledger.erase([CANARY]).tombstones)]
    assert not any(CANARY in text for text in shown)
    assert shown[0] == (
        "ConsentLedger(rows=5, from=2024-01-01T12:00:00.000000, to=2024-05-01T12:00:00.000000, "
        "customers=1)"
    )
    assert shown[2] == (
        "ConsentState(allowed=True, reason=granted, purpose=profiling, "
        "basis=legitimate_interests, at=2024-04-30T23:59:59.999999)"
    )
    assert (state.status, state.basis) == (ConsentStatus.GRANT, LegalBasis.LEGITIMATE_INTERESTS)
    assert state.since == np.datetime64("2024-04-01T12:00")
    with pytest.raises(AttributeError):
        ledger.rows = 1
