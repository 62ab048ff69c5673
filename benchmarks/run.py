"""Measure everything and write ``benchmarks/results/*.json``.

``python benchmarks/run.py [NAME …]`` with nothing else running; about two hours for all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from measure import HERE, compare, save
from tasks import TASKS


def _ratios(results: dict[str, Any], peers: list[str]) -> dict[str, Any]:
    """Return how many times the fastest peer takes what this library takes."""
    ours = results["customerintel"]
    rates = {}
    for key in ("fresh_s", "warm_s"):
        if ours[key] and all(results[name][key] for name in peers):
            fastest = min(peers, key=lambda name: results[name][key])
            rates[key] = {
                "fastest_peer": fastest,
                "times": round(results[fastest][key] / ours[key], 2),
            }
    return rates


def summary() -> None:
    """67.4 million transactions of 4 million customers, integer ids from all of int64."""
    polars = ["polars"]
    results = compare("summary", ["customerintel", *polars, "duckdb"], rounds=3, warm=2)
    ratios = _ratios(results, [*polars, "duckdb"])
    results |= compare("summary", ["pandas"], rounds=1, warm=0)
    save("summary", {"ratios": ratios, "results": results})


def summary_dense_ids() -> None:
    """The same with ids 0 … n - 1."""
    engines = ["customerintel", "polars", "polars-streaming", "duckdb"]
    results = compare("summary-dense-ids", engines, rounds=1, warm=1)
    save("summary_dense_ids", {"ratios": _ratios(results, engines[1:]), "results": results})


def summary_text_ids() -> None:
    """20 million transactions, ids of 36 characters."""
    engines = ["customerintel", "polars", "duckdb"]
    results = compare("summary-text-ids", engines, rounds=3, warm=2)
    save("summary_text_ids", {"ratios": _ratios(results, engines[1:]), "results": results})


def scores() -> None:
    """Three quintiles and the names of the segments for 4 million customers."""
    results = compare("scores", ["customerintel", "pandas"], rounds=3, warm=2)
    save("scores", {"ratios": _ratios(results, ["pandas"]), "results": results})


def from_frame() -> None:
    """Validation of 10 million clean rows against the summary of the same rows."""
    engines = ["from_frame (polars)", "from_frame (pandas)", "from_frame (dict)", "summary"]
    results = compare("from-frame", engines, rounds=3, warm=3)
    ratios = {
        engine: round(results[engine]["warm_s"] / results["summary"]["warm_s"], 2)
        for engine in engines[:-1]
    }
    save("from_frame", {"times_of_the_summary_warm": ratios, "results": results})


def models() -> None:
    """Fits and values, against lifetimes; its fit of Pareto/NBD is a Nelder-Mead search."""
    found = {}
    for task in ("fit-bgnbd", "fit-paretonbd", "value"):
        results = compare(task, ["customerintel", "lifetimes"], rounds=3, warm=1)
        found[task] = {"ratios": _ratios(results, ["lifetimes"]), "results": results}
    distinct = ["customerintel, distinct ages"]
    found["value"]["results"] |= compare("value", distinct, rounds=1, warm=1)
    million = compare("fit-paretonbd-million", ["customerintel", *distinct], rounds=1, warm=1)
    save("models", {**found, "fit-paretonbd-million": {"results": million}})


def models_pymc() -> None:
    """Fit BG/NBD to 315,000 customers, against the mode of pymc-marketing (not in `bench`)."""
    peers = ["lifetimes", "pymc-marketing"]
    results = compare("fit-bgnbd-315k", ["customerintel", *peers], rounds=3, warm=2)
    save("models_pymc", {"ratios": _ratios(results, ["pymc-marketing"]), "results": results})


def predictions() -> None:
    """Every prediction for a million customers of distinct ages: time and memory."""
    engines = list(TASKS["predict"])
    save("predictions", {"results": compare("predict", engines, rounds=1, warm=1)})


def churn() -> None:
    """Fit and predict with `auto`: 1 million customers, 15 million transactions."""
    save("churn", {"results": compare("churn", ["auto", "hazard"], rounds=1, warm=1)})


def churn_accuracy() -> None:
    """AUC and Brier score of `auto` against usual baselines, on real and simulated logs."""
    from churn_accuracy import accuracy

    save("churn_accuracy", {"results": accuracy()})


def relationships() -> None:
    """Signals and types: 1 million customers, 15 million transactions, 30 million interactions."""
    engines = list(TASKS["relationships"])
    save("relationships", {"results": compare("relationships", engines, rounds=1, warm=1)})


def relationship_accuracy() -> None:
    """Types told by `prototype` against boosted trees, on three simulators."""
    from relationship_accuracy import accuracy

    save("relationship_accuracy", {"results": accuracy()})


def audit() -> None:
    """The tables of the five lenses, cohorts and concentration: 1 million customers."""
    from audit_tasks import check_agreement

    agreed = check_agreement()
    results = compare("audit", ["customerintel", "polars"], rounds=2, warm=1)
    results |= compare("audit", ["pandas"], rounds=1, warm=0)
    ratios = {peer: _ratios(results, [peer]) for peer in ("polars", "pandas")}
    save("audit", {"agree_on": agreed, "ratios": ratios, "results": results})


def report() -> None:
    """The whole report, with and without the churn outlook; rows_out are kB of the page."""
    save("report", {"results": compare("report", list(TASKS["report"]), rounds=1, warm=0)})


def lookalike_accuracy() -> None:
    """Recall of look-alikes on three populations, against tuned boosting."""
    from lookalike_accuracy import accuracy

    save("lookalike_accuracy", {"results": accuracy()})


def live() -> None:
    """Live rules: speed, latency, timers, backtest, recovery and size, beside plain Python."""
    from live_tasks import measured

    save("live", {"results": measured()})


def _timed(command: list[str], **more: Any) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, **more)
    return time.perf_counter() - start


def startup() -> None:
    """Import, and the demo with a warm and with an empty kernel cache."""
    code = (
        "import time; t = time.perf_counter(); import customerintel; "
        "t = time.perf_counter() - t; import sys, json; "
        "heavy = [m for m in ('numba', 'pandas', 'scipy', 'narwhals', 'polars') "
        "if m in sys.modules]; "
        "sys.stdout.write(json.dumps([t, heavy]))"
    )
    command = [sys.executable, "-c", code]
    imports = [json.loads(subprocess.check_output(command)) for _ in range(9)]
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "customerintel", "demo", "--out", folder]
        _timed(demo)
        warm = [_timed(demo) for _ in range(5)]
        empty = os.environ | {"NUMBA_CACHE_DIR": str(Path(folder) / "cache")}
        first = _timed(demo, env=empty)
    save(
        "startup",
        {
            "import_s": median(seconds for seconds, _ in imports),
            "import_all_s": [seconds for seconds, _ in imports],
            "heavy_modules_loaded": sorted({name for _, heavy in imports for name in heavy}),
            "demo_warm_s": median(warm),
            "demo_warm_all_s": warm,
            "demo_first_ever_s": first,
        },
    )


ALL = {
    "summary": summary,
    "summary_dense_ids": summary_dense_ids,
    "summary_text_ids": summary_text_ids,
    "scores": scores,
    "from_frame": from_frame,
    "models": models,
    "predictions": predictions,
    "churn": churn,
    "churn_accuracy": churn_accuracy,
    "relationships": relationships,
    "relationship_accuracy": relationship_accuracy,
    "audit": audit,
    "report": report,
    "lookalike_accuracy": lookalike_accuracy,
    "live": live,
    "startup": startup,
}

#: These need more than the group `bench` installs.
EXTRA = {"models_pymc": models_pymc}

if __name__ == "__main__":
    os.chdir(HERE)
    for name in sys.argv[1:] or ALL:
        (ALL | EXTRA)[name]()
