"""Profiles of a group: every figure against SciPy or by hand, planted effects, and small cells."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from table_kinds import KINDS, contents

import customerintel as ci
from customerintel.audit.group_profile import profile
from customerintel.exceptions import DataQualityWarning
from customerintel.tables.traits import read_traits

pytestmark = [
    # of other libraries, while they make or collect a table
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:modin"),
]


def history_of(ids, kind=None):
    """Return a history in which each customer bought once."""
    ids = list(ids)
    rows = {"customer_id": ids, "timestamp": ["2024-01-05"] * len(ids)}
    return ci.TransactionLog.from_frame(rows if kind is None else kind.make(rows)).as_of(
        "2024-03-01"
    )


def people(n, seed=0):
    rng = np.random.default_rng(seed)
    group = rng.random(n) < 0.3
    return group, {
        "customer_id": np.arange(n),
        "age": np.round(rng.normal(40, 10, n) + 8 * group),
        "spend": rng.lognormal(3, 1, n),
        "plan": rng.choice(["basic", "gold", "plus"], n, p=[0.5, 0.3, 0.2]),
        "member": rng.random(n) < np.where(group, 0.7, 0.4),
    }


GROUP, PEOPLE = people(800)
PEOPLE["age"][::9] = np.nan
PEOPLE["plan"] = np.where(np.arange(800) % 11 == 0, None, PEOPLE["plan"].astype(object))
HISTORY = history_of(range(800))
FOUND = profile(HISTORY, customers=PEOPLE, of=GROUP)


def row_of(found, name):
    return {
        field.name: getattr(found, field.name)[found.trait.index(name)]
        for field in dataclasses.fields(found)
    }


def sides(name):
    values = PEOPLE[name]
    known = ~np.isnan(values)
    return values[GROUP & known], values[~GROUP & known]


@pytest.mark.parametrize("name", ["age", "spend"])
def test_numbers_as_scipy_has_them(name):
    row, (x, y) = row_of(FOUND.numeric, name), sides(name)
    welch = stats.ttest_ind(x, y, equal_var=False)
    bounds = welch.confidence_interval(0.95)
    ranks = stats.mannwhitneyu(x, y, method="asymptotic")
    n, m = len(x), len(y)
    pooled = math.sqrt(((n - 1) * x.var(ddof=1) + (m - 1) * y.var(ddof=1)) / (n + m - 2))
    d = (x.mean() - y.mean()) / pooled
    expected = {
        "n_group": n, "n_rest": m, "mean_group": x.mean(), "mean_rest": y.mean(),
        "sd_group": x.std(ddof=1), "sd_rest": y.std(ddof=1),
        "median_group": np.median(x), "median_rest": np.median(y),
        "difference": x.mean() - y.mean(),
        "difference_lower": bounds.low, "difference_upper": bounds.high,
        "standardized_difference": d,
        "p_value": welch.pvalue, "auc": ranks.statistic / (n * m),
    }  # fmt: skip
    for key, value in expected.items():
        assert row[key] == pytest.approx(value, rel=1e-9), key
    # Hedges (1981), the usual approximation of the exact factor
    assert row["hedges_g"] == pytest.approx(d * (1 - 3 / (4 * (n + m - 2) - 1)), rel=1e-5)
    by_ranks = profile(HISTORY, customers=PEOPLE, of=GROUP, test="mann_whitney")
    assert row_of(by_ranks.numeric, name)["p_value"] == pytest.approx(ranks.pvalue, rel=1e-9)
    r = stats.pointbiserialr(np.r_[np.ones(n), np.zeros(m)], np.r_[x, y]).statistic
    assert row_of_trait(FOUND, name)["effect"] == pytest.approx(r, rel=1e-12)


def row_of_trait(found, name):
    place = found.trait.index(name)
    names = ("kind", "source", "reason", "effect", "p_value", "q_value", "significant",
             "suppressed", "known_group", "known_rest")  # fmt: skip
    return {key: getattr(found, key)[place] for key in names}


@pytest.mark.parametrize("name", ["plan", "member"])
def test_categories_as_scipy_has_them(name):
    words = PEOPLE[name]
    known = np.array([word is not None for word in words])
    levels = sorted(set(words[known].tolist()))
    table = np.array(
        [[np.sum(words[side & known] == w) for w in levels] for side in (GROUP, ~GROUP)]
    )
    tested = stats.chi2_contingency(table, correction=False)
    row = row_of_trait(FOUND, name)
    assert row["p_value"] == pytest.approx(tested.pvalue, rel=1e-9)
    # Bergsma (2013) by hand
    n, k = table.sum(), len(levels)
    phi = max(0.0, tested.statistic / n - (k - 1) / (n - 1))
    shrunk = min(2 - 1 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    assert row["effect"] == pytest.approx(math.sqrt(phi / shrunk), abs=1e-12)
    for place, word in enumerate(levels):
        a, b = table[:, place]
        n, m = table.sum(axis=1)
        shown = "true" if word is True else "false" if word is False else word
        at = list(zip(FOUND.levels.trait, FOUND.levels.level, strict=True)).index((name, shown))
        got = {
            field.name: getattr(FOUND.levels, field.name)[at]
            for field in dataclasses.fields(FOUND.levels)
        }
        two = np.array([[a, n - a], [b, m - b]])
        ratio = stats.contingency.relative_risk(a, n, b, m)
        ends = ratio.confidence_interval(0.95)
        p, q = a / n, b / m
        low, high = (stats.binomtest(int(c), int(t)).proportion_ci(method="wilson")
                     for c, t in ((a, n), (b, m)))  # fmt: skip
        expected = {
            "n_group": a, "n_rest": b, "share_group": p, "share_rest": q, "difference": p - q,
            "difference_lower": p - q - math.hypot(p - low.low, high.high - q),
            "difference_upper": p - q + math.hypot(low.high - p, q - high.low),
            "over_index": 100 * ratio.relative_risk,
            "over_index_lower": 100 * ends.low, "over_index_upper": 100 * ends.high,
            "standardized_difference": (p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / 2),
            "p_value": stats.chi2_contingency(two, correction=False).pvalue,
        }  # fmt: skip
        for key, value in expected.items():
            assert got[key] == pytest.approx(value, rel=1e-8), key


def benjamini_hochberg(p):
    """Return the least rate at which each is rejected, by the definition of 1995."""
    p = np.asarray(p)
    return [
        min([1.0, *(len(p) * other / np.sum(p <= other) for other in p if other >= one)])
        for one in p
    ]


def test_false_discovery_control_is_over_all_traits():
    np.testing.assert_allclose(FOUND.q_value, benjamini_hochberg(FOUND.p_value), rtol=1e-12)
    np.testing.assert_allclose(
        FOUND.levels.q_value, benjamini_hochberg(FOUND.levels.p_value), rtol=1e-12
    )
    harmonic = sum(1 / k for k in range(1, len(FOUND) + 1))
    by = profile(HISTORY, customers=PEOPLE, of=GROUP, correction="by")
    np.testing.assert_allclose(by.q_value, np.minimum(1, FOUND.q_value * harmonic), rtol=1e-12)
    for found in (FOUND, by):
        np.testing.assert_array_equal(found.significant, found.q_value <= 0.05)
        np.testing.assert_array_equal(found.numeric.significant, found.numeric.q_value <= 0.05)
    assert dict(zip(FOUND.trait, FOUND.significant.tolist(), strict=True)) == {
        "age": True, "member": True, "spend": False, "plan": False,
    }  # fmt: skip


def test_sorted_by_effect_and_not_by_p():
    sizes = np.abs(FOUND.effect)
    assert (np.diff(sizes) <= 0).all()
    assert (np.diff(np.abs(FOUND.numeric.hedges_g)) <= 0).all()
    order = [name for name in FOUND.trait if name in FOUND.levels.trait]
    assert list(dict.fromkeys(FOUND.levels.trait)) == order
    for name in order:
        mine = np.array([one == name for one in FOUND.levels.trait])
        assert (np.diff(np.abs(FOUND.levels.standardized_difference[mine])) <= 1e-12).all()


def test_planted_effects_are_found_and_the_rest_is_quiet():
    """Of 400 traits of nothing, the share of profiles with a discovery is near the rate."""
    rng = np.random.default_rng(5)
    n, false, power = 400, 0, 0
    history = history_of(range(n))
    for _ in range(40):
        group = rng.random(n) < 0.3
        table = {"customer_id": np.arange(n), "planted": rng.normal(size=n) + 0.8 * group}
        table |= {f"x{k}": rng.normal(size=n) for k in range(6)}
        table |= {f"c{k}": rng.choice(["a", "b", "c"], n) for k in range(3)}
        found = profile(history, customers=table, of=group)
        called = {name for name, yes in zip(found.trait, found.significant, strict=True) if yes}
        power += "planted" in called
        false += len(called - {"planted"}) / max(len(called), 1)
        assert found.trait[0] == "planted"
        assert found.numeric.hedges_g[0] == pytest.approx(0.8, abs=0.45)
    assert power == 40
    assert false / 40 < 0.05 + 3 * math.sqrt(0.05 / 40) / 2


def test_intervals_cover_what_they_should():
    rng = np.random.default_rng(11)
    n, inside = 240, np.zeros(3)
    group = np.arange(n) % 3 == 0
    history = history_of(range(n))
    for _ in range(150):
        p = np.where(group, 0.5, 0.25)
        table = {"customer_id": np.arange(n), "x": rng.normal(0.4 * group),
                 "c": np.where(rng.random(n) < p, "yes", "no")}  # fmt: skip
        found = profile(history, customers=table, of=group, level=0.9)
        x, at = row_of(found.numeric, "x"), found.levels.level.index("yes")
        inside[0] += x["difference_lower"] <= 0.4 <= x["difference_upper"]
        inside[1] += x["hedges_g_lower"] <= 0.4 <= x["hedges_g_upper"]
        inside[2] += found.levels.over_index_lower[at] <= 200 <= found.levels.over_index_upper[at]
    assert (np.abs(inside / 150 - 0.9) < 0.075).all()  # three standard errors


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.once], ids=lambda k: k.name)
def test_every_kind_of_table(kind):
    kind.make({"a": [1]})
    columns = {name: np.asarray(values).tolist() for name, values in people(60)[1].items()}
    history = history_of(range(60), kind)
    group = [k for k in range(60) if k % 2 == 0]
    found = profile(history, customers=kind.make(columns), of=group, min_cell=0)
    expected = profile(history_of(range(60)), customers=columns, of=group, min_cell=0)
    assert found.trait == expected.trait
    for part in found.parts:
        table = found.to_frame(part)
        assert kind.is_kind(table)
        assert contents(table) == contents(expected.to_frame(part))


def test_a_group_may_be_given_in_many_ways():
    ids = np.flatnonzero(GROUP)
    people_of = ci.CustomerTable.from_frame({"customer_id": ids, "x": ids})

    class Result:
        customer_id = ids

    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    given_as = [ids[::-1], np.r_[ids, ids], ids.tolist(), GROUP.tolist(), people_of.ids, people_of,
                Result(), pd.Series(ids), pl.Series(ids), set(ids.tolist()),
                pd.Series(GROUP)]  # fmt: skip
    for group in given_as:
        found = profile(HISTORY, customers=PEOPLE, of=group)
        assert (found.n_group, found.n_rest) == (len(ids), 800 - len(ids))
        np.testing.assert_array_equal(found.effect, FOUND.effect)
    opposite = profile(HISTORY, customers=PEOPLE, of=~GROUP, against=GROUP)
    np.testing.assert_allclose(
        row_of(opposite.numeric, "age")["hedges_g"], -row_of(FOUND.numeric, "age")["hedges_g"]
    )


def test_text_ids():
    history = history_of([f"c{k:03}" for k in range(60)])
    table = {"customer_id": [f"c{k:03}" for k in range(60)][::-1], "x": np.arange(60)[::-1]}
    found = profile(history, customers=table, of=[f"c{k:03}" for k in range(20)])
    assert found.numeric.mean_group.tolist() == [9.5]
    assert found.numeric.auc.tolist() == [0.0]


@settings(max_examples=20)
@given(st.permutations(range(40)), st.integers(2, 30))
def test_the_order_of_the_rows_changes_nothing(order, size):
    rng = np.random.default_rng(size)
    table = {"customer_id": np.arange(40), "x": rng.integers(0, 5, 40).astype(float),
             "c": rng.choice(["a", "b", "c"], 40)}  # fmt: skip
    shuffled = {name: values[list(order)] for name, values in table.items()}
    history = history_of(range(40))
    left, right = (profile(history, customers=t, of=range(size), min_cell=0)
                   for t in (table, shuffled))  # fmt: skip
    assert contents(left.to_frame("levels")) == contents(right.to_frame("levels"))
    assert contents(left.to_frame("numeric")) == contents(right.to_frame("numeric"))


def test_another_unit_changes_no_effect():
    cents = {**PEOPLE, "spend": PEOPLE["spend"] * 100.0}
    found = profile(HISTORY, customers=cents, of=GROUP)
    assert found.trait == FOUND.trait
    np.testing.assert_allclose(found.effect, FOUND.effect, rtol=1e-9)
    np.testing.assert_allclose(found.numeric.auc, FOUND.numeric.auc)


def test_identity_is_left_out():
    table = {
        **PEOPLE,
        "email": [f"u{k}@x.org" for k in range(800)],
        "religion": ["a", "b"] * 400,
        "said": [f"a long text of many words from customer {k}" for k in range(800)],
    }
    found = profile(HISTORY, customers=table, of=GROUP)
    assert list(found.left_out) == ["email", "religion", "said"]
    assert "x.org" not in found._repr_html_() + repr(found) + str(
        contents(found.to_frame("left_out"))
    )
    told = profile(HISTORY, customers=table, of=GROUP, allow=["religion"], exclude=["age"])
    assert "religion" in told.trait
    assert told.left_out["age"] == "excluded"
    assert profile(HISTORY, customers=table, of=GROUP, traits=["plan"]).trait == ("plan",)


def test_behaviour_is_compared_where_it_is_asked_for():
    rows = {"customer_id": [1, 1, 2, 2, 3, 4, 5], "timestamp": ["2024-01-01", "2024-01-03"] * 3
            + ["2024-01-01"], "amount": [1.0] * 7}  # fmt: skip
    log = ci.TransactionLog.from_frame(rows)
    found = profile(log, of=[1, 2], behaviour=["frequency", "total_amount"], min_cell=0)
    assert set(found.source) == {"behaviour"}
    assert row_of(found.numeric, "total_amount")["difference"] == pytest.approx(1.0)
    whole = profile(log.as_of("2024-02-01"), of=[1, 2], behaviour=True, min_cell=0)
    assert set(whole.trait) == set(log.as_of("2024-02-01").features().names)
    assert dict(zip(whole.trait, whole.reason, strict=True))["breadth"] != ""
    with_traits = profile(
        log, of=[1, 2], customers={"customer_id": range(1, 6), "age": range(5)},
        behaviour=["frequency"], min_cell=0,
    )  # fmt: skip
    assert dict(zip(with_traits.trait, with_traits.source, strict=True)) == {
        "age": "customers", "frequency": "behaviour",
    }  # fmt: skip


def test_small_cells_are_hidden_with_what_would_tell_them():
    n = 300
    codes = np.arange(n) % 3
    codes[:4] = 3  # four customers of the group, in a level that 26 of the rest have
    codes[274:] = 3
    table = {"customer_id": np.arange(n), "c": np.array(["a", "b", "c", "d"])[codes],
             "flag": np.arange(n) < 5, "rare": (np.arange(n) < 5).astype(float)}  # fmt: skip
    found = profile(history_of(range(n)), customers=table, of=range(100))
    mine = {level: k for k, level in enumerate(found.levels.level) if found.levels.trait[k] == "c"}
    hidden = {level for level, k in mine.items() if found.levels.suppressed[k]}
    assert "d" in hidden
    assert len(hidden) == 2  # another one, or 100 less the others would tell
    for level, k in mine.items():
        of_one = dataclasses.fields(found.levels)
        figures = [getattr(found.levels, one.name)[k] for one in of_one if one.type == "Floats"]
        assert len(figures) == 13
        assert np.isnan(figures).all() == (level in hidden)
    for name in ("flag", "rare"):  # yes or no, as words or as 1 and 0: five customers
        row = row_of_trait(found, name)
        assert row["suppressed"]
        assert np.isnan(row["effect"])
        assert np.isnan(row["p_value"])
    assert np.isnan(row_of(found.numeric, "rare")["mean_group"])
    every = profile(history_of(range(n)), customers=table, of=range(100), min_cell=1)
    assert not every.suppressed.any()
    assert not every.levels.suppressed.any()


def test_numbers_of_few_values_do_not_tell_how_many_have_each():
    """Size, mean and spread of three values are three equations for three counts."""
    n = 600
    rest = np.repeat([0.0, 1.0, 2.0], [300, 100, 50])
    table = {
        "customer_id": np.arange(n),
        "kids": np.r_[np.repeat([0.0, 1.0, 2.0], [107, 40, 3]), rest],
        "theirs": np.r_[np.repeat([0.0, 1.0, 2.0], 50), np.repeat([0.0, 1.0, 5.0], [300, 141, 9])],
        "five": np.r_[np.repeat(np.arange(5.0), [40, 40, 40, 21, 9]), rest],
        "enough": np.r_[np.repeat(np.arange(5.0), [40, 40, 40, 20, 10]), rest],
        "six": np.r_[np.repeat(np.arange(6.0), [40, 40, 40, 21, 8, 1]), rest],
    }
    history = history_of(range(n))
    found = profile(history, customers=table, of=range(150))
    hidden = dict(zip(found.trait, found.suppressed.tolist(), strict=True))
    assert hidden == {"kids": True, "theirs": True, "five": True, "enough": False, "six": False}
    row = row_of(found.numeric, "kids")
    assert row["suppressed"]
    shown = [value for key, value in row.items() if key not in ("trait", "suppressed")]
    assert not np.nansum(shown)
    assert not profile(history, customers=table, of=range(150), min_cell=1).suppressed.any()


def test_a_profile_and_its_traits_can_be_copied_and_sent():
    closed = {**PEOPLE, "email": ["a@x.org"] * 800}
    found = profile(HISTORY, customers=closed, of=GROUP)
    traits = read_traits(closed)
    for again in (copy.deepcopy, copy.copy, lambda one: pickle.loads(pickle.dumps(one))):
        other = again(found)
        assert (repr(other), other.left_out) == (repr(found), found.left_out)
        np.testing.assert_array_equal(other.effect, found.effect)
        assert not other.effect.flags.writeable
        assert contents(other.to_frame("left_out")) == contents(found.to_frame("left_out"))
        same = again(traits)
        assert (repr(same), same.names, same.columns) == (
            repr(traits),
            traits.names,
            traits.columns,
        )
        assert not same.numeric["age"].flags.writeable
        for mapping in (other.left_out, same.left_out, same.numeric):
            with pytest.raises(TypeError):
                mapping["age"] = None


def test_traits_that_say_nothing_are_defined():
    n = 100
    table = {
        "customer_id": np.arange(n),
        "one": ["x"] * n,
        "same": [3.0] * n,
        "apart": (np.arange(n) < 40).astype(float),
        "theirs": np.where(np.arange(n) < 40, np.nan, np.arange(n) * 1.0),
        "word": np.where(np.arange(n) < 40, None, np.array(["a", "b"])[np.arange(n) % 2]),
    }
    found = profile(history_of(range(n)), customers=table, of=range(40))
    rows = {name: row_of_trait(found, name) for name in found.trait}
    assert rows["one"]["reason"] == "one level in all customers"
    assert rows["same"]["reason"] == "one value in all customers"
    assert rows["theirs"]["reason"] == "fewer than two customers with a value on one side"
    assert rows["word"]["reason"] == "no customer with a value on one side"
    for name in ("one", "same", "theirs", "word"):
        assert np.isnan([rows[name][key] for key in ("effect", "p_value", "q_value")]).all()
        assert not rows[name]["significant"]
        assert not rows[name]["suppressed"]
    assert rows["apart"]["effect"] == 1.0
    assert rows["apart"]["p_value"] == 0.0
    assert "no spread" in rows["apart"]["reason"]
    assert row_of(found.numeric, "same")["mean_group"] == 3.0
    assert rows["theirs"]["known_group"] == 0.0
    assert rows["theirs"]["known_rest"] == 1.0


def test_unknown_customers_are_counted_and_told():
    with pytest.warns(DataQualityWarning, match="^3 of the ids in of are of no customer"):
        found = profile(HISTORY, customers=PEOPLE, of=[*np.flatnonzero(GROUP), 900, 901, 902, 900])
    assert found.n_unknown == 3
    np.testing.assert_array_equal(found.effect, FOUND.effect)
    some = {name: values[:700] for name, values in PEOPLE.items()}
    with pytest.warns(DataQualityWarning, match="^100 of 800 customers are not in the table"):
        found = profile(HISTORY, customers=some, of=GROUP)
    assert found.n_without_traits == 100
    with pytest.warns(DataQualityWarning, match="^Fewer than 10 customers are in of"):
        found = profile(HISTORY, customers=PEOPLE, of=[1, 2, 3])
    assert found.suppressed.all()
    assert np.isnan(found.effect).all()


def test_a_table_of_more_customers_than_the_history_has():
    found = profile(history_of(range(0, 800, 2)), customers=PEOPLE, of=range(0, 200, 2))
    assert found.n_group + found.n_rest == 400
    assert found.n_without_traits == 0


def test_the_result_is_closed_and_shown():
    with pytest.raises(ValueError, match="read-only"):
        FOUND.effect[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        FOUND.levels.over_index[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        FOUND.level = 0.5
    n = int(GROUP.sum())
    assert repr(FOUND) == f"Profile(group={n}, rest={800 - n}, traits=4, significant=2, left_out=0)"
    assert "<td>" in FOUND._repr_html_()
    assert len(FOUND) == 4


@pytest.mark.parametrize("unit", [1e-305, 1e300])
def test_numbers_at_the_ends_of_all_floats(unit):
    found = profile(HISTORY, customers={**PEOPLE, "age": PEOPLE["age"] * unit}, of=GROUP)
    row, expected = row_of(found.numeric, "age"), row_of(FOUND.numeric, "age")
    for name in ("hedges_g", "hedges_g_lower", "auc", "p_value"):
        assert row[name] == pytest.approx(expected[name], rel=1e-6)
    for name in ("mean_group", "sd_rest", "difference_upper", "median_rest"):
        assert row[name] / unit == pytest.approx(expected[name], rel=1e-6)


def test_one_value_on_either_side_is_no_spread_of_rounding():
    table = {"customer_id": np.arange(60), "x": np.where(np.arange(60) < 30, 0.1, 0.3)}
    found = profile(history_of(range(60)), customers=table, of=range(30))
    row = row_of(found.numeric, "x")
    assert row["sd_group"] == row["sd_rest"] == row["p_value"] == 0.0
    assert (row["mean_group"], row["mean_rest"]) == (0.1, 0.3)
    assert np.isnan(row["standardized_difference"])
    assert found.effect.tolist() == [-1.0]


def test_hidden_levels_count_as_one_in_the_test():
    words = np.repeat(["a", "b", "c", "d"], [60, 50, 4, 6]).tolist()
    words += np.repeat(["a", "b", "c", "d"], [40, 90, 30, 40]).tolist()
    table = {"customer_id": np.arange(320), "c": words}
    found = profile(history_of(range(320)), customers=table, of=range(120))
    told = {level for level, no in zip(found.levels.level, found.levels.suppressed, strict=True)
            if not no}  # fmt: skip
    assert told == {"a", "b"}
    tested = stats.chi2_contingency([[60, 50, 10], [40, 90, 70]], correction=False)
    assert found.p_value[0] == pytest.approx(tested.pvalue, rel=1e-9)
