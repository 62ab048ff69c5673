"""Look-alikes on three populations with known truth, against scikit-learn's tuned boosting.

``python benchmarks/lookalike_accuracy.py --rows 50000`` for a quick look; a million each takes
about twenty minutes. Recall is of the positives that nobody knew of, among all who are no seeds.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lookalike_populations import NAMES, Population, recall_at, simulate
from measure import _reset_peak, _say, _status, save

ROWS, SHARE, SEED = 1_000_000, 0.05, 0
ENGINES = ("customerintel", "scikit-learn")


def _table(population: Population) -> Any:
    import pandas as pd

    return pd.DataFrame(population.table)


def ours(population: Population, runs: int) -> dict[str, Any]:
    """Fit with `auto` and score everybody: the first call of a process, and warm ones."""
    table = _table(population)
    seeds = population.table["customer_id"][population.seed]
    gc.collect()
    _reset_peak()
    held, seconds, cpu, extra = _status("VmRSS"), [], [], 0.0
    import customerintel as ci

    for k in range(runs):
        start, before = time.perf_counter(), time.process_time()
        model = ci.lookalike.fit(seeds, table, method="auto")
        middle = time.perf_counter()
        ranked = model.score(table)
        end = time.perf_counter()
        seconds.append({"fit": middle - start, "score": end - middle, "both": end - start})
        cpu.append(time.process_time() - before)
        if not k:
            extra = _status("VmHWM") - held
    ids = population.table["customer_id"]
    order = np.argsort(ids, kind="stable")
    score = np.full(len(ids), -np.inf)
    score[order[np.searchsorted(ids, ranked.customer_id, sorter=order)]] = -ranked.rank
    return {
        "recall": _recall(population, score), "method": model.method_,
        "candidates": {one.name: one.recall for one in model.candidates_},
        "seconds": seconds, "cpu_seconds": cpu, "extra_mb": extra,
    }  # fmt: skip


def rivals(population: Population, _runs: int) -> dict[str, Any]:
    """Tune, fit and score the rivals."""
    from lookalike_rivals import matrix, tuned_boosting, tuned_logistic

    X, y = matrix(_table(population)), population.seed
    score, facts = tuned_logistic(X, y)
    found = {"logistic": {"recall": _recall(population, score), **facts}}
    for encoding, (score, facts) in tuned_boosting(X, y).items():
        found[f"boosting, {encoding}"] = {"recall": _recall(population, score), **facts}
    return found


def _recall(population: Population, score: Any) -> float:
    left = ~population.seed
    return recall_at(score[left], population.positive[left], SHARE)


def work(name: str, rows: int, engine: str, runs: int) -> dict[str, Any]:
    """Simulate a population and judge one side, in this process."""
    population = simulate(name, rows, seed=SEED)
    found = (ours if engine == ENGINES[0] else rivals)(population, runs)
    return {**found, "truth": _recall(population, population.odds)}


def fresh(name: str, rows: int, engine: str, runs: int) -> dict[str, Any]:
    """Judge one side in a process of its own."""
    here = Path(__file__).resolve()
    command = [sys.executable, str(here), "--one", name, engine, "--rows", str(rows)]
    command += ["--runs", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=here.parent, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} with {engine} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def accuracy(
    *, rows: int = ROWS, runs: int = 2, names: Sequence[str] = NAMES
) -> dict[str, dict[str, Any]]:
    """Compare on every population.

    ``above_best_boosting`` takes the better of both encodings by the truth: harder on us than
    any choice that a user could make.
    """
    found = {}
    for name in names:
        mine = fresh(name, rows, ENGINES[0], runs)
        _show(name, "auto", mine)
        theirs = fresh(name, rows, ENGINES[1], 1)
        truth = theirs.pop("truth")
        for rival, one in theirs.items():
            _show(name, rival, one)
        best = max(one["recall"] for rival, one in theirs.items() if rival != "logistic")
        del mine["truth"]
        found[name] = {
            "rows": rows, "recall_by_true_odds": truth, "customerintel": mine, **theirs,
            "above_best_boosting": mine["recall"] - best,
        }  # fmt: skip
        above = mine["recall"] - best
        _say(f"{name}: by the true odds {truth:.4f}; above the best boosting {above:+.4f}")
    return found


def _show(name: str, way: str, one: dict[str, Any]) -> None:
    rest = {key: value for key, value in one.items() if key not in ("recall", "truth")}
    _say(f"{name}, {way}: recall {one['recall']:.4f}; {rest}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=2, help="of customerintel, in one process")
    parser.add_argument("--names", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--out", help="name of a file of results; none is written without it")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        name, engine = given.one
        sys.stdout.write(json.dumps(work(name, given.rows, engine, given.runs)) + "\n")
    else:
        results = accuracy(rows=given.rows, runs=given.runs, names=given.names)
        if given.out:
            save(given.out, {"results": results})
