"""Speed, latency, recovery and size of live rules, each beside plain Python where that says much.

``python benchmarks/live_tasks.py [NAME …] --scale 0.001`` for a quick look (nothing is written);
``--out live`` writes ``results/live.json``. Each name runs in a process of its own. At full size
the backtest holds 100 million events (about 4 GB).
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from live_latency_tasks import (
    latency_1k,
    latency_50k,
    latency_midnight,
    latency_new,
    latency_snapshot,
)  # fmt: skip
from live_state_tasks import (
    Found,
    absence,
    backtest,
    count,
    crash,
    disk,
    engine_in,
    fold_of,
    recovery,
    state,
    storm,
)  # fmt: skip
from live_streams import (
    NAMES,
    batches,
    lines,
    simulate,
    twenty_rules,
)  # fmt: skip
from measure import _say, save

# -- throughput ----------------------------------------------------------------------------


def _known(scale: float) -> tuple[Any, Any, list[Any]]:
    """Return a stream, a fold that knows its customers, and the stream in batches.

    The memory of a customer is touched for the first time before the clock runs.
    """
    stream = simulate(count(6_000_000, scale), count(1_000_000, scale))
    fold = fold_of(twenty_rules())
    given = list(batches(stream, fold.plan.wanted, 65_536))
    fold.customers.ids.of(list(given[0].who.texts))
    fold.state.ensure(fold.customers.ids.height)
    gc.collect()
    return stream, fold, given


def kernel(scale: float) -> Found:
    """The kernels alone: columns to fires, 20 rules, 1 million known customers, one thread."""
    rates = []
    for _ in range(4):  # the first compiles
        stream, fold, given = _known(scale)
        state, fired = fold.state, 0
        start = time.perf_counter()
        for batch in given:
            columns = (batch.who.codes, batch.timestamp, batch.code, batch.values, batch.timestamp)
            while state.run(*columns, 0, len(batch)):
                fired += state.n_fires
                state.taken()
            state.time = int(batch.timestamp[-1])
            while state.due(2**31):
                fired += state.n_fires
                state.taken()
        fired += state.n_fires
        rates.append(len(stream) / (time.perf_counter() - start))
    return {"events": len(stream), "fires": fired, "events_per_s": rates[1:], "first": rates[0]}


def fold(scale: float) -> Found:
    """The same with all that Python adds: ids, duplicates, decisions as objects."""
    rates = []
    for _ in range(3):
        stream, one, given = _known(scale)
        start, fired = time.perf_counter(), 0
        for batch in given:
            fired += len(one.events(batch).decisions) + len(one.drain(len(batch)))
        fired += len(one.drain())
        rates.append(len(stream) / (time.perf_counter() - start))
    return {"events": len(stream), "fires": fired, "events_per_s": rates[1:], "first": rates[0]}


def plain(scale: float) -> Found:
    """The same in plain Python: a hand-written fold, and an operator per rule."""
    from live_operators import Operators
    from live_rivals import PlainFold

    stream = simulate(count(10_000_000, scale), count(1_000_000, scale))
    part = stream.part(0, count(2_000_000, scale))
    columns = [part.customer.tolist(), part.time.tolist(), part.name.tolist(), part.total.tolist()]
    found: Found = {"events": len(part)}
    for name, make in (("fold", PlainFold), ("operators", Operators)):
        rates = []
        for _ in range(3):
            rival = make()
            gc.collect()
            gc.disable()  # the reader of a stream would do so
            start = time.perf_counter()
            rival.run(*columns)
            rates.append(len(part) / (time.perf_counter() - start))
            gc.enable()
        found[name] = {"events_per_s": rates, "fires": len(rival.fires)}
    return found


def plain_json(scale: float) -> Found:
    """JSON lines through the hand-written fold, read by `json`, nothing durable."""
    from live_rivals import PlainFold

    given = lines(simulate(count(1_000_000, scale), count(1_000_000, scale)))
    place = {name: k for k, name in enumerate(NAMES)}
    rates = []
    for _ in range(3):
        rival = PlainFold()
        start = time.perf_counter()
        for low in range(0, len(given), 4096):
            read = [json.loads(line) for line in given[low : low + 4096]]
            times = np.array([one["timestamp"][:-1] for one in read], "M8[us]")
            rival.run(
                [one["userId"] for one in read],
                times.astype(np.int64).tolist(),
                [place[one["event"]] for one in read],
                [one["properties"].get("total", 0.0) for one in read],
            )
        rates.append(len(given) / (time.perf_counter() - start))
    return {"events": len(given), "events_per_s": rates}


def durable(scale: float) -> Found:
    """JSON bytes to durable decisions: SQLite, a transaction per 8192 events, synchronous=FULL."""
    stream = simulate(count(2_000_000, scale), count(1_000_000, scale))
    given = lines(stream)
    rates, fired = [], 0
    for _ in range(3):
        with tempfile.TemporaryDirectory(dir=disk()) as folder:
            engine = engine_in(folder)
            warm = count(100_000, scale)
            engine.ingest(given[:warm])
            start = time.perf_counter()
            done = engine.ingest(given[warm:])
            rates.append((len(given) - warm) / (time.perf_counter() - start))
            fired = done.decisions
            engine.close()
    return {"events": len(given), "fires": fired, "events_per_s": rates}


ALL: dict[str, Callable[[float], Found]] = {
    one.__name__: one
    for one in (
        kernel, fold, plain, durable, plain_json, latency_1k, latency_50k, latency_new,
        latency_midnight, latency_snapshot, absence, storm, backtest, recovery, state,
    )
}  # fmt: skip


def fresh(name: str, scale: float) -> Found:
    """Measure one thing in a process of its own."""
    here = Path(__file__).resolve()
    command = [sys.executable, str(here), "--one", name, "--scale", str(scale)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=here.parent, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measured(scale: float = 1.0, names: Sequence[str] = tuple(ALL)) -> Found:
    """Measure everything; name by name."""
    found = {}
    for name in names:
        found[name] = fresh(name, scale)
        _say(f"{name}: {found[name]}")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*ALL, []], help="all without one")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--out", help="name of a file of results; none is written without it")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--crash", nargs=3, help=argparse.SUPPRESS)
    given_ = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    if given_.crash:
        crash(given_.crash[0], int(given_.crash[1]), int(given_.crash[2]))
    elif given_.one:
        sys.stdout.write(json.dumps(ALL[given_.one](given_.scale)) + "\n")
    else:
        results = measured(given_.scale, given_.names or tuple(ALL))
        if given_.out:
            save(given_.out, {"scale": given_.scale, "results": results})
