"""Kills a process that runs an engine, again and again, and looks at what is left.

    python -m live.kill_harness --kills 300

A parent imports and warms everything, works through a stream without interruption, and then forks
children that work through it again on another store. Each is killed (`SIGKILL`) at a random
moment, and the next one goes on where the store is. What a child "sends" is a line in a file, under
the id of the action, written before the action is marked as done. In the end the outbox and that
file are compared with the run that nothing interrupted.
"""

from __future__ import annotations

import argparse
import gc
import json
import mmap
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from live import kill_stream, lossy_stores
from live.store_faults import fork, quick_folder

from customerintel import live
from customerintel.live import engine_state, fold_saving
from customerintel.live.source_batch import SourceBatch
from customerintel.live.sqlite_store import SQLiteStore
from customerintel.tables import ConsentLedger

OPENING, WORKING = 0, 1
#: What an action is, however often it was sent and whenever that was.
LASTING = (
    "id", "rule_id", "rule_version", "customer_id", "position", "channel", "due_at", "state",
    "reason", "payload", "trigger_key", "arm", "unit_at",
)  # fmt: skip


def opened(make):
    """Open the store and an engine on it."""
    return live.Engine(
        kill_stream.rules(),
        store=make(),
        tz="Europe/Berlin",
        consent=ledger(),
        snapshot_every=150,
    )


@lru_cache(maxsize=1)
def ledger():
    """Return the ledger that every opening is given."""
    return ConsentLedger.from_records(kill_stream.consent())


def work_through(make, steps, effects, stage=None):
    """Do all that is not done yet, then let all time pass and send what is left."""
    with opened(make) as engine, Path(effects).open("ab", buffering=0) as file:
        if stage is not None:
            stage[0] = WORKING
        reached = engine.offsets.get(("shop", "0"), 0)
        known = [at for at, step in enumerate(steps) if step[0] == "events"]
        known = [at for at in known if steps[at][2][-1] < reached]
        # What is not an event has no offset; done again, it must change nothing.
        for step in steps[max(known, default=0) :]:
            do_step(engine, step, file)
        while engine.tick(kill_stream.FAR).pending:
            pass
        # What a killed child had leased is free again after a while.
        now = kill_stream.FAR
        while not {"queued", "leased"}.isdisjoint(engine.outbox.counts()):
            now += timedelta(minutes=10)
            while send(engine, file, now):
                pass


def do_step(engine, step, file):
    """Do one step of a stream."""
    kind, *given = step
    if kind == "events":
        engine.ingest(SourceBatch(given[0], "shop", "0", given[1]))
    elif kind == "tick":
        engine.tick(given[0])
    elif kind == "merge":
        engine.merge(*given)
    elif kind == "snapshot":
        engine.snapshot()
    else:
        send(engine, file)


def send(engine, file, now=None):
    """Lease some actions, have the effect of each, and note that it is done."""
    actions = engine.outbox.lease(7, now=now, for_="5m")
    for action in actions:
        what = f"{action.id} {action.rule_id} {action.channel} {action.due_at.isoformat()}"
        file.write(f"sent {what}\n".encode())
        engine.outbox.done(action)
        file.write(f"done {what}\n".encode())
    return len(actions)


def wait_a_moment(stage, generator):
    """Wait until a child is somewhere in its work, or now and then, in its opening."""
    if generator.random() < 0.2:
        time.sleep(generator.uniform(0.0, 0.02))
        return
    until = time.monotonic() + 30.0
    while stage[0] == OPENING and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(generator.uniform(0.0, 0.03))


def killed_children(make, steps, effects, generator, most):
    """Fork children until one comes to the end; return what each was doing when it was killed."""
    killed, stage = [], mmap.mmap(-1, 1)
    gc.freeze()  # what the children do not look at, they need not copy
    while True:
        stage[0] = OPENING
        child = fork()
        if child == 0:
            code = 1
            try:
                work_through(make, steps, effects, stage)
                code = 0
            except BaseException:  # noqa: BLE001 - told, and then the child ends
                traceback.print_exc()
            finally:
                os._exit(code)
        if len(killed) < most:
            wait_a_moment(stage, generator)
            os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            return killed
        if code != -signal.SIGKILL:
            raise SystemExit(f"A child failed with code {code}.")
        killed.append(stage[0])


