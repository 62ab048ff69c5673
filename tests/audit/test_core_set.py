"""Core customers: who they are, ties, shares and their intervals."""

from __future__ import annotations

import inspect
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_kinds import contents

import customerintel as ci
from customerintel._kernels.stable_hash import hash_texts
from customerintel.audit import reach, relevance, resilience
from customerintel.audit.core_set import CoreCustomers, core_customers
from customerintel.audit.core_shares import share_bounds
from customerintel.audit.reach import reach_of
from customerintel.audit.relevance import relevance_of
from customerintel.audit.resilience import resilience_of
from customerintel.audit.tie_rule import tie_numbers, top_places
from customerintel.exceptions import DataQualityWarning
from customerintel.tables.ids import CustomerIds
from customerintel.tables.text import Text

WORD = (1 << 64) - 1
OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
)


def naive_number(identity):
    """FNV-1a of the bytes of a text, or the integer and a constant; then SplitMix64's finaliser."""
    if isinstance(identity, str):
        word = 0xCBF29CE484222325
        for byte in identity.encode("utf-8"):
            word = ((word ^ byte) * 0x100000001B3) & WORD
    else:
        word = (identity + 0x9E3779B97F4A7C15) & WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


def naive_top(values, size):
    """Ids with the largest values, of a dict by id."""
    order = sorted(values, key=lambda i: (-values[i], naive_number(i)))
    return sorted(order[:size])


def ids_of(values):
    if isinstance(values[0], str):
        return CustomerIds(np.arange(len(values)), Text.of(values))
    return CustomerIds(np.array(values, np.int64))


def rows_of(purchases, **more):
    """One row per purchase, on days of one month."""
    ids = [i for i, n in purchases.items() for _ in range(n)]
    days = [f"2024-01-{1 + k % 28:02d}" for k in range(len(ids))]
    return {"customer_id": ids, "timestamp": days, **more}


def history_of(purchases, make=dict, **more):
    return ci.TransactionLog.from_frame(make(rows_of(purchases, **more))).as_of("2024-06-30")


def simulated(n=200, seed=4):
    """Purchases, amounts and quantities that go together, as rows."""
    rng = np.random.default_rng(seed)
    counts = rng.geometric(0.35, n)
    rows = rows_of(dict(zip(range(1_000, 1_000 + n), counts.tolist(), strict=True)))
    m = len(rows["customer_id"])
    return {**rows, "amount": rng.lognormal(2.0, 1.0, m), "quantity": rng.integers(1, 6, m)}


@pytest.fixture(scope="module")
def history():
    return ci.TransactionLog.from_frame(simulated()).as_of("2024-06-30")


def by_customer(column, n=200):
    rows = simulated(n)
    weights = np.ones(len(rows["customer_id"])) if column is None else rows[column]
    return np.bincount(np.array(rows["customer_id"]) - 1_000, weights, minlength=n)


def test_published_hashes():
    """FNV-1a of "", "a" and "foobar" as its authors list them; SplitMix64's first number from 0."""
    text = Text.of(["", "a", "foobar"])
    out = np.empty(3, np.uint64)
    hash_texts(text.data, text.offsets, out)
    assert [hex(word) for word in out.tolist()] == [
        "0xcbf29ce484222325", "0xaf63dc4c8601ec8c", "0x85944171f73967e8",
    ]  # fmt: skip
    assert hex(int(tie_numbers(ids_of([0]))[0])) == "0xe220a8397b1dcdaf"


