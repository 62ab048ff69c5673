"""How well types are told, against boosted trees that saw 50,000 labelled customers.

``python benchmarks/relationship_accuracy.py --train 5000 --test 2000`` for a quick look; the
whole takes about half an hour. Judged on the shipped simulator and on two that share nothing
with it: `relationship_shops`.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from measure import _say as say
from measure import save
from numpy.typing import NDArray
from relationship_measures import calibration_error, labelled, macro_f1, one_hot, thinned
from relationship_shops import dimension_shop, signature_shop
from relationship_shops.shop import KEYS, uneven

import customerintel as ci

LEVELS: dict[str, tuple[str, ...]] = {
    "transactions": (),
    "interactions": ("interactions",),
    "survey": ("interactions", "survey", "customers"),
}
REMOVED = (0.0, 0.25, 0.5, 0.75)
TRAIN_SEED, TEST_SEED, OTHER_SEED = 11, 12, 13


def shipped(n: int, types: str, mix: Any, seed: int) -> Any:
    """Return the shop that the library simulates."""
    return ci.relationships.simulate(n, types=types, mix=mix, seed=seed)


SHOPS: dict[str, Callable[[int, str, Any, int], Any]] = {
    "shipped": shipped,
    "dimensions": dimension_shop.make,
    "signatures": signature_shop.make,
}


@dataclass(frozen=True)
class Base:
    """A shop at its end, at one level of evidence."""

    history: Any
    logs: dict[str, Any]
    signals: Any
    labels: NDArray[np.object_]
    types: str

    @classmethod
    def of(cls, shop: Any, level: str, types: str) -> Base:
        """Compute the signals of a shop and put its labels into their order."""
        logs = {name: getattr(shop, name) for name in LEVELS[level]}
        history = shop.as_of()
        signals = ci.relationships.signals(history, **logs)
        place = np.searchsorted(shop.customer_id, signals.customer_id)
        return cls(history, logs, signals, shop.labels[place], types)

    def classify(self, classifier: Any, **instead: Any) -> Any:
        """Return the table of types; `instead` replaces logs."""
        given = self.logs | instead
        return ci.relationships.classify(
            self.history, types=self.types, classifier=classifier, **given
        )

    def columns(self, used: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return what the trees see: the signals, and the stated type as columns of 0 and 1."""
        values = self.signals.to_numpy()
        seen = [values if used is None else values[:, used]]
        if "survey" in self.logs:
            seen.append(one_hot(self.signals.stated, KEYS[self.types]))
        return np.column_stack(seen)