def outbox_of(make):
    """Return what is in the outbox, by id."""
    store = make()
    rows = {one.id: {name: getattr(one, name) for name in LASTING} for one in store.actions()}
    store.close()
    return rows


def compare(expected, found, effects):
    """Return what is wrong, in words."""
    told = [line.split(" ", 2) for line in Path(effects).read_text().splitlines()]
    sent = Counter(key for word, key, _ in told if word == "sent")
    done = {key for key, row in expected.items() if row["state"] == "done"}
    faults = []
    faults += [f"lost: {expected[key]}" for key in expected if key not in found]
    faults += [f"spurious: {found[key]}" for key in found if key not in expected]
    faults += [
        f"changed: {row} for {expected[key]}"
        for key, row in found.items()
        if key in expected and row != expected[key]
    ]
    faults += [f"effect lost: {expected[key]}" for key in done if not sent[key]]
    faults += [f"effect spurious: {key}" for key in sent if key not in done]
    # An action may be sent again, but under its key, and not once it is known to be done.
    keys = Counter(key for key, _ in {(key, what) for _, key, what in told})
    faults += [f"key of two actions: {key}" for key, n in keys.items() if n > 1]
    finished = set()
    for word, key, _ in told:
        if word == "done":
            finished.add(key)
        elif key in finished:
            faults.append(f"sent again after it was done: {key}")
    return faults, sum(sent.values()) - len(sent)


def run(kills, seed, n_steps, make_in, folder):
    """Kill children until there were enough kills; return what was found."""
    generator = random.Random(seed)
    report = {
        "kills": 0,
        "while_opening": 0,
        "streams": 0,
        "actions": 0,
        "sent_again": 0,
        "faults": [],
    }
    states: Counter[str] = Counter()
    while report["kills"] < kills and not report["faults"]:
        number = report["streams"]
        steps = kill_stream.steps(seed * 1_000 + number, n_steps)
        place = folder / str(number)
        place.mkdir()
        whole, broken = make_in(place, "whole"), make_in(place, "broken")
        work_through(whole, steps, place / "whole.txt")
        expected = outbox_of(whole)
        killed = killed_children(
            broken, steps, place / "sent.txt", generator, kills - report["kills"]
        )
        report["kills"] += len(killed)
        report["while_opening"] += killed.count(OPENING)
        faults, again = compare(expected, outbox_of(broken), place / "sent.txt")
        report["streams"] += 1
        report["actions"] += len(expected)
        report["sent_again"] += again
        report["faults"] = faults
        states.update(f"{row['rule_id']} {row['state']}" for row in expected.values())
    return report | {"states": dict(sorted(states.items()))}


def main():
    """Run as a program: what was found goes to the standard output as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--store", default="SQLiteStore", help="or a class of lossy_stores")
    parser.add_argument("--postgres", help="how to reach a server, for PostgresStore")
    parser.add_argument("--bits", action="store_true", help="write every snapshot bit by bit")
    given = parser.parse_args()
    if given.bits:
        engine_state.FEW, engine_state.PART, fold_saving.SMALL = 0, 600, 500
    prefix = f"kill_{os.getpid()}"

    def make_in(place, name):
        if given.postgres:
            schema = f"{prefix}_{place.name}_{name}"
            return lambda: live.PostgresStore(given.postgres, schema=schema, wait=30.0)
        kind = getattr(lossy_stores, given.store, SQLiteStore) if name == "broken" else SQLiteStore
        return lambda: kind(place / f"{name}.db")

    with quick_folder() as folder:
        report = run(given.kills, given.seed, given.steps, make_in, folder)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
