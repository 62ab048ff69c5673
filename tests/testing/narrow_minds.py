"""Churn estimators that see the future, or cannot do with some logs."""

from __future__ import annotations

import threading

import numpy as np
from testing.good_estimators import Good, visible


class LearnsFromTheFuture(Good):
    def fit(self, history, /, *, horizon_days):
        later = history._log._events.rows.when > history.moment.astype(np.int64)
        return super().fit(history, horizon_days=horizon_days + later.sum())


class LooksAtWhoComesBack(Good):
    def predict(self, history, /):
        rows = history._log._events.rows
        later = rows.keys[rows.when > history.moment.astype(np.int64)]
        found = super().predict(history)
        return np.where(np.isin(history.ids.keys, later), 0.0, found)


class AsksTheLogForTheEnd(Good):
    def predict(self, history, /):
        days = (history._log.end - history.moment) / np.timedelta64(1, "D")
        return np.clip(super().predict(history) - max(np.nan_to_num(days), 0.0) / 100.0, 0.0, 1.0)


class CountsChangesFromRowToRow(Good):
    def fit(self, history, /, *, horizon_days):
        words = visible(history)["category"]
        changes = int((words[1:] != words[:-1]).sum())
        return super().fit(history, horizon_days=horizon_days + changes)


class WantsPandas(Good):
    def fit(self, history, /, *, horizon_days):
        history.to_frame().groupby("customer_id")
        return super().fit(history, horizon_days=horizon_days)


class WantsIntegers(Good):
    def predict(self, history, /):
        history.customer_id.astype(np.int64)
        return super().predict(history)


class WantsWhomItKnows(Good):
    def fit(self, history, /, *, horizon_days):
        self.known_ = {one: place for place, one in enumerate(history.customer_id)}
        return super().fit(history, horizon_days=horizon_days)

    def predict(self, history, /):
        for one in history.customer_id:
            self.known_[one]
        return super().predict(history)

    to_state = from_state = property()  # these would not know whom it knows


class WantsWordsItKnows(Good):
    def fit(self, history, /, *, horizon_days):
        self.words_ = {word: place for place, word in enumerate(visible(history)["category"])}
        return super().fit(history, horizon_days=horizon_days)

    def predict(self, history, /):
        for word in visible(history)["category"]:
            self.words_[word]
        return super().predict(history)

    to_state = from_state = property()


class WantsMoney(Good):
    def predict(self, history, /):
        spent = history.summarize().total_amount
        if np.isnan(spent).any():
            raise ValueError("the amounts are missing")
        return super().predict(history)


class Standardises(Good):
    def predict(self, history, /):
        found = super().predict(history)
        if not len(found):
            return found
        with np.errstate(invalid="ignore"):
            return np.clip(0.5 + (found - found.mean()) / (4.0 * found.std()), 0.0, 1.0)


class WantsSomebody(Good):
    def predict(self, history, /):
        found = super().predict(history)
        return np.minimum(found, found.max())


class FitsOneToNothing(Good):
    def fit(self, history, /, *, horizon_days):
        if history.n_customers == 1:
            self.scale_ = np.nan
            return self
        return super().fit(history, horizon_days=horizon_days)


class SaysNothing(Good):
    def fit(self, history, /, *, horizon_days):
        if not history.n_customers:
            raise ValueError
        return super().fit(history, horizon_days=horizon_days)


class Hangs(Good):
    #: Set when a test is over, so that no thread outlives it.
    let_go = threading.Event()

    def fit(self, history, /, *, horizon_days):
        if not history.n_customers:
            self.let_go.wait(60.0)
        return super().fit(history, horizon_days=horizon_days)
