"""The five lenses together: one call, cells counted once, tables of the caller's kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from audit import lens_shop

import customerintel as ci
from customerintel.audit import lenses
from customerintel.audit.lenses import five_lenses


@pytest.fixture(scope="module")
def audit():
    return five_lenses(lens_shop.log(), as_of="2011-06-30", period="month")


def test_all_five_are_there(audit):
    names = [type(audit.lens(k)).__name__ for k in range(1, 6)]
    assert names == ["LensOne", "LensTwo", "LensThree", "LensFour", "LensFive"]
    for k in range(1, 6):
        lens = audit.lens(k)
        assert audit.lens(k) is lens
        assert len(audit.to_frame(k)) > 0
        for part in lens.parts:
            assert audit.to_frame(k, part) is not None


def test_what_it_says_of_itself(audit):
    assert audit.moment == np.datetime64("2011-06-30T23:59:59.999999")
    assert audit.history.moment == audit.moment
    assert audit.periods.name == "month"
    assert audit.level == 0.95
    assert repr(audit) == (
        f"Audit(moment=2011-06-30T23:59:59.999999, customers={len(audit.history.ids)}, "
        "period=month, periods=6, complete=6)"
    )
    assert "How healthy is the customer base?" in audit._repr_html_()


def test_cells_are_counted_once_and_only_when_they_are_needed(monkeypatch):
    calls = []

    def counted(*args):
        calls.append(args)
        return cells_of(*args)

    cells_of = lenses.cells_of
    monkeypatch.setattr(lenses, "cells_of", counted)
    found = five_lenses(lens_shop.log(), period="month", margin=False)
    assert calls == []
    for k in range(1, 6):
        found.lens(k)
    assert len(calls) == 1


def test_it_cannot_be_changed(audit):
    with pytest.raises(AttributeError, match="cannot be changed"):
        audit.margin = 0.5


def test_a_history_and_its_log_say_the_same(audit):
    log = lens_shop.log()
    for given, as_of in ((log.as_of("2011-06-30"), None), (log.as_of("2011-07-31"), "2011-06-30")):
        other = five_lenses(given, as_of=as_of, period="month")
        np.testing.assert_array_equal(other.lens(1).deciles.spend, audit.lens(1).deciles.spend)


def test_nothing_after_the_moment_is_seen():
    table = lens_shop.rows()
    early = table[table.timestamp <= "2011-04-30"]
    one, other = (
        five_lenses(lens_shop.log(rows), as_of="2011-04-30", period="month", align="calendar")
        for rows in (table, early)
    )
    for k in (1, 2):
        np.testing.assert_array_equal(one.lens(k).figures.value, other.lens(k).figures.value)


def test_order_of_rows_and_scale_of_money_do_not_matter(audit):
    table = lens_shop.rows().sample(frac=1.0, random_state=1)
    table = table.assign(amount=table.amount * 100, cost=table.cost * 100)
    other = five_lenses(lens_shop.log(table), as_of="2011-06-30", period="month")
    one, two = audit.lens(1), audit.lens(2)
    np.testing.assert_allclose(other.lens(1).deciles.spend, one.deciles.spend * 100)
    np.testing.assert_allclose(other.lens(1).split.share, one.split.share)
    np.testing.assert_allclose(other.lens(2).bridge.amount, two.bridge.amount * 100)
    np.testing.assert_array_equal(other.lens(2).transition.counts, two.transition.counts)


def test_tables_are_of_the_kind_of_the_log():
    table = lens_shop.rows().drop(columns="month")
    for made, kind in (
        (table, pd.DataFrame),
        (pl.from_pandas(table), pl.DataFrame),
        ({name: table[name].to_numpy() for name in table}, dict),
    ):
        log = ci.TransactionLog.from_frame(made)
        found = five_lenses(log, as_of="2011-06-30", period="month")
        for k in (1, 2):
            for part in found.lens(k).parts:
                assert isinstance(found.to_frame(k, part), kind)


def test_a_latest_calendar_period_that_goes_on_is_left_out():
    found = five_lenses(lens_shop.log(), as_of="2011-06-14", period="month", align="calendar")
    assert found.lens(1).label == "2011-05"
    assert found.lens(2).labels == ("2011-04", "2011-05")
    # customers who came in June are not known in May
    rows = lens_shop.rows()
    known = rows[rows.timestamp <= "2011-05-31"].customer_id.nunique()
    assert found.lens(1).figures["customers_known"] == known


def test_the_end_of_the_log_s_last_day_is_the_moment():
    log = lens_shop.log()
    last = log.end.astype("M8[D]")
    assert five_lenses(log, period="month").moment == log.as_of(last).moment > log.end
