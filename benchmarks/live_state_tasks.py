"""What live rules keep: timers that are due, whole histories, recovery, size of state."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from live_streams import (
    DAY,
    START,
    batches,
    cart_rule,
    lines,
    moment,
    simulate,
    table,
    three_rules,
    twenty_rules,
)  # fmt: skip
from measure import HERE, _status

Found = dict[str, Any]


def count(n: int, scale: float, least: int = 100) -> int:
    """Return a share of a full size."""
    return max(int(n * scale), least)


def fold_of(rules: Sequence[Any], **options: Any) -> Any:
    """Return a fold without a past."""
    from customerintel.live.fold import Fold
    from customerintel.live.rule_set import RuleSet

    return Fold(RuleSet(rules), zone="UTC", **options)


def engine_in(folder: str, **options: Any) -> Any:
    """Return an engine whose store is in a folder."""
    from customerintel import live

    return live.Engine(twenty_rules(), store=str(Path(folder) / "live.db"), tz="UTC", **options)


def disk() -> str | None:
    """Where stores are: a real disk, since that is what is measured."""
    return os.environ.get("CUSTOMERINTEL_BENCH_DIR")


# -- timers --------------------------------------------------------------------------------


def absence(scale: float) -> Found:
    """How many ticks of a second after its deadline an absence fires, on a quiet stream."""
    n = count(200_000, scale)
    stream = simulate(n, n, days=0.02)
    fold = fold_of([cart_rule()])
    for batch in batches(stream, fold.plan.wanted, 4096):
        fold.events(batch)
    now, second, late = int(stream.time[-1]), 1_000_000, []
    for _ in range(2 * 3600):
        now += second
        late += [(now - one.due_at) / second for one in fold.tick(now)]
    return {"fires": len(late), "ticks_late_max": max(late, default=0.0)}


def storm(scale: float) -> Found:
    """A million deadlines within a minute: events go on beside them, with bounded ticks."""
    n = count(1_000_000, scale)
    stream = simulate(n, n, days=1 / 1440, seed=3)
    every = np.arange(n)
    stream = type(stream)(
        n, every, stream.time, np.full(n, 1), np.full(n, 10.0)
    )  # all add a product
    fold = fold_of([cart_rule()])
    for batch in batches(stream, fold.plan.wanted, 65_536):
        fold.events(batch)
    now, fired, slowest = int(stream.time[-1]) + 3_600_000_000, 0, 0.0
    beside = simulate(50_000, n, days=0.001, seed=4)
    beside = type(beside)(n, beside.customer, beside.time - START + now, beside.name, beside.total)
    ticks, events = [], batches(beside, fold.plan.wanted, 64)
    while True:
        start = time.perf_counter()
        fired += len(fold.tick(now))
        ticks.append(time.perf_counter() - start)
        start = time.perf_counter()
        one = next(events, None)
        if one is not None:
            fired += len(fold.events(one).decisions)
        slowest = max(slowest, time.perf_counter() - start)
        if not fold.pending:
            break
    return {
        "deadlines": n, "fires": fired, "ticks": len(ticks), "total_s": sum(ticks),
        "slowest_tick_ms": max(ticks) * 1e3, "slowest_64_events_ms": slowest * 1e3,
    }  # fmt: skip


# -- whole histories -----------------------------------------------------------------------


def backtest(scale: float) -> Found:
    """100 million events of a million customers through three rules."""
    from customerintel import live

    stream = simulate(count(100_000_000, scale), count(1_000_000, scale), days=180.0)
    given, outcome = table(stream), live.On("Order Completed")
    until = moment(int(START + 180 * DAY))
    del stream
    gc.collect()
    small = given.slice(0, 1000)
    live.run_backtest(three_rules(), small, until=until, outcome=outcome, horizon="7d")
    start = time.perf_counter()
    report = live.run_backtest(three_rules(), given, until=until, outcome=outcome, horizon="7d")
    seconds = time.perf_counter() - start
    return {"events": given.num_rows, "seconds": seconds, "events_per_s": given.num_rows / seconds,
            "report": repr(report), "peak_mb": _status("VmHWM")}  # fmt: skip


def recovery(scale: float) -> Found:
    """Open a store of 1 million customers with a snapshot and a tail of 1 million events."""
    from customerintel import live

    customers, tail = count(1_000_000, scale), count(1_000_000, scale)
    with tempfile.TemporaryDirectory(dir=disk()) as folder:
        child = [
            sys.executable,
            str(HERE / "live_tasks.py"),
            "--crash",
            folder,
            str(customers),
            str(tail),
        ]
        subprocess.run(child, check=True, cwd=HERE)
        live.Engine(twenty_rules(), store=":memory:", tz="UTC").close()
        start = time.perf_counter()
        engine = engine_in(folder)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        engine.close()
    return {
        "customers": customers,
        "tail_events": tail,
        "seconds": seconds,
        "store_mb": size / 2**20,
    }


def crash(folder: str, customers: int, tail: int) -> None:
    """Fill a store, and end without closing it."""
    first = simulate(customers, customers, days=3.0)
    every = type(first)(customers, np.arange(customers), first.time, first.name, first.total)
    engine = engine_in(folder, snapshot_every=10**12)
    for low in range(0, customers, 100_000):
        engine.ingest(lines(every.part(low, low + 100_000), low))
    # other rules: the store then holds a snapshot of everything
    engine.change_rules(twenty_rules()[:-1])
    engine.change_rules(twenty_rules())
    later = simulate(tail, customers, days=3.0, seed=8)
    for low in range(0, tail, 100_000):
        part = later.part(low, low + 100_000)
        moved = type(part)(customers, part.customer, part.time + 3 * DAY, part.name, part.total)
        engine.ingest(lines(moved, customers + low))
    os._exit(0)


def state(scale: float) -> Found:
    """Bytes per customer for ten counters and five timers."""
    customers = count(1_000_000, scale)
    stream = simulate(3 * customers, customers)
    rules = twenty_rules()[:15]
    fold = fold_of(rules)
    given = list(batches(stream, fold.plan.wanted, 65_536))
    gc.collect()
    before = _status("VmRSS")
    for batch in given:
        fold.events(batch)
        fold.drain()
    gc.collect()
    held = (_status("VmRSS") - before) * 2**20
    written = sum(len(body) for _, body in fold.parts())
    n = fold.n_customers
    return {"customers": n, "bytes_in_memory": held / n, "bytes_in_snapshot": written / n}
