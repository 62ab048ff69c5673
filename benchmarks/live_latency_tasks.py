"""How long an event waits for its durable decision, at a rate of arrival."""

from __future__ import annotations

import gc
import tempfile
import time
from typing import Any

import numpy as np
from live_state_tasks import Found, count, disk, engine_in
from live_streams import DAY, START, lines, moment, simulate

#: Events before the clock runs.
_WARM = 20_000


def _with_customers(folder: str, customers: int, **options: Any) -> Any:
    """Return an engine that has seen every customer once, on the days before the stream."""
    engine = engine_in(folder, snapshot_every=10**12, **options)
    first = simulate(customers, customers, days=3.0)
    every = type(first)(
        customers, np.arange(customers), first.time - 4 * DAY, first.name, first.total
    )
    for low in range(0, customers, 100_000):
        engine.ingest(lines(every.part(low, low + 100_000), 10**9 + low))
    return engine


def _arriving(rate: int, seconds: float, customers: int, newcomers: float, start: int) -> Any:
    """Return events in real time of known customers, and a share of somebody new."""
    n = max(int(rate * seconds), 10) + _WARM
    stream = simulate(n, customers, days=n / rate / 86_400)
    new = np.random.default_rng(5).random(n) < newcomers
    customer = np.where(new, customers + np.cumsum(new), stream.customer)
    return type(stream)(
        customers, customer, stream.time - stream.time[_WARM] + start, stream.name, stream.total
    )


def _latency(stream: Any, rate: int, customers: int, every: int) -> Found:
    """Open loop: events arrive on a schedule, and all that have arrived are taken at once.

    The latency of an event goes from when it was due to arrive to the commit of its decision, so
    that a stall counts for everything that waits behind it.
    """
    given = lines(stream)
    with tempfile.TemporaryDirectory(dir=disk()) as folder:
        _with_customers(folder, customers).close()
        engine = engine_in(folder, snapshot_every=every)
        for low in (0, 1, 8, 64, 512, 4096):  # every size of portion is compiled and planned
            engine.ingest(given[low : max(2 * low, 1)])
        engine.ingest(given[8192:_WARM])
        while engine.tick(moment(int(stream.time[_WARM]))).pending:
            pass
        given, time_of = given[_WARM:], stream.time[_WARM:]
        n = len(given)
        arrival, latency, portions = np.arange(n) / rate, np.empty(n), []
        gc.collect()
        gc.freeze()
        done, start, ticked = 0, time.perf_counter() + 0.05, 1.0
        while done < n:
            now = time.perf_counter() - start
            here = min(int(np.searchsorted(arrival, now, "right")), done + 4096)
            if here > done:
                engine.ingest(given[done:here])
                latency[done:here] = time.perf_counter() - start - arrival[done:here]
                portions.append(here - done)
                done = here
            elif now > ticked or engine.pending:  # as `live.run` does it while nothing comes
                engine.tick(moment(int(time_of[max(done - 1, 0)])), most=2048)
                ticked = now + 1.0
            else:
                time.sleep(max(arrival[done] - now - 5e-5, 0.0))
        engine.close()
    ms = {f"p{q}_ms": float(np.percentile(latency, q) * 1e3) for q in (50, 90, 99, 99.9)}
    found = {"rate": rate, "events": n, "customers": customers, **ms}
    return found | {"max_ms": float(latency.max() * 1e3), "mean_portion": float(np.mean(portions))}


def _paced(
    rate: int, scale: float, *, newcomers: float = 0.02, every: int = 10**12, midnight: bool = False
) -> Found:
    """Run events for half a minute from noon on, or around the end of a day."""
    seconds, customers = max(30 * scale, 0.3), count(1_000_000, scale)
    start = START + (DAY - int(seconds * 5e5) if midnight else DAY // 2)
    stream = _arriving(rate, seconds, customers, newcomers, start)
    return _latency(stream, rate, customers, every) | {"newcomers": newcomers}


def latency_1k(scale: float) -> Found:
    """Arrival to durable decision at 1,000 events a second; a million known customers."""
    return _paced(1_000, scale)


def latency_50k(scale: float) -> Found:
    """The same at 50,000 events a second."""
    return _paced(50_000, scale)


def latency_new(scale: float) -> Found:
    """The same where nearly half of the events are the first of somebody new."""
    return _paced(50_000, scale, newcomers=0.45)


def latency_midnight(scale: float) -> Found:
    """The same as `latency_50k` with the end of a day for everybody in the middle."""
    return _paced(50_000, scale, midnight=True)


def latency_snapshot(scale: float) -> Found:
    """The same as `latency_50k` with a snapshot of all customers in the middle."""
    return _paced(50_000, scale, every=count(750_000, scale))
