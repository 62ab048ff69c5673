"""The CDNOW log: found without importing its package, read with the published totals."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

from customerintel.cli import cdnow
from customerintel.exceptions import MissingDependencyError


def test_the_log_has_the_published_size():
    """6,919 transactions of 2,357 customers (Fader, Hardie and Lee 2005, section 5)."""
    log = cdnow.read(cdnow.locate())
    assert {name: column.dtype.str[1:] for name, column in log.items()} == {
        "customer_id": "i8",
        "timestamp": "M8[D]",
        "amount": "f8",
    }
    assert len(log["amount"]) == 6_919
    assert np.array_equal(np.unique(log["customer_id"]), np.arange(1, 2_358))
    assert log["timestamp"].min() == np.datetime64("1997-01-01")
    assert log["timestamp"].max() == np.datetime64("1998-06-30")


def test_first_rows_are_those_of_the_file():
    log = cdnow.read(cdnow.locate())
    days = ["1997-01-01", "1997-01-18", "1997-08-02", "1997-12-12"]
    assert log["timestamp"][:4].astype(str).tolist() == days
    assert log["amount"][:4].tolist() == [29.33, 29.73, 14.96, 26.48]


def test_every_day_of_the_calendar_is_read_as_itself():
    days = np.arange("1996-01-01", "2001-01-01", dtype="datetime64[D]")
    digits = np.array([int(str(day).replace("-", "")) for day in days])
    assert np.array_equal(cdnow._days(digits), days)


def test_lifetimes_is_not_imported():
    sys.modules.pop("lifetimes", None)
    cdnow.read(cdnow.locate())
    assert "lifetimes" not in sys.modules


def test_without_the_package_the_pip_line_is_given(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'customerintel\[demo\]'"):
        cdnow.locate()


def test_a_package_without_the_file_is_as_good_as_none(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location(
        "lifetimes", tmp_path / "__init__.py", submodule_search_locations=[str(tmp_path)]
    )
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(MissingDependencyError, match="not installed"):
        cdnow.locate()