@given(
    st.one_of(
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, unique=True),
        st.lists(st.text(st.characters(codec="utf-8"), max_size=9), min_size=1, unique=True),
    )
)
def test_numbers_of_ids(values):
    values = sorted(values, key=lambda v: v.encode() if isinstance(v, str) else v)
    assert tie_numbers(ids_of(values)).tolist() == [naive_number(v) for v in values]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_top_places(values, data):
    size = data.draw(st.integers(1, len(values)))
    ids = ids_of([3 * k for k in range(len(values))])
    places, cut, n_tied, n_tied_in = top_places(np.array(values, float), ids, size)
    expected = naive_top({3 * k: v for k, v in enumerate(values)}, size)
    assert ids.keys[places].tolist() == expected
    assert cut == min(values[i // 3] for i in expected)
    assert n_tied == values.count(cut)
    assert n_tied_in == sum(values[i // 3] == cut for i in expected)


def test_ties_do_not_hang_on_who_else_is_there():
    ids = np.arange(100)
    few = top_places(np.ones(100), ids_of(ids), 30)[0]
    more = top_places(np.ones(200), ids_of(np.arange(200)), 60)[0]
    mine = ids[more[more < 100]]
    # whoever of the first hundred is in one is so by the same order
    assert set(mine) <= set(few) or set(few) <= set(mine)


def test_who_is_in():
    purchases = {i: 1 + (i % 10 == 0) + (i % 20 == 0) for i in range(1, 41)}
    core = core_customers(history_of(purchases), share=0.20)
    assert core.customer_id.tolist() == naive_top(purchases, 8)
    assert (core.n_core, core.n_active, core.actual_share) == (8, 40, 0.20)
    assert (core.cut_value, core.n_tied) == (1.0, (36, 4))
    assert core.history.customer_id[core.places].tolist() == core.customer_id.tolist()
    assert np.flatnonzero(core.in_core).tolist() == core.places.tolist()
    assert core.active.all()
    assert core.share_of_transactions == pytest.approx((3 + 3 + 2 + 2 + 4) / 46)
    assert math.isnan(core.share_of_spend)
    assert core.share_of_units == core.share_of_transactions  # rows, without a quantity


@pytest.mark.parametrize(
    ("n", "share", "size"),
    [(20, 0.20, 4), (22, 0.20, 4), (23, 0.20, 5), (25, 0.10, 3), (25, 0.3, 8), (45, 0.7, 32),
     (20, 0.001, 1), (20, 0.999, 20)],
)  # fmt: skip
def test_halves_go_upwards(n, share, size):
    assert core_customers(history_of(dict.fromkeys(range(n), 1)), share=share).n_core == size


@pytest.mark.parametrize(
    ("by", "column"), [("frequency", None), ("spend", "amount"), ("volume", "quantity")]
)
def test_by_each_measure(history, by, column):
    values = by_customer(column)
    core = core_customers(history, by=by)
    expected = naive_top({1_000 + k: v for k, v in enumerate(values.tolist())}, 40)
    assert core.customer_id.tolist() == expected
    inside = np.isin(np.arange(1_000, 1_200), expected)
    assert core.cut_value == pytest.approx(values[inside].min())
    for name, other in (("transactions", None), ("spend", "amount"), ("units", "quantity")):
        all_of = by_customer(other)
        assert getattr(core, f"share_of_{name}") == pytest.approx(
            all_of[inside].sum() / all_of.sum()
        )


def test_both_and_either(history):
    often, much = (
        set(core_customers(history, by=by).customer_id) for by in ("frequency", "volume")
    )
    both, either = (core_customers(history, by=by) for by in ("both", "either"))
    assert set(both.customer_id) == often & much
    assert set(either.customer_id) == often | much
    assert both.n_core < 40 < either.n_core
    assert both.actual_share == both.n_core / 200
    assert set(both.cut_value) == set(both.n_tied) == {"frequency", "volume"}
    assert both.cut_value == either.cut_value
    low, high = both.interval("share_of_spend")
    assert low < both.share_of_spend < high


def test_the_window():
    rows = rows_of(dict.fromkeys(range(30), 1))
    rows["customer_id"] += [5, 5, 7]
    rows["timestamp"] += ["2024-05-01", "2024-05-02", "2024-05-03"]
    history = ci.TransactionLog.from_frame(rows).as_of("2024-06-30")
    with pytest.warns(DataQualityWarning, match=r"Only 2 customers are active"):
        core = core_customers(history, window="90d", share=0.5)
    assert (core.n_active, core.customer_id.tolist(), core.cut_value) == (2, [5], 2.0)
    assert np.flatnonzero(core.active).tolist() == [5, 7]
    assert core.share_of_transactions == core.share_of_units == pytest.approx(2 / 3)
    assert core.window == 90 * 86_400 * 10**6


def test_nobody_is_active():
    history = ci.TransactionLog.from_frame(rows_of({1: 1})).as_of("2024-06-30")
    with pytest.warns(DataQualityWarning, match=r"Only 0 customers are active"):
        core = core_customers(history, window=1)
    assert (core.n_core, core.n_active, len(core.to_frame()["rank"])) == (0, 0, 0)
    assert math.isnan(core.actual_share)
    assert math.isnan(core.cut_value)
    assert math.isnan(core.share_of_transactions)
    assert math.isnan(core.share_of_units)
    assert all(math.isnan(x) for x in core.interval("share_of_transactions"))


def test_returns_that_leave_nothing():
    rows = rows_of(dict.fromkeys(range(20), 2))
    rows["amount"] = [10.0, -10.0] * 20
    core = core_customers(ci.TransactionLog.from_frame(rows).as_of("2024-06-30"))
    assert math.isnan(core.share_of_spend)
    assert all(math.isnan(x) for x in core.interval("share_of_spend"))


@given(st.randoms())
@settings(max_examples=5)
def test_row_order(chance):
    rows = simulated()
    order = list(range(len(rows["customer_id"])))
    chance.shuffle(order)
    shuffled = {name: np.array(column)[order] for name, column in rows.items()}
    cores = [
        core_customers(ci.TransactionLog.from_frame(table).as_of("2024-06-30"), by="both")
        for table in (rows, shuffled)
    ]
    assert cores[0].customer_id.tolist() == cores[1].customer_id.tolist()
    assert cores[0].share_of_spend == pytest.approx(cores[1].share_of_spend, rel=1e-12)


def test_threads(history):
    found = []
    for threads in (1, 2):
        ci.set_threads(threads)
        core = core_customers(history, by="volume")
        found.append(
            (core.customer_id.tolist(), core.share_of_units, core.interval("share_of_units"))
        )
    ci.set_threads(None)
    assert found[0] == found[1]


@OTHERS
def test_every_kind_of_table(table_kind):
    purchases = {f"k{i}": 1 + (i % 7 == 0) for i in range(1, 31)}
    core = core_customers(history_of(purchases, table_kind.make), share=0.30)
    expected = naive_top(purchases, 9)
    assert core.customer_id.tolist() == expected
    table = core.to_frame()
    assert table_kind.is_kind(table)
    columns = contents(table)
    assert list(columns) == ["customer_id", "purchases", "rank", "in_core"]
    assert columns["customer_id"] == sorted(purchases)
    assert columns["purchases"] == [purchases[i] for i in sorted(purchases)]
    assert columns["rank"] == [1 if purchases[i] == 2 else 5 for i in sorted(purchases)]
    assert [
        i for i, inside in zip(sorted(purchases), columns["in_core"], strict=True) if inside
    ] == (expected)


def test_frame_of_two_measures(history):
    table = core_customers(history, by="either").to_frame()
    assert list(table) == [
        "customer_id", "purchases", "rank_purchases", "units", "rank_units", "in_core",
    ]  # fmt: skip


def naive_share(values, amounts, rng, size):
    """The share of the top customers among those drawn one by one, ties at random."""
    drawn = rng.integers(0, len(values), len(values))
    order = np.lexsort((rng.random(len(values)), -values[drawn]))
    return amounts[drawn][order[:size]].sum() / amounts[drawn].sum()


@pytest.mark.parametrize("tied", [True, False])
def test_intervals_are_those_of_the_naive_bootstrap(tied):
    rng = np.random.default_rng(6)
    n = 1_000
    values = rng.geometric(0.3, n).astype(float) if tied else rng.lognormal(size=n)
    amounts = values * rng.lognormal(size=n)
    in_core = np.zeros(n, bool)
    in_core[top_places(values, ids_of(list(range(n))), 200)[0]] = True
    got = share_bounds(amounts, in_core, values, 0.95, 999, 0)
    chance = np.random.default_rng(9)
    drawn = [naive_share(values, amounts, chance, 200) for _ in range(999)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    # the naive one breaks ties anew each time, which adds a little
    assert got == pytest.approx((low, high), abs=0.15 * (high - low))


def test_intervals_of_many_customers():
    """Of so many that customers are drawn by groups, as of a sample that is drawn one by one."""
    rng = np.random.default_rng(2)
    n = 12_000
    values = rng.geometric(0.3, n).astype(float)
    amounts = values * rng.lognormal(size=n)
    in_core = np.zeros(n, bool)
    in_core[top_places(values, ids_of(list(range(n))), n // 5)[0]] = True
    got = share_bounds(amounts, in_core, values, 0.95, 999, 0)
    chance = np.random.default_rng(9)
    drawn = [naive_share(values, amounts, chance, n // 5) for _ in range(300)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert got == pytest.approx((low, high), abs=0.2 * (high - low))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("reach", reach_of), ("relevance", relevance_of), ("resilience", resilience_of)],
)
def test_questions_take_what_their_answers_take(asked, answer):
    mine = inspect.signature(getattr(CoreCustomers, asked)).parameters
    theirs = inspect.signature(answer).parameters
    assert list(mine.values())[1:] == list(theirs.values())[1:]


def test_questions_are_passed_on(history, monkeypatch):
    """Every argument arrives under its own name."""
    core = core_customers(history)
    for asked, module in (("reach", reach), ("relevance", relevance), ("resilience", resilience)):
        named = [
            name for name, one in inspect.signature(getattr(core, asked)).parameters.items()
            if one.kind is one.KEYWORD_ONLY
        ]  # fmt: skip
        given = {name: object() for name in named}
        log = [object()] if asked == "resilience" else []
        monkeypatch.setattr(module, f"{asked}_of", lambda *args, **options: (args, options))
        args, options = getattr(core, asked)(*log, **given)
        assert args == (core, *log)
        assert options == given


def test_what_it_shows(history):
    core = core_customers(history)
    assert repr(core) == (
        "CoreCustomers(core=40, of=200, by=frequency, cut=5, moment=2024-06-30T23:59:59.999999, "
        f"share_of_transactions={core.share_of_transactions:.6g})"
    )
    assert "<caption>Core customers</caption>" in core._repr_html_()
    assert len(core) == 40
    with pytest.raises(ValueError, match="read-only"):
        core.in_core[0] = True
    with pytest.raises(TypeError):
        core.cuts["frequency"] = None
    again = pickle.loads(pickle.dumps(core))
    assert again.customer_id.tolist() == core.customer_id.tolist()
    assert again.interval("share_of_spend") == core.interval("share_of_spend")
