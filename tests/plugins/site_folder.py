"""Distributions that are installed for a test: a folder on the path with metadata and modules."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from customerintel.plugins import CHURN_ESTIMATOR, RELATIONSHIP_CLASSIFIER, Registry

GROUP = "customerintel.churn_estimators"
CLASSIFIERS = "customerintel.relationship_classifiers"

#: Source of a module with an estimator that keeps the contract.
GOOD = """
import numpy as np


class Gap:
    api_version = 1

    def fit(self, history, /, *, horizon_days):
        return self

    def predict(self, history, /):
        return np.zeros(history.n_customers)
"""


class Site:
    """A folder on the path that distributions are put into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: set[str] = set()

    def add(self, distribution: str, version: str, points: dict[str, str], **modules: str) -> None:
        """Install a distribution with churn estimators and the sources of its modules."""
        self.add_groups(distribution, version, {GROUP: points}, **modules)

    def add_groups(
        self, distribution: str, version: str, groups: dict[str, dict[str, str]], **modules: str
    ) -> None:
        """Install a distribution with entry points of several groups."""
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = [
            line
            for group, points in groups.items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in points.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(source)
        self.modules |= modules.keys()
        importlib.invalidate_caches()


@contextmanager
def a_site() -> Iterator[Site]:
    """Give a site that is on the path, and take away all of it again."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            yield site
        finally:
            sys.path.remove(folder)
            for name in site.modules:
                sys.modules.pop(name, None)
            importlib.invalidate_caches()


def a_classifier_registry(**options) -> Registry:
    """Make a registry of relationship classifiers, with nothing built in."""
    settings = {"builtins": {}, **options}
    return Registry(group=CLASSIFIERS, contract=RELATIONSHIP_CLASSIFIER, **settings)


def a_registry(**options) -> Registry:
    """Make a registry with one built-in, ``recency``."""
    settings = {"builtins": {"recency": "plugins.built_in:Recency"}, **options}
    return Registry(group=GROUP, contract=CHURN_ESTIMATOR, **settings)