def trees(train: Base, tests: Sequence[Base]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Train boosted trees; return the types and probabilities that they tell for each base."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    used = ~np.isnan(train.signals.to_numpy()).all(axis=0)
    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(train.columns(used), train.labels.astype(str))
    found = [model.predict_proba(test.columns(used)) for test in tests]
    return [(model.classes_[p.argmax(axis=1)], p) for p in found]


def judge_level(train: Base, test: Base, other: Base, few: int) -> dict[str, Any]:
    """Compare all classifiers on one level of evidence."""
    keys = KEYS[test.types]
    start = time.perf_counter()
    (told, p), (told_other, p_other) = trees(train, (test, other))
    fit_seconds = time.perf_counter() - start
    best, best_other = macro_f1(test.labels, told, keys), macro_f1(other.labels, told_other, keys)
    boosted = {
        "macro_f1": best, "macro_f1_other_mix": best_other, "fit_seconds": fit_seconds,
        "calibration_error": calibration_error(p, told == test.labels),
        "calibration_error_other_mix": calibration_error(p_other, told_other == other.labels),
    }  # fmt: skip
    start = time.perf_counter()
    many = ci.relationships.calibrate("prototype", (train.signals, train.labels), types=test.types)
    seconds = time.perf_counter() - start
    index = np.arange(min(few, len(train.labels)))
    some = ci.relationships.calibrate(
        "prototype", (train.signals.take(index), train.labels[index]), types=test.types
    )
    ways = {"uncalibrated": "prototype", "calibrated": many, f"calibrated_{few}": some}
    found: dict[str, Any] = {"boosting": boosted}
    for name, way in ways.items():
        one = judge_classifier(way, test, other)
        one["ratio"] = one["macro_f1"] / best
        one["ratio_other_mix"] = one["macro_f1_other_mix"] / best_other
        found[name] = one
    found["calibrated"]["fit_seconds"] = seconds
    for name in ("uncalibrated", "calibrated"):
        found[name] |= robustness(ways[name], test)
    return found


def judge_classifier(way: Any, test: Base, other: Base) -> dict[str, Any]:
    """Score one classifier on the same and on another mix of types."""
    found: dict[str, Any] = {}
    for suffix, base in (("", test), ("_other_mix", other)):
        table = base.classify(way)
        found[f"macro_f1{suffix}"] = macro_f1(base.labels, table.likeliest, KEYS[base.types])
        right = table.likeliest == base.labels
        found[f"calibration_error{suffix}"] = calibration_error(table.probabilities, right)
        share, accuracy = labelled(table.type, base.labels)
        found[f"labelled{suffix}"], found[f"accuracy_of_labelled{suffix}"] = share, accuracy
    return found


def robustness(way: Any, test: Base) -> dict[str, Any]:
    """Take evidence away at random: values of signals, then rows of interactions."""
    rng = np.random.default_rng(3)
    whole = test.classify(way)
    chance = rng.random(test.signals.to_numpy().shape)
    silent = rng.random(len(test.labels))
    found: dict[str, Any] = {"signals_removed": {}}
    for share in REMOVED:
        left = test.signals.masked(chance < share, stated=silent < share)
        # the table as it would be: the same model sees less
        table = replace(
            whole, signals=left, probabilities=whole.model.probabilities(left, whole.types)
        )
        found["signals_removed"][str(share)] = _scores(table, test)
    if "interactions" not in test.logs:
        return found
    found["interactions_removed"] = {}
    drawn = rng.random(test.logs["interactions"].n_rows)
    for share in REMOVED[1:]:
        table = test.classify(way, interactions=thinned(test.logs["interactions"], drawn >= share))
        found["interactions_removed"][str(share)] = _scores(table, test)
    return found


def _scores(table: Any, test: Base) -> dict[str, Any]:
    share, accuracy = labelled(table.type, test.labels)
    f1 = macro_f1(test.labels, table.likeliest, KEYS[test.types])
    error = calibration_error(table.probabilities, table.likeliest == test.labels)
    return {
        "labelled": share, "accuracy_of_labelled": accuracy, "macro_f1_of_likeliest": f1,
        "calibration_error": error,
    }  # fmt: skip


def judge(
    name: str, types: str, *, train: int, test: int, few: int, levels: Sequence[str]
) -> dict[str, Any]:
    """Compare on one simulator with one registry, at each level of evidence."""
    make = SHOPS[name]
    start = time.perf_counter()
    shops = [
        make(train, types, None, TRAIN_SEED),
        make(test, types, None, TEST_SEED),
        make(test, types, uneven(types, OTHER_SEED), OTHER_SEED),
    ]
    found: dict[str, Any] = {"simulation_seconds": time.perf_counter() - start}
    for level in levels:
        bases = [Base.of(shop, level, types) for shop in shops]
        found[level] = judge_level(bases[0], bases[1], bases[2], few)
        show(name, types, level, found[level])
    return found


def show(name: str, types: str, level: str, found: dict[str, Any]) -> None:
    """Say what was found, as a table."""
    say(f"\n{name}, {types}, {level}\n{'':22}" + "".join(f"{h:>12}" for h in HEADS))
    for way, one in found.items():
        row = "".join(f"{_shown(one.get(key)):>12}" for key in HEADS.values())
        say(f"  {way:20}{row}")
    for way in ("uncalibrated", "calibrated"):
        for what in ("signals_removed", "interactions_removed"):
            for share, one in found[way].get(what, {}).items():
                say(
                    f"  {way}, {what.replace('_', ' ')} {float(share):4.0%}: labelled "
                    f"{one['labelled']:.3f}, right of them {_shown(one['accuracy_of_labelled'])}"
                )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


HEADS = {
    "macro-F1": "macro_f1", "ratio": "ratio", "ECE": "calibration_error",
    "labelled": "labelled", "right": "accuracy_of_labelled",
    "other: F1": "macro_f1_other_mix", "ratio ": "ratio_other_mix",
    "ECE ": "calibration_error_other_mix",
}  # fmt: skip


def accuracy(
    *,
    train: int = 50_000,
    test: int = 10_000,
    few: int = 2_000,
    shops: Sequence[str] = tuple(SHOPS),
    types: Sequence[str] = tuple(KEYS),
    levels: Sequence[str] = tuple(LEVELS),
) -> dict[str, Any]:
    """Compare on every simulator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the coarse class, where there are transactions only
        return {
            name: {
                one: judge(name, one, train=train, test=test, few=few, levels=levels)
                for one in types
            }
            for name in shops
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option, size in (("train", 50_000), ("test", 10_000), ("few", 2_000)):
        parser.add_argument(f"--{option}", type=int, default=size)
    for option, names in (("shops", SHOPS), ("types", KEYS), ("levels", LEVELS)):
        parser.add_argument(f"--{option}", nargs="+", choices=list(names), default=list(names))
    parser.add_argument("--out", help="name of a file of results; none is written without it")
    options = vars(parser.parse_args())
    out = options.pop("out")
    results = accuracy(**options)
    if out:
        save(out, {"options": options, "results": results})
