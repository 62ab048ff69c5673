"""Fitting and predicting churn for a million customers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from churn_logs import million

import customerintel as ci


def fit_and_predict(name: str, columns: dict[str, Any]) -> Any:
    """Validate the log, fit and predict a thousand days after its start."""
    log = ci.TransactionLog.from_frame(columns)
    history = log.as_of("2017-09-26")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of boundaries of single models
        return ci.churn.get(name).fit(history, horizon="90d").predict(history)


NAMES = ("recency", "bgnbd", "paretonbd", "mbgcnbd", "hazard", "gbm", "auto")
CHURN_TASKS: dict[str, dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]]] = {
    "churn": {name: (million, partial(fit_and_predict, name)) for name in NAMES},
}
