"""Churn estimators that remember, share or change what they should not."""

from __future__ import annotations

import os
import random
import time
import warnings

import numpy as np
import pandas as pd
from testing.good_estimators import Good, Plain


class IgnoresItsSeed(Good):
    def fit(self, history, /, *, horizon_days):
        # read, and not drawn: so the global state stays what it was
        noise = int(np.random.get_state()[1][7] % 1000)  # noqa: NPY002
        return super().fit(history, horizon_days=horizon_days + noise / 100.0)


class HasNoSeed(Plain):
    def fit(self, history, /, *, horizon_days):
        noise = hash(random.getstate()) % 1000
        return super().fit(history, horizon_days=horizon_days + noise / 100.0)


class Remembers(Good):
    def fit(self, history, /, *, horizon_days):
        earlier = self.__dict__.get("scale_", 0.0)
        super().fit(history, horizon_days=horizon_days)
        self.scale_ += earlier
        return self


class ForgetsTheScale(Good):
    @classmethod
    def from_state(cls, state):
        made = super().from_state(state)
        made.scale_ = 1.0
        return made


class NoWayBack(Good):
    from_state = property()


class EditsWhatItFits(Good):
    def fit(self, history, /, *, horizon_days):
        extras = history._log._extras
        if isinstance(extras, pd.DataFrame) and len(extras):
            extras.iloc[0, 0] = "edited"
        return super().fit(history, horizon_days=horizon_days)


class EditsWhatItPredicts(Good):
    def predict(self, history, /):
        extras = history._log._extras
        if isinstance(extras, pd.DataFrame) and len(extras):
            extras.iloc[0, 0] = "edited"
        return super().predict(history)


class SeedsNumPy(Good):
    def fit(self, history, /, *, horizon_days):
        np.random.seed(3)  # noqa: NPY002
        return super().fit(history, horizon_days=horizon_days)


class SeedsPython(Good):
    def fit(self, history, /, *, horizon_days):
        random.seed(3)
        return super().fit(history, horizon_days=horizon_days)


class HidesWarnings(Good):
    def predict(self, history, /):
        warnings.filterwarnings("ignore", "anything")
        return super().predict(history)


class HidesErrors(Good):
    def predict(self, history, /):
        np.seterr(all="ignore")
        return super().predict(history)


class SetsTheEnvironment(Good):
    def fit(self, history, /, *, horizon_days):
        os.environ["A_NAME_OF_ITS_OWN"] = "1"
        return super().fit(history, horizon_days=horizon_days)


class SharesItsScratch(Good):
    def predict(self, history, /):
        self.scratch_ = super().predict(history)
        time.sleep(0.005)
        return self.scratch_


class SharesItsClass(Good):
    scratch = None

    def fit(self, history, /, *, horizon_days):
        SharesItsClass.scratch = history.n_customers
        time.sleep(0.1)  # the others come in between, however busy the machine
        return super().fit(history, horizon_days=horizon_days + SharesItsClass.scratch / 10.0)
