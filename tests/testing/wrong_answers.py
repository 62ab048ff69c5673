"""Churn estimators whose members or predictions are not what they should be."""

from __future__ import annotations

import numpy as np
from testing.good_estimators import Good


class NewerProtocol(Good):
    api_version = 99


class ReturnsNothing(Good):
    def fit(self, history, /, *, horizon_days):
        super().fit(history, horizon_days=horizon_days)


class AnswersUnfitted(Good):
    scale_ = 7.0


class OneTooFew(Good):
    def predict(self, history, /):
        found = super().predict(history)
        return found[:-1] if len(found) > 200 else found


class ColumnOfNumbers(Good):
    def predict(self, history, /):
        found = super().predict(history)
        return found[:, None] if len(found) > 200 else found


class Objects(Good):
    def predict(self, history, /):
        return super().predict(history).astype(object)


class Gaps(Good):
    def predict(self, history, /):
        found = super().predict(history)
        often = history.summarize().frequency > 9
        return np.where(often, np.nan, found) if len(found) > 200 else found


class Scores(Good):
    def predict(self, history, /):
        found = super().predict(history)
        return found * 100.0 if len(found) > 200 else found


class UpsideDown(Good):
    def predict(self, history, /):
        return super().predict(history)[::-1]


class HandsOutItsOwn(Good):
    def predict(self, history, /):
        memo = self.__dict__.get("memo_", (None, None))
        if memo[0] is not history:
            memo = self.memo_ = (history, super().predict(history))
        return memo[1]


class TheLongerTheWorse(Good):
    def fit(self, history, /, *, horizon_days):
        return super().fit(history, horizon_days=9000.0 / horizon_days)


class ExplainsTooLittle(Good):
    def contributions(self, history, /):
        return {name: values[:-1] for name, values in super().contributions(history).items()}


class ExplainsWithoutNames(Good):
    def contributions(self, history, /):
        return list(super().contributions(history).values())


class ExplainsByNothing(Good):
    def contributions(self, history, /):
        return {"silence": np.full(history.n_customers, np.nan)}
