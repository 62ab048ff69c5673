"""Pictures without a screen, closed after each test."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

import customerintel as ci
from customerintel import models
from customerintel.cli import cdnow


@pytest.fixture(autouse=True)
def headless(monkeypatch):
    """No window, and no figure that is left over."""
    plt.switch_backend("agg")
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("a picture was shown"))
    before = mpl.rcParams.copy()
    yield
    plt.close("all")
    assert mpl.rcParams == before


@pytest.fixture(scope="session")
def cdnow_log():
    return ci.TransactionLog.from_frame(cdnow.read(cdnow.locate()))


@pytest.fixture(scope="session")
def cdnow_summary(cdnow_log):
    return ci.summarize(cdnow_log, as_of="1997-09-30", unit="week")


@pytest.fixture(scope="session")
def bg_nbd():
    """BTYD walkthrough, section 4: BG/NBD of the CDNOW sample."""
    params = {"r": 0.2425967, "alpha": 4.413659, "a": 0.7929869, "b": 2.426164}
    return models.BetaGeoNBD.from_params(params, unit="week")


@pytest.fixture(scope="session")
def pareto_nbd():
    """BTYD walkthrough, section 3: Pareto/NBD of the CDNOW sample."""
    params = {"r": 0.55339714, "alpha": 10.58019854, "s": 0.6060625, "beta": 11.65622367}
    return models.ParetoNBD.from_params(params, unit="week")


@pytest.fixture(scope="session")
def bg_bb():
    """Fader, Hardie and Shang (2010), section 4."""
    params = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    return models.BetaGeoBetaBinomial.from_params(params, unit="month")
