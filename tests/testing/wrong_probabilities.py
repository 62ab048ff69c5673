"""Relationship classifiers whose members or probabilities are not what they should be."""

from __future__ import annotations

import numpy as np
from testing.good_classifiers import Good, whole


class NewerProtocol(Good):
    api_version = 99


class TurnsItsLabels(Good):
    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        self.labels = (*self.labels[1:], self.labels[0])
        return found


class ForgetsALabel(Good):
    def adapt(self, signals, /):
        made = super().adapt(signals)
        made.labels = list(made.labels)
        return made


class OneTooFew(Good):
    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        return found[:-1] if len(found) > 100 and whole(signals).any() else found


class Objects(Good):
    def predict_proba(self, signals, /):
        return super().predict_proba(signals).astype(object)


class ByRow(Good):
    """What is wrong is wrong in the rows of customers of whom much is known."""

    @staticmethod
    def spoil(p):
        return p

    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        odd = whole(signals) & (len(found) > 1)
        return np.where(odd[:, None], self.spoil(found), found)


class Scores(ByRow):
    spoil = staticmethod(lambda p: 4.0 * p - 1.0)


class LeavesSomeOver(ByRow):
    spoil = staticmethod(lambda p: 0.9 * p)


class Gaps(ByRow):
    spoil = staticmethod(lambda p: np.where(p == p.max(axis=1, keepdims=True), np.nan, p))


class HandsOutItsOwn(Good):
    def predict_proba(self, signals, /):
        memo = self.__dict__.get("memo_", (None, None))
        if memo[0] is not signals:
            memo = self.memo_ = (signals, super().predict_proba(signals))
        return memo[1]

    def adapt(self, signals, /):
        self.memo_ = (None, None)
        return super().adapt(signals)
