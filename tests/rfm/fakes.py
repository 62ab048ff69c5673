"""A history whose measures are given directly, so that tests choose every last bit of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from customerintel.tables.kinds import Kind

_DAY = 86_400_000_000


class FakeIds:
    def __init__(self, values):
        self.values = np.asarray(values)

    def __len__(self):
        return len(self.values)

    def to_numpy(self):
        return self.values

    def match(self, other):
        _, here, there = np.intersect1d(self.values, other.values, return_indices=True)
        return here, there


class FakeHistory:
    """Stands in for a `History`: its summary holds the measures that it was made with."""

    def __init__(self, recency, frequency, monetary=None, ids=None, moment="2024-01-31"):
        n = len(recency)
        self.moment = np.datetime64(moment, "us")
        self.recency = np.array(recency, dtype=np.float64)
        self.frequency = np.array(frequency, dtype=np.int64)
        self.monetary = None if monetary is None else np.array(monetary, dtype=np.float64)
        self.ids = FakeIds(np.arange(n) if ids is None else ids)
        self.asked = {}

    def as_of(self, moment):
        self.moment = np.datetime64(moment, "us")
        return self

    def summarize(self, unit="day", period="day", window=None):
        self.asked = {"unit": unit, "period": period, "window": window}
        none = np.full(len(self.ids), np.nan)
        return SimpleNamespace(
            ids=self.ids,
            customer_id=self.ids.to_numpy(),
            frequency=self.frequency - 1,
            n_periods=self.frequency,
            n_purchases=self.frequency * 2,
            total_amount=none if self.monetary is None else self.monetary.copy(),
            has_amounts=self.monetary is not None,
            time_since_last=self.recency.copy(),
            window=None if window is None else int(str(window).removesuffix("d")) * _DAY,
            moment=self.moment,
            kind=Kind("dict"),
        )
