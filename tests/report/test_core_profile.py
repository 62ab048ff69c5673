"""What sets the core apart, from a table of customers without places."""

from __future__ import annotations

import numpy as np
import pytest
from report.report_logs import shop

from customerintel.audit.core_set import core_customers
from customerintel.audit.group_profile import profile
from customerintel.report.core_profile import core_profile
from customerintel.report.material import Material, Options


def told(customers, **more):
    history = shop().as_of("2024-02-05")
    named = dict.fromkeys(Options.__annotations__)
    options = Options(**{**named, "customers": customers, "core_share": 0.2, **more})
    core = core_customers(history, share=0.2)
    return core_profile(core, Material(history, options)), core, history


@pytest.fixture(scope="module")
def people():
    history = shop().as_of("2024-02-05")
    core = np.isin(history.customer_id, core_customers(history, share=0.2).customer_id)
    rng = np.random.default_rng(1)
    plan = np.where(rng.random(len(core)) < np.where(core, 0.8, 0.3), "gold", "basic")
    plan[np.flatnonzero(core)[:3]] = "rare"
    return {
        "customer_id": history.customer_id,
        "age": rng.normal(40 + 8 * core, 6).round(),
        "plan": plan,
        "shoe": rng.integers(36, 46, len(core)),
    }


def test_traits_are_told_with_their_effects(people):
    html, core, history = told(people)
    found = profile(history, customers=people, of=core.customer_id)
    at = found.numeric.trait.index("age")
    assert f"<td>{found.numeric.mean_group[at]:.1f}</td>" in html
    assert f"<td>{found.numeric.mean_rest[at]:.1f}</td>" in html
    assert 'class="w">medium<' in html or 'class="w">large<' in html
    assert "plan: gold" in html
    assert "shoe" not in html
    assert "rare" not in html


def test_chance_is_said_to_be_chance(people):
    html, *_ = told({name: people[name] for name in ("customer_id", "shoe")})
    assert "No trait of the 1 in the table differs between the core" in html
    assert "<table" not in html


def test_places_and_no_table_leave_it_out(people):
    assert told(None)[0] == ""
    assert told(people, population={"segment": ["a"], "population": [1]})[0] == ""


def test_a_table_of_nothing_but_ids_is_told_of(people):
    html, *_ = told({"customer_id": people["customer_id"]})
    assert "has no column that could tell" in html
    wrong = {"customer_id": [1, 1], "age": [3, 4]}
    assert "The core cannot be compared" in told(wrong)[0]
