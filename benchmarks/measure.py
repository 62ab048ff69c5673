"""Run one piece of work in a fresh process and tell how long it took and how much memory it added.

``python benchmarks/measure.py TASK ENGINE RUNS`` prints one line of JSON. The first run is
the first call in a fresh process, imports included; the others are warm. Memory is the peak
over what the process held once its input was ready.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = (
    "customerintel", "numpy", "numba", "pandas", "polars", "duckdb", "pyarrow", "narwhals",
    "lifetimes", "pymc-marketing", "scikit-learn", "scipy",
)  # fmt: skip


def _status(name: str) -> float:
    """Return a line of the process status in MB (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def work(task: str, engine: str, runs: int) -> dict[str, Any]:
    """Run a task of `tasks` in this process."""
    tasks = importlib.import_module("tasks")
    prepare, run = tasks.TASKS[task][engine]
    given = prepare()
    gc.collect()
    _reset_peak()
    held = _status("VmRSS")
    seconds, extra, shape, optimum = [], 0.0, 0, None
    for k in range(runs):
        start = time.perf_counter()
        result = run(given)
        seconds.append(time.perf_counter() - start)
        if k == 0:
            extra = _status("VmHWM") - held
            shape = int(tasks.size_of(result))
            optimum = getattr(result, "log_likelihood", None)
        del result
        gc.collect()
    found = {"seconds": seconds, "extra_mb": extra, "rows_out": shape}
    return found | ({"log_likelihood": optimum} if optimum is not None else {})


def fresh(task: str, engine: str, runs: int) -> dict[str, Any]:
    """Run a task in a fresh process."""
    command = [sys.executable, str(HERE / "measure.py"), task, engine, str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE, check=False)
    if done.returncode:
        raise RuntimeError(f"{task} with {engine} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def compare(task: str, engines: list[str], *, rounds: int, warm: int) -> dict[str, Any]:
    """Run a task with every engine in turn, several rounds, and take medians."""
    found: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
    for k in range(rounds):
        for engine in engines:
            found[engine].append(fresh(task, engine, 1 + warm))
            shown = ", ".join(f"{s:.3f}" for s in found[engine][-1]["seconds"])
            _say(f"{task} round {k + 1} {engine}: {shown} s")
    return {
        engine: {
            "fresh_s": median(run["seconds"][0] for run in results),
            "warm_s": median(s for run in results for s in run["seconds"][1:]) if warm else None,
            "extra_mb": max(run["extra_mb"] for run in results),
            "rows_out": results[0]["rows_out"],
            "all_seconds": [run["seconds"] for run in results],
            **{key: results[0][key] for key in ("log_likelihood",) if key in results[0]},
        }
        for engine, results in found.items()
    }


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def machine() -> dict[str, Any]:
    """Return what the numbers were measured on."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        names = [line.split(":")[1].strip() for line in lines if "model name" in line]
        cpu = names[0] if names else cpu
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
        "date": time.strftime("%Y-%m-%d"),
    }


def save(name: str, results: dict[str, Any], out: Callable[[str], None] = _say) -> None:
    """Write ``results/NAME.json``."""
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine(), **results}, indent=1)
    (folder / f"{name}.json").write_text(text + "\n")
    out(f"wrote results/{name}.json")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    sys.stdout.write(json.dumps(work(sys.argv[1], sys.argv[2], int(sys.argv[3]))) + "\n")
