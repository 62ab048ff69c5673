"""Tables of relationships put together by hand, so that each figure of a test can be reckoned."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np

import customerintel as ci
from customerintel.relationships.table import Limits, RelationshipTable
from customerintel.relationships.type_registry import types
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind

MOMENT = np.datetime64("2024-12-31T23:59:59.999999")
LIMITS = Limits(probability=0.5, margin=0.1, coverage=0.0)


@dataclass(frozen=True, eq=False)
class HandSignals:
    """Signals that are what they are said to be; ranks are the values plus the reference."""

    ids: CustomerIds
    columns: dict
    stated: np.ndarray
    desired: np.ndarray
    moment: np.datetime64 = MOMENT
    sources: tuple = ("transactions", "interactions")
    reference: float = 0.0
    kind: Kind = field(default_factory=lambda: Kind("pandas"))
    zone: str | None = None

    def __len__(self):
        return len(self.ids)

    @property
    def customer_id(self):
        return self.ids.to_numpy()

    @property
    def names(self):
        return tuple(self.columns)

    def __getitem__(self, name):
        return self.columns[name]

    def rank(self, name):
        return np.clip(self.columns[name] + self.reference, 0.0, 1.0)

    def observed(self, name):
        return self.columns[name]

    def weight(self, name):
        return np.where(np.isnan(self.columns[name]), 0.0, 1.0)

    def against(self, reference):
        return replace(self, reference=reference)

    def take(self, index):
        columns = {name: values[index] for name, values in self.columns.items()}
        return replace(
            self, ids=self.ids.take(index), columns=columns, stated=self.stated[index],
            desired=self.desired[index],
        )  # fmt: skip


class HandModel:
    """Tells two types apart by the rank of `trust`."""

    name = "by hand"
    classifier = SimpleNamespace()

    def probabilities(self, signals, registry):
        found = np.zeros((len(signals), len(registry)))
        found[:, 1] = signals.rank("trust")
        found[:, 0] = 1.0 - found[:, 1]
        return found


def words(given, n):
    found = np.full(n, None, object)
    found[: len(given or ())] = given or ()
    return found


def table_of(
    probabilities, *, ids=None, columns=None, stated=None, desired=None, history=None,
    interactions=None, registry=None, **signals,
):  # fmt: skip
    """Return a table of customers 0, 1, 2 … or of the given ones."""
    probabilities = np.asarray(probabilities, float)
    n = len(probabilities)
    if ids is None:
        ids = CustomerIds(np.arange(n)) if history is None else history.ids
    columns = {
        name: np.asarray(values, float)
        for name, values in {"tenure": np.full(n, 365.0), **(columns or {})}.items()
    }
    return RelationshipTable(
        types=registry or types("core"),
        signals=HandSignals(ids, columns, words(stated, n), words(desired, n), **signals),
        model=HandModel(),
        probabilities=probabilities,
        limits=LIMITS,
        model_version="by hand/core@1/0",
        _history=history,
        _interactions=interactions,
    )


def sure_of(keys, *, p=0.9, registry=None, **rest):
    """Return a table whose customers are of the given types with probability p; None: unknown."""
    registry = registry or types("core")
    k = len(registry)
    rows = np.full((len(keys), k), (1.0 - p) / (k - 1))
    for row, key in enumerate(keys):
        if key is None:
            rows[row] = np.nan
        else:
            rows[row, registry.labels.index(key)] = p
    return table_of(rows, registry=registry, **rest)


def history_of(rows, *, moment="2024-12-31", **extra):
    """Return the history of (customer, date, amount) triples."""
    who, when, amount = zip(*rows, strict=True)
    frame = {"customer_id": list(who), "timestamp": list(when), "amount": list(amount), **extra}
    return ci.TransactionLog.from_frame(frame).as_of(moment)
