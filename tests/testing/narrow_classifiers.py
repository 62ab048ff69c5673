"""Relationship classifiers that cannot do with some customers, or look at others."""

from __future__ import annotations

import numpy as np
from testing.good_classifiers import LABELS, Good


class GoesByThePlace(Good):
    def scores(self, signals):
        return super().scores(signals) + (np.arange(len(signals)) % 2)[:, None] * [1.0, 0.0, 0.0]


class Standardises(Good):
    adapt = property()

    def scores(self, signals):
        z = super().scores(signals)
        return z if len(z) < 2 else z - z.mean(axis=0) + [0.0, 1.0, 0.0]


class WantsTalk(Good):
    def predict_proba(self, signals, /):
        if "interactions" not in signals.sources:
            raise ValueError("the interactions are missing")
        return super().predict_proba(signals)


class DividesByWhatIsKnown(Good):
    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        return np.nan_to_num(found, nan=0.0)


class WantsWordsItKnows(Good):
    def predict_proba(self, signals, /):
        for word in signals.stated:
            if word is not None:
                LABELS.index(word)
        return super().predict_proba(signals)


class WantsIntegers(Good):
    def predict_proba(self, signals, /):
        signals.customer_id.astype(np.int64)
        return super().predict_proba(signals)


class Squeezes(Good):
    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        return found[0] if len(found) == 1 else found


class WantsSomebody(Good):
    def predict_proba(self, signals, /):
        found = super().predict_proba(signals)
        return np.minimum(found, np.nanmax(found) if found.size else found.max())
