"""Relationship classifiers that remember, share or change what they should not."""

from __future__ import annotations

import copy
import os
import random
import sys
import time
import warnings

import numpy as np
from testing.good_classifiers import Good, Plain


class IgnoresItsSeed(Good):
    def fit(self, signals, labels, /):
        super().fit(signals, labels)
        # read, and not drawn: so the global state stays what it was
        self.scale_ += int(np.random.get_state()[1][7] % 1000) / 1000.0  # noqa: NPY002
        return self


class HasNoSeed(Plain):
    def scores(self, signals):
        return super().scores(signals) * (1.0 + hash(random.getstate()) % 1000 / 1000.0)


class ForgetsTheScale(Good):
    @classmethod
    def from_state(cls, state):
        made = super().from_state(state)
        made.scale_ = 1.0
        return made


class NoWayBack(Good):
    from_state = property()


def edit(signals):
    # their arrays are read-only; who wants to, finds a way
    object.__setattr__(signals, "desired", np.full(len(signals), "edited", object))


class EditsWhatItFits(Good):
    def fit(self, signals, labels, /):
        edit(signals)
        return super().fit(signals, labels)


class EditsWhatItIsAsked(Good):
    def predict_proba(self, signals, /):
        if len(signals):
            edit(signals)
        return super().predict_proba(signals)


class SeedsNumPy(Good):
    def fit(self, signals, labels, /):
        np.random.seed(3)  # noqa: NPY002
        return super().fit(signals, labels)


class HidesWarnings(Good):
    def predict_proba(self, signals, /):
        warnings.filterwarnings("ignore", "anything")
        return super().predict_proba(signals)


class SetsTheEnvironment(Good):
    def predict_proba(self, signals, /):
        os.environ["A_NAME_OF_ITS_OWN"] = "1"
        return super().predict_proba(signals)


class SharesItsScratch(Good):
    def predict_proba(self, signals, /):
        self.scratch_ = super().predict_proba(signals)
        time.sleep(0.005)
        return self.scratch_


class SharesItsClass(Good):
    scratch = None

    def fit(self, signals, labels, /):
        SharesItsClass.scratch = len(signals)
        time.sleep(0.1)  # the others come in between, however busy the machine
        super().fit(signals, labels)
        self.scale_ += SharesItsClass.scratch / 100.0
        return self


class Prints(Good):
    def predict_proba(self, signals, /):
        sys.stdout.write("done")
        return super().predict_proba(signals)


class Warns(Good):
    def predict_proba(self, signals, /):
        warnings.warn("something is NaN", RuntimeWarning, stacklevel=2)
        return super().predict_proba(signals)


class AdaptsItself(Good):
    def scores(self, signals):
        return super().scores(signals) * (1.0 if self.mean_ is None else 1.0 + self.mean_)

    def adapt(self, signals, /):
        made = super().adapt(signals)
        self.mean_ = made.mean_
        return made


class SharesWhatItAdapts(Good):
    def __init__(self):
        super().__init__()
        self.known_ = {"mean": 0.0}

    def scores(self, signals):
        return super().scores(signals) * (1.0 + self.known_["mean"])

    def adapt(self, signals, /):
        made = copy.copy(self)
        made.known_["mean"] = float(np.nanmean(signals["purchase_rate"]))
        return made

    to_state = from_state = property()  # these would not know what it knows


class LearnsOnTheWay(Good):
    def predict_proba(self, signals, /):
        # learned when a base is first asked about: no one but the first customers matter
        if self.mean_ is not None and len(signals) == 70:
            self.scale_ += 1.0
        return super().predict_proba(signals)


class ReturnsNothing(Good):
    def fit(self, signals, labels, /):
        super().fit(signals, labels)


class Remembers(Good):
    def fit(self, signals, labels, /):
        earlier = self.__dict__.get("before_", 0.0)
        super().fit(signals, labels)
        self.scale_ += earlier
        self.before_ = 1.0
        return self


class SaysNothing(Good):
    def fit(self, signals, labels, /):
        if all(label is None for label in labels):
            raise ValueError
        return super().fit(signals, labels)


class FitsNobodyToNothing(Good):
    def fit(self, signals, labels, /):
        if all(label is None for label in labels):
            self.scale_ = np.inf
            return self
        return super().fit(signals, labels)

    def predict_proba(self, signals, /):
        with np.errstate(invalid="ignore", over="ignore"):
            return (
                np.nan_to_num(super().predict_proba(signals), nan=7.0)
                if np.isinf(self.scale_)
                else super().predict_proba(signals)
            )
