"""Results that nobody can write to, and logs at the ends of what floats and dates can hold."""

from __future__ import annotations

import dataclasses
import functools
import tracemalloc
import warnings

import numpy as np
import pytest

import customerintel as ci
from customerintel.audit.lens_four import lens_four
from customerintel.exceptions import (
    CustomerIntelError,
    CustomerIntelWarning,
    InvalidArgumentError,
)


def writable(value, path=""):
    """Name the arrays of a result, of its parts and of its properties that can be written to."""
    if isinstance(value, np.ndarray):
        return [path] if value.size and value.flags.writeable else []
    if isinstance(value, tuple):
        return [one for k, part in enumerate(value) for one in writable(part, f"{path}[{k}]")]
    room = type(value).__module__
    if not dataclasses.is_dataclass(value) or not room.startswith("customerintel.audit"):
        return []
    names = [field.name for field in dataclasses.fields(value)]
    names += [
        name
        for name in dir(type(value))
        if not name.startswith("_")
        and isinstance(getattr(type(value), name), property | functools.cached_property)
    ]
    return [
        one
        for name in names
        if name not in ("core", "history", "periods")
        for one in writable(getattr(value, name), f"{path}.{name}")
    ]


@pytest.fixture(scope="module")
def library():
    return ci.audit.simulate_library(300, seed=2)


def test_no_array_of_a_lens_can_be_written_to(library):
    audit = ci.audit.five_lenses(library.log, margin=0.3)
    for number in range(1, 6):
        assert writable(audit.lens(number)) == []
    with pytest.raises(ValueError, match="read-only"):
        audit.lens(1).orders.spend_share[0] = 1.0


def test_no_array_of_a_resilience_can_be_written_to(library):
    core = ci.audit.core_customers(library.as_of(), n_boot=40)
    found = core.resilience(library.log, formats="channel", n_boot=40)
    assert writable(found) == []
    for part, name in (("stress", "StressTests"), ("survival", "CoreSurvival")):
        assert repr(getattr(found, part)).startswith(f"{name}(")
        assert "array" not in repr(getattr(found, part))
        assert getattr(found, part)._repr_html_().startswith("<table>")


def amounts(rng, size):
    yield "large", rng.random(size) * 1e300
    yield "largest", np.full(size, 1.7e308)
    yield "small", rng.random(size) * 1e-310
    yield "both", 10.0 ** rng.uniform(-300, 300, size)


def log_of(values):
    rng = np.random.default_rng(0)
    days = np.datetime64("2022-01-01") + np.arange(len(values)) % 800
    who = rng.integers(0, 80, len(values))
    return ci.TransactionLog.from_frame(
        {"customer_id": who, "timestamp": days, "amount": values, "cost": values / 2.0}
    )


@pytest.mark.parametrize(
    "values", [pytest.param(v, id=n) for n, v in amounts(np.random.default_rng(0), 800)]
)
def test_amounts_at_the_ends_of_all_floats_warn_of_nothing_foreign(values):
    log = log_of(values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", CustomerIntelWarning)
        audit = ci.audit.five_lenses(log, as_of="2024-06-01", period="quarter")
        for number in range(1, 6):
            lens = audit.lens(number)
            assert repr(lens)
            for part in lens.parts:
                lens.to_frame(part)
        table = ci.audit.cohort_table(log, as_of="2024-06-01", period="quarter")
        for name in ("average_order_value", "cumulative_spend_per_customer"):
            assert table.same_age(name).to_frame("mean")
        core = ci.audit.core_customers(log.as_of("2024-03-10"), n_boot=40)
        by_spend = dataclasses.replace(core, by="spend")
        for one in (core, by_spend):
            measure = functools.partial(
                one.resilience, log, n_boot=40, n_simulations=500, period="380d"
            )
            if values[0] == 1.7e308:
                with pytest.raises(InvalidArgumentError, match="more than floats can hold"):
                    measure()
                continue
            found = measure()
            assert found.compared
            for part in found.parts:
                found.to_frame(part)
        ci.audit.profile(log.as_of("2024-06-01"), of=range(30), behaviour=["total_amount"])


def test_a_row_of_long_ago_costs_no_room_for_the_days_since():
    rng = np.random.default_rng(0)
    days = np.datetime64("2020-01-01") + rng.integers(0, 1_800, 4_000)
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": np.append(rng.integers(0, 900, 4_000), 9_999),
            "timestamp": np.append(days, np.datetime64("1900-01-01")),
        }
    )
    history = log.as_of("2024-12-31")
    cells = ci.audit.cells_of(history, ci.audit.read_periods(history, "quarter"))
    assert len(cells.periods) >= 499
    lens_four(cells)
    tracemalloc.start()
    try:
        lens = lens_four(cells)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # 500 cohorts by 45,000 days of 8 bytes are 180 MB, several times over
    assert peak < 60e6
    assert lens.second_within[0].tolist() == [0.0] * 7
    assert np.isnan(lens.median_days_to_second[0])


def test_a_result_of_odd_input_is_refused_in_words():
    with pytest.raises(CustomerIntelError):
        ci.audit.five_lenses(log_of(np.ones(5)), as_of="2024-06-01", cohort=True).lens(3)
