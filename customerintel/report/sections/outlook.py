"""Churn outlook: who is expected to buy nothing in the time to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from customerintel.audit.small_cells import hidden_cells
from customerintel.exceptions import InvalidArgumentError
from customerintel.report.charts import chart
from customerintel.report.drawing import columns
from customerintel.report.markup import Card, cards, figures, long_table, note, subhead
from customerintel.report.material import FEW, Material
from customerintel.report.numbers import GAP, MISSING, SMALL, count, money, percent
from customerintel.report.page import Section
from customerintel.report.small_groups import hidden_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from customerintel.tables import History

    Floats = NDArray[np.float64]

__all__ = ["section"]

TITLE, SHORT = "Who is leaving", "Churn outlook"
#: Customers and days below which nothing is learned from the past.
CUSTOMERS, DAYS = 50, 90
#: Customers of whom the method is tested on the past, too, which takes as long again.
TESTED = 100_000
#: Days ahead, by the length of the log.
HORIZONS = ((270, 90), (0, 30))


def section(material: Material) -> Section | None:
    """Make the section."""
    asked = material.options.churn
    if asked is False:
        return None
    horizon = next(length for least, length in HORIZONS if material.n_days >= least)
    why = _why_not(material)
    found = None
    if not why:
        found, why = material.attempt(lambda: _chances(material.history, horizon))
    if found is None:
        if asked is True:
            raise InvalidArgumentError(f"churn=True, and the log does not allow it: {why}")
        return Section("outlook", TITLE, SHORT, f"There is no outlook on churn: {why}")
    finding = (
        f"{percent(found.mean())} of the {count(len(found))} customers are expected to buy nothing "
        f"in the next {horizon} days."
    )
    body = cards(_numbers(material, found, horizon)) + figures([_spread(found, horizon)])
    body += _check(material, horizon) + _by_segment(material, found)
    body += note(
        "The chances are learned from what customers like these did in earlier periods of the "
        "same length. They are right on average and for groups, not for every customer. Many who "
        "are expected to buy nothing left long ago."
    )
    return Section("outlook", TITLE, SHORT, finding, body, finding)


def _why_not(material: Material) -> str:
    if len(material.summary) < CUSTOMERS:
        return f"it needs {CUSTOMERS} customers, and there are {count(len(material.summary))}."
    if material.n_days < DAYS:
        return f"it needs {DAYS} days of purchases, and there are {count(material.n_days)}."
    return ""


def _chances(history: History, horizon: int) -> Floats:
    from customerintel.churn.lookup import get

    fitted = get("auto").fit(history, horizon=f"{horizon}d")
    found: Floats = fitted.predict(history).probability
    return found


def _numbers(material: Material, chances: Floats, horizon: int) -> list[Card]:
    lately = material.summary.time_since_last < 2 * horizon
    doubtful = lately & (chances > 0.5)
    n = int(doubtful.sum())
    made = [
        Card(
            f"Expected to buy, next {horizon} days",
            count(float(np.sum(1.0 - chances))),
            f"{percent(1.0 - chances.mean())} of all customers",
        ),
        Card(
            "Here lately, likely to stay away",
            count(n, least=FEW),
            f"bought in the last {2 * horizon} days, chance above 50{GAP}%",
        ),
    ]
    if material.has_amounts and n >= FEW:
        spent = float(material.summary.total_amount[doubtful].sum())
        made.append(Card("They have spent", money(spent, material.options.currency), "net, so far"))
    return made


def _spread(chances: Floats, horizon: int) -> str:
    edges = np.linspace(0.0, 1.0, 11)
    sizes = np.histogram(chances, edges)[0]
    hidden = hidden_cells(sizes, FEW)
    labels = [f"{10 * k} to {10 * k + 10}" for k in range(10)]
    texts = [
        (SMALL if n < FEW else MISSING) if few else count(n)
        for n, few in zip(sizes, hidden, strict=True)
    ]
    sure = float(np.mean(chances > 0.8))
    return chart(
        "churn",
        columns([str(10 * k) for k in range(10)], np.where(hidden, 0.0, sizes), kind="count"),
        title=f"Chance to buy nothing in {horizon} days",
        says=f"Customers by their chance in per cent; {percent(sure)} are above 80{GAP}%.",
        head=["Chance in per cent", "Customers"],
        rows=[[label, text] for label, text in zip(labels, texts, strict=True)],
    )  # fmt: skip


def _check(material: Material, horizon: int) -> str:
    """Foresee the time that has just passed, and say what came of it."""
    moment = np.datetime64(material.last_day) - horizon
    past = material.history.as_of(moment)
    if len(material.history.ids) > TESTED:
        return ""
    if len(past.ids) < CUSTOMERS or material.n_days < 3 * horizon:
        return note("The log is too short to test this on a time that has passed.")
    chances, why = material.attempt(lambda: _chances(past, horizon))
    if chances is None:
        return note(f"It could not be tested on a time that has passed: {why}")
    # customers of the past are customers of today, in the same order of ids
    known = np.isin(material.history.ids.keys, past.ids.keys, assume_unique=True)
    silent = float(np.mean(material.summary.time_since_last[known] >= horizon))
    return note(
        f"Tested on the last {horizon} days: {percent(silent)} of the customers of then bought "
        f"nothing, where the same method would have expected {percent(chances.mean())}: "
        f"{_verdict(float(chances.mean()), silent, len(chances))}."
    )


def _verdict(expected: float, real: float, n: int) -> str:
    """Say whether the outlook was right but for chance."""
    chance = 2.0 * np.sqrt(max(real * (1.0 - real), 1e-4) / n)
    if abs(expected - real) <= max(chance, 0.02):
        return "the outlook was about right"
    return f"the outlook was rather too {'dark' if expected > real else 'bright'}"


def _by_segment(material: Material, chances: Floats) -> str:
    rfm, _ = material.attempt(lambda: material.rfm)
    if rfm is None or rfm.scheme is None or len(rfm) != len(chances):
        return ""
    names = rfm.scheme.segments
    sizes = np.bincount(rfm.segment_code, minlength=len(names))
    sums = np.bincount(rfm.segment_code, chances, len(names))
    hidden = hidden_groups(sizes)
    rows = [
        [
            name,
            (SMALL if n < FEW else MISSING) if few else count(n),
            MISSING if few or not n else percent(total / n),
            MISSING if few else count(n - total),
        ]
        for name, n, total, few in zip(names, sizes, sums, hidden, strict=True)
    ]
    return subhead("By segment") + long_table(
        ["Segment", "Customers", "Mean chance to buy nothing", "Expected to buy"], rows,
        title="Churn outlook by segment",
    )  # fmt: skip
