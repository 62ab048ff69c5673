"""Lines of orders that count as purchases are told of, wherever somebody looks."""

from __future__ import annotations

import numpy as np
import pytest

import customerintel as ci
from customerintel import report
from customerintel.report.shared_moments import lines_as_purchases

RNG = np.random.default_rng(4)
START = np.datetime64("2023-01-01T09:00", "us")


def lined(n: int = 300, lines: int = 3, step: str = "m", **more):
    """Orders of several lines, each with the moment of its order."""
    who = np.repeat(RNG.integers(0, 60, n), lines)
    size = 300 * (1440 if step == "m" else 1)
    when = START + np.repeat(RNG.permutation(size)[:n], lines).astype(f"m8[{step}]")
    table = {"customer_id": who, "timestamp": when, "amount": np.ones(n * lines)}
    more = {name: make(n, lines) for name, make in more.items()}
    return ci.TransactionLog.from_frame(table | more)


def shares(log, moment: str = "2024-06-01") -> str:
    return lines_as_purchases(log.as_of(moment))


def test_lines_of_orders_are_seen_and_counted():
    said = shares(lined())
    assert said.startswith("Every row counts as a purchase, and 100\u00a0% of the rows have")
    assert "the customer and the moment of another" in said
    assert "Give the column of the order number" in said
    assert "the customer and the day of another" in shares(lined(n=200, step="D"))


def test_order_numbers_and_single_rows_are_no_lines():
    assert shares(lined(order_id=lambda n, lines: np.repeat(np.arange(n), lines))) == ""
    assert shares(lined(n=900, lines=1)) == ""


@pytest.mark.parametrize(("pairs", "told"), [(40, False), (60, True)])
def test_a_tenth_of_the_rows_is_enough(pairs, told):
    n = 1_000
    when = START + np.arange(n).astype("m8[h]")
    who = np.arange(n) % 50
    when[1 : 2 * pairs : 2], who[1 : 2 * pairs : 2] = when[: 2 * pairs : 2], who[: 2 * pairs : 2]
    log = ci.TransactionLog.from_frame({"customer_id": who, "timestamp": when})
    assert bool(shares(log)) is told


def test_other_customers_returns_and_later_rows_do_not_count():
    n = 400
    when = np.repeat(START + np.arange(n // 2).astype("m8[h]"), 2)
    table = {"customer_id": np.arange(n) % 2, "timestamp": when, "amount": np.ones(n)}
    assert shares(ci.TransactionLog.from_frame(table)) == ""
    table["customer_id"] = np.ones(n, int)
    assert shares(ci.TransactionLog.from_frame(table)) != ""
    table["amount"] = np.tile([5.0, -1.0], n // 2)
    assert shares(ci.TransactionLog.from_frame(table)) == ""
    table = {
        "customer_id": np.ones(22, int),
        "timestamp": START + np.r_[np.arange(20), 240, 240].astype("m8[h]"),
    }
    log = ci.TransactionLog.from_frame(table)
    assert lines_as_purchases(log.as_of("2023-01-05")) == ""


def test_the_page_says_it_first_and_with_the_quality_of_the_data():
    page = report.build(lined(), churn=False, value=False)
    stands = page.html[page.html.index("What stands out") :]
    assert stands[: stands.index("</li>")].endswith('<a href="#data_quality">More</a>')
    assert "Every row counts as a purchase" in stands[: stands.index("</li>")]
    quality = page.html[page.html.index('<section id="data_quality"') :]
    assert "they look like lines of one order" in quality[: quality.index("</p>")]
    assert [one.section for one in page.notes if "lines of one order" in one.text] == [
        "data_quality"
    ]
