"""Moves between types, with frozen ranks, and drift told from jumps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from relationships.hand_made import MOMENT, HandModel, history_of, sure_of, table_of

import customerintel as ci
from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.classification import classify
from customerintel.relationships.evolution import transitions
from customerintel.relationships.simulation import simulate
from customerintel.relationships.table import Limits
from customerintel.relationships.transition_edges import CHANGES
from customerintel.relationships.type_registry import TypeRegistry, types
from customerintel.tables.ids import CustomerIds

BEFORE = MOMENT - np.timedelta64(180, "D")
CORE = types("core")


def pair(trust_before, trust_after, *, ids=None, **later):
    """Return two tables whose model looks at `trust` only, type 1 above .5."""
    first, second = np.asarray(trust_before, float), np.asarray(trust_after, float)

    def rows(p):
        found = np.zeros((len(p), 6))
        found[:, 0], found[:, 1] = 1.0 - p, p
        return found

    ids = ids or CustomerIds(np.arange(len(second)))
    earlier = table_of(
        rows(first), columns={"trust": first}, moment=BEFORE,
        ids=CustomerIds(np.arange(len(first))),
    )  # fmt: skip
    columns = {"trust": second, **later.pop("columns", {})}
    # what the later table itself says is of no weight: its own ranks are others
    return earlier, table_of(rows(1.0 - second), columns=columns, ids=ids, reference=0.4, **later)


def test_moves_are_counted_by_the_earlier_model_and_its_reference():
    found = transitions(*pair([0.1, 0.9, 0.9, 0.5], [0.1, 0.1, 0.9, 0.9]))
    frame = found.to_frame()
    told = {
        (row.before, row.after): row.customers
        for row in frame.itertuples() if row.customers
    }  # fmt: skip
    assert told == {
        ("basic_exchange", "basic_exchange"): 1,
        ("business_partner", "basic_exchange"): 1,
        ("business_partner", "business_partner"): 1,
        ("unknown", "business_partner"): 1,
    }
    assert (found.stayed, found.changed) == (2, 1)
    np.testing.assert_array_equal(found.counts.sum(), 4)


def test_states_of_new_lost_and_inactive_customers():
    earlier, later = pair(
        [0.1, 0.9, 0.9], [0.1, 0.9, 0.9], ids=CustomerIds(np.array([1, 2, 7])),
        columns={"time_since_last": np.array([3.0, 400.0, 3.0])},
    )  # fmt: skip
    earlier.signals.columns["time_since_last"] = np.zeros(3)
    matrix = transitions(earlier, later).matrix().set_index("before")
    assert matrix.loc["none", "business_partner"] == 1
    assert matrix.loc["basic_exchange", "none"] == 1
    assert matrix.loc["business_partner", "inactive"] == 1
    assert matrix.loc["business_partner", "basic_exchange"] == 1
    never = transitions(earlier, later, inactive_after=None)
    assert never.inactive_days is None
    assert never.matrix().set_index("before")["inactive"].sum() == 0


def test_rows_are_shares_with_intervals_and_few_cases_are_flagged():
    rng = np.random.default_rng(1)
    first = np.where(rng.random(400) < 0.5, 0.9, 0.1)
    second = np.where(rng.random(400) < 0.2, 1.0 - first, first)
    found = transitions(*pair(first, second), n_min=100)
    sums = found.probabilities.sum(axis=1)
    np.testing.assert_allclose(sums[~np.isnan(sums)], 1.0)
    assert np.isnan(found.probabilities[2]).all()
    edge = found.probability
    assert edge.low[0, 1] < 0.2 < edge.high[0, 1]
    assert found.few[0, 1]
    assert not found.few[0, 0]
    frame = found.to_frame()
    assert len(frame) == 9 * 9 - 1
    assert {"probability_low", "probability_error", "few", "plausible"} <= set(frame)


def test_what_the_registry_expects_is_marked():
    found = transitions(*pair([0.1], [0.1]))
    for row, before in enumerate(CORE.labels):
        # nothing is said of those who are unknown, inactive or no customers
        expected = {before, *CORE[before].leads_to} & set(CORE.labels) | set(found.states[6:])
        assert {s for s, yes in zip(found.states, found.plausible[row], strict=True) if yes} == (
            expected
        )
    assert found.plausible[6:].all()
    assert found.plausible[:, 6:].all()
    assert not found.plausible[:6, :6].all()


def test_jumps_are_changes_and_those_from_and_to_unknown_are_counted_apart():
    # of the last, no type is likely enough before, and one is sure after
    earlier, later = pair([0.0, 0.02, 0.98, 0.0], [1.0, 0.02, 0.98, 1.0])
    earlier = table_of(
        np.vstack([earlier.probabilities[:3], [0, 0, 0.4, 0.3, 0.3, 0]]),
        columns={"trust": [0.0, 0.02, 0.98, 0.0]}, moment=BEFORE,
    )  # fmt: skip
    found = transitions(earlier, later)
    assert (found.changed, found.jumped, found.jumped_unlabelled) == (1, 1, 1)
    frame = found.customers()
    assert frame["before"].tolist()[3] == "unknown"
    assert frame["change"].tolist() == ["jump", "still", "still", "jump unlabelled"]
    assert "changed=1, drifted=0, jumped=1, jumped_unlabelled=1" in repr(found)
    assert "<th>jumped_unlabelled</th><td>1</td>" in found._repr_html_()


def test_of_a_simulated_shop_no_more_jumped_than_changed():
    shop = simulate(150, seed=3, days=400)
    given = {"interactions": shop.interactions, "survey": shop.survey}
    earlier = classify(shop.as_of(shop.moment - np.timedelta64(180, "D")), **given)
    later = classify(shop.as_of(), reference=earlier, **given)
    # the more readily a change is called a jump, the less it holds by chance
    for level in (0.3, 0.6, 0.95):
        found = transitions(earlier, later, level=level)
        assert found.jumped <= found.changed
        jumped = found.moves.change == CHANGES.index("jump")
        assert (found.before != found.after)[jumped].all()
        assert np.maximum(found.before, found.after)[jumped].max(initial=0) < 6
    assert transitions(earlier, later, level=0.3).jumped_unlabelled > 0


def test_customers_have_a_row_each():
    found = transitions(*pair([0.02, 0.98, 0.98], [0.02, 0.02, 0.9]))
    frame = found.customers()
    assert frame["customer_id"].tolist() == [0, 1, 2]
    assert frame["change"].tolist() == ["still", "jump", "drift"]
    assert (found.jumped, found.drifted) == (1, 1)
    assert frame["towards"].tolist()[1] == "basic_exchange"
    assert repr(found).startswith("Transitions(earlier=2024-07-04")
    assert "<th>jumped</th><td>1</td>" in found._repr_html_()


def test_nobody_in_both_is_defined_and_said():
    earlier, later = pair([0.1, 0.9], [0.1, 0.9], ids=CustomerIds(np.array([7, 8])))
    with pytest.warns(DataQualityWarning, match="No customer is in both tables"):
        found = transitions(earlier, later)
    assert (found.stayed, found.changed, found.jumped) == (0, 0, 0)
    assert found.counts[-1].sum() == 2
    assert found.counts[:, -1].sum() == 2
    assert len(found.customers()) == 0


def test_other_sources_are_said():
    earlier, later = pair([0.1], [0.1], sources=("transactions", "survey"))
    with pytest.warns(DataQualityWarning, match="made from transactions, interactions and the"):
        transitions(earlier, later)


@pytest.mark.parametrize("other", ["classifier", "limits"])
def test_a_later_table_of_another_classifier_or_other_limits_is_said(other):
    earlier, later = pair([0.1, 0.6], [0.1, 0.6])
    if other == "limits":
        later = replace(later, limits=Limits(probability=0.9, margin=0.1, coverage=0.0))
    else:
        model = HandModel()
        model.name = "by another hand"
        later = replace(later, model=model)
    with pytest.warns(DataQualityWarning, match="make it with classify.*reference=earlier") as said:
        found = transitions(earlier, later)
    assert len(said) == 1
    assert found.counts.sum() == 2


def test_matrix_of_shares():
    found = transitions(*pair([0.1, 0.1], [0.1, 0.9]))
    frame = found.matrix("probabilities")
    assert frame["business_partner"].tolist()[0] == 0.5
    assert frame["before"].tolist() == list(found.states)


def test_arrays_cannot_be_changed():
    found = transitions(*pair([0.1], [0.1]))
    for array in (found.counts, found.few, found.plausible, found.moves.distance):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_text_ids_move_as_integers_do():
    ids = history_of([(f"c{k}", "2024-01-01", 1.0) for k in range(3)]).ids
    two = ids.take(np.arange(2))
    earlier = sure_of(["buddy"] * 2, ids=two, columns={"trust": [0.1] * 2}, moment=BEFORE)
    later = sure_of(["buddy"] * 3, ids=ids, columns={"trust": [0.1] * 3})
    found = transitions(earlier, later)
    assert found.customers()["customer_id"].tolist() == ["c0", "c1"]
    assert found.counts[-1].sum() == 1


def test_customers_with_text_ids_move_as_the_same_with_numbers():
    shop = simulate(100, seed=6, days=400)
    rows = shop.frames()
    found = []
    for spell in (lambda ids: ids, lambda ids: np.char.mod("c%06d", ids).astype(object)):
        made = [
            of.from_frame({**rows[name], "customer_id": spell(rows[name]["customer_id"])})
            for name, of in (("transactions", ci.TransactionLog),
                             ("interactions", ci.InteractionLog), ("survey", ci.SurveyLog))
        ]  # fmt: skip
        given = {"interactions": made[1], "survey": made[2]}
        early = classify(made[0].as_of(shop.moment - np.timedelta64(120, "D")), **given)
        late = classify(made[0].as_of(shop.moment), reference=early, **given)
        found.append((transitions(early, late), late.gaps().actions()))
    (one, week), (other, list_of_texts) = found
    np.testing.assert_array_equal(one.counts, other.counts)
    np.testing.assert_array_equal(one.moves.change, other.moves.change)
    told = np.asarray(list_of_texts["customer_id"]).tolist()
    assert told == [f"c{who:06d}" for who in np.asarray(week["customer_id"]).tolist()]


def test_types_of_ones_own_move_too():
    acme = TypeRegistry(
        "acme", 1,
        [{"key": key, "definition": "So.", "coarse": "one",
          "prototype": {"valence": level, "intensity": level, "duration": level}}
         for key, level in (("near", 0.8), ("far", 0.2))],
    )  # fmt: skip
    columns = [{"trust": trust} for trust in ([0.0, 0.1], [1.0, 0.1])]
    earlier = sure_of(["near"] * 2, p=0.99, registry=acme, columns=columns[0], moment=BEFORE)
    later = sure_of(["near", "near"], registry=acme, columns=columns[1])
    found = transitions(earlier, later)
    assert found.states == ("near", "far", "unknown", "inactive", "none")
    assert (found.stayed, found.changed, found.jumped) == (1, 1, 1)
    assert found.types.id == "acme@1"


@pytest.mark.parametrize("empty", ["earlier", "later"])
def test_from_nobody_and_to_nobody(empty):
    nobody, two = np.empty((0, 6)), [[0.9, 0.1, 0, 0, 0, 0]] * 2
    earlier, later = (nobody, two) if empty == "earlier" else (two, nobody)
    tables = [
        table_of(rows, columns={"trust": np.full(len(rows), 0.1)}, moment=moment)
        for rows, moment in ((earlier, BEFORE), (later, MOMENT))
    ]
    with pytest.warns(DataQualityWarning, match="No customer is in both tables"):
        found = transitions(*tables)
    came = found.counts[-1] if empty == "earlier" else found.counts[:, -1]
    assert (came.sum(), found.counts.sum()) == (2, 2)
    assert (found.changed, found.jumped, found.jumped_unlabelled) == (0, 0, 0)
    assert len(found.customers()) == 0
    assert len(found.to_frame()) == 80


def test_a_customer_does_not_move_because_others_moved():
    shop = simulate(150, seed=4, days=500)
    before = shop.moment - np.timedelta64(120, "D")
    given = {"interactions": shop.interactions}
    earlier = classify(shop.as_of(before), **given)
    rows = shop.frames()["transactions"]
    late = rows["timestamp"].astype("M8[us]") > before
    watched = earlier.customer_id[::5]
    changes = late & ~np.isin(rows["customer_id"], watched)
    # all others buy ten times as often as they did, or no more
    often = {name: np.concatenate([c, *[c[changes]] * 9]) for name, c in rows.items()}
    often["timestamp"] = often["timestamp"].astype("M8[us]").copy()
    n = int(changes.sum())
    for k in range(9):
        part = slice(len(late) + k * n, len(late) + (k + 1) * n)
        often["timestamp"][part] -= np.timedelta64(1 + k, "h") * 11
    often["order_id"] = np.arange(len(often["timestamp"]))
    never = {name: column[~changes] for name, column in rows.items()}
    never["order_id"] = np.arange(len(never["timestamp"]))
    found = []
    for frame in (often, never):
        log = ci.TransactionLog.from_frame(frame)
        moves = transitions(earlier, classify(log.as_of(shop.moment), reference=earlier, **given))
        places = np.searchsorted(moves.ids.to_numpy(), watched)
        found.append([moves.moves.distance[places], moves.moves.moved[places], moves.after[places]])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_nobody_moves_in_a_table_that_is_compared_with_the_same_knowledge():
    shop = simulate(100, seed=5, days=400)
    earlier = classify(shop.as_of(shop.moment - np.timedelta64(1, "us")))
    later = classify(shop.as_of())
    found = transitions(earlier, later, inactive_after=None)
    assert found.changed == 0
    assert found.drifted + found.jumped == 0


def test_edges_are_those_of_a_loop():
    rng = np.random.default_rng(9)
    first, second = rng.random(60), rng.random(50)
    ids = CustomerIds(np.sort(rng.choice(90, 50, replace=False)))
    earlier, later = pair(first, second, ids=ids)
    found = transitions(earlier, later)
    want = dict.fromkeys([(a, b) for a in found.states for b in found.states], 0)

    def state(p):
        if max(p, 1 - p) < 0.5 or abs(2 * p - 1) < 0.1:
            return "unknown"
        return "business_partner" if p > 0.5 else "basic_exchange"

    then, now = dict(enumerate(first)), dict(zip(ids.to_numpy().tolist(), second, strict=True))
    for who in then | now:
        a = state(then[who]) if who in then else "none"
        b = state(now[who]) if who in now else "none"
        want[a, b] += 1
    for row in found.to_frame().itertuples():
        assert row.customers == want[row.before, row.after]
