"""The list of the week: who comes first, what to do first and what never."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.gap_shops import MONTHLY, WEEKLY, log_of, mails, shop
from relationships.hand_made import history_of, sure_of

from customerintel.exceptions import DataQualityWarning
from customerintel.relationships.type_registry import TypeRegistry, types

LISTED = [
    "customer_id", "action", "wanted", "observed", "treated_as", "reason", "first_step", "avoid",
    "open_complaints", "do_not_contact",
]  # fmt: skip


def week_of(spent=(1, 2, 3, 4, 5, 6, 7)):
    """Return what to do about six customers who want different things."""
    history = history_of([(who, "2024-01-05", float(spent[who - 1])) for who in range(1, 8)])
    rows = [*mails(1, WEEKLY), *mails(2, MONTHLY), *mails(3, MONTHLY[::4]), *mails(4, MONTHLY)]
    rows += [*mails(5, MONTHLY), *mails(6, WEEKLY)]
    rows += [(who, "2024-11-01", "complaint", "inbound", "email", None) for who in (2, 4, 4)]
    rows += [(4, "2024-11-02", "opt_out", "inbound", one, None) for one in ("sms", "email")]
    rows.append((1, "2024-11-02", "opt_out", "inbound", None, None))
    columns = {
        "satisfaction": [np.nan] * 5 + [0.1, np.nan], "lock_in": [0.0] * 4 + [1.0, 0.0, 0.0],
        "powerlessness": [np.nan] * 4 + [0.9, np.nan, np.nan],
    }  # fmt: skip
    wishes = ["basic_exchange", "buddy", "best_friend", "fling", "buddy", "buddy", None]
    log = log_of(rows, resolved_at=[None] * (len(rows) - 1) + ["2024-11-03"])
    return sure_of(
        ["buddy"] * 7, history=history, interactions=log, desired=wishes, columns=columns
    ).gaps()


def test_the_list_of_the_week_begins_with_what_is_urgent_then_goes_by_the_gap():
    found = week_of()
    frame = found.actions()
    assert list(frame) == LISTED
    order = {"repair": 0, "release": 1}
    width = dict(zip(found.customer_id.tolist(), found.gap.tolist(), strict=True))
    keys = [
        (order.get(row.action, 2), -width[row.customer_id], row.customer_id)
        for row in frame.itertuples()
    ]
    assert keys == sorted(keys)
    assert frame["action"].tolist()[:4] == ["repair"] * 3 + ["release"]
    assert sorted(frame["customer_id"].tolist()[:3]) == [2, 4, 6]
    assert sorted(frame["customer_id"]) == [1, 2, 3, 4, 5, 6]


def test_the_list_says_what_to_do_first_and_what_never():
    frame = week_of().actions().set_index("customer_id")
    core = types("core")
    for who in (2, 4):
        assert frame.loc[who, "first_step"] == "Settle the open complaint first, and say so."
    assert frame.loc[4, "open_complaints"] == 2
    assert frame.loc[4, "reason"] == "open complaints: 2"
    # nothing is open, and still something is wrong
    assert frame.loc[6, "first_step"] == "Ask what went wrong, and put it right."
    assert frame.loc[6, "reason"] == "the relationship is a bad one (satisfaction 0.10)"
    assert frame.loc[5, "first_step"] == "Show the way out, freely."
    for who in (1, 3):
        assert frame.loc[who, "first_step"] == core[frame.loc[who, "wanted"]].do[0]
        assert frame.loc[who, "open_complaints"] == 0
    for row in frame.itertuples():
        assert row.avoid == core[row.wanted].dont[0]
    assert frame["do_not_contact"].to_dict() == {
        1: "marketing", 2: "", 3: "", 4: "email, sms", 5: "", 6: "",
    }  # fmt: skip
    whole = week_of().to_frame().set_index("customer_id")
    for who in frame.index:
        assert frame.loc[who, "treated_as"] == whole.loc[who, "delivered"]
        assert whole.loc[who, "reason"].startswith(frame.loc[who, "reason"])


def test_an_explanation_begins_with_the_same_step_as_the_list():
    found = week_of()
    for row in found.actions().itertuples():
        lines = found.explain(row.customer_id).split("\n")
        assert lines[1].startswith(f"Action: {row.action}, because ")
        assert lines[2] == f"First step: {row.first_step}"
        # what comes first is not said twice, and nothing of the rules is left out
        then = next(line for line in lines if line.startswith("Then: "))
        assert row.first_step not in then
        for rule in types("core")[row.wanted].do:
            assert rule in then or rule == row.first_step


def test_spend_has_no_say_in_the_list_and_n_takes_its_top():
    frame = week_of().actions()
    assert week_of(spent=(900, 7, 80, 1, 3, 2, 5)).actions().equals(frame)
    for n in (1, 4, 99):
        top = week_of().actions(n)
        for name in LISTED:
            assert top[name].tolist() == frame[name].tolist()[:n]


def test_types_without_rules_are_listed_without_a_step():
    acme = [
        {"key": key, "definition": "So.", "coarse": "one", "do": do,
         "prototype": {"valence": level, "intensity": level, "socio_emotional": level}}
        for key, level, do in (("near", 0.9, []), ("far", 0.1, ["Wait."]))
    ]  # fmt: skip
    registry = TypeRegistry("acme", 1, acme)
    table = shop(
        mails(1, WEEKLY), keys=("near",) * 4, registry=registry, desired=["near", "far", "near"]
    )
    frame = table.gaps().actions().set_index("customer_id").sort_index()
    assert frame["first_step"].tolist() == ["", "Wait.", ""]
    assert frame["avoid"].tolist() == [""] * 3


def test_those_of_whom_nothing_is_known_come_last_by_id():
    table = shop(mails(2, MONTHLY), desired=["buddy"] * 4)
    found = table.gaps()
    blank = found.customer_id[np.isnan(found.gap)].tolist()
    assert len(blank) >= 2
    frame = found.actions()
    assert frame["customer_id"].tolist()[-len(blank) :] == blank
    assert set(frame["action"].tolist()[-len(blank) :]) == {"unknown"}


def test_without_wishes_the_list_is_empty_and_has_its_columns():
    with pytest.warns(DataQualityWarning, match="No customer of the table"):
        found = shop(mails(1, WEEKLY)).gaps()
    for n in (None, 3):
        frame = found.actions(n)
        assert list(frame) == LISTED
        assert len(frame) == 0
