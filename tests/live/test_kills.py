"""Killed at random moments, hundreds of times: no effect lost, none spurious, none renamed.

``CUSTOMERINTEL_KILLS=1000`` kills more often than the 300 times of a normal run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from live.postgres_server import postgres_or_skip

KILLS = int(os.environ.get("CUSTOMERINTEL_KILLS", "300"))
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def start(*arguments):
    """Start the harness in a process of its own: it forks, and has no threads."""
    paths = os.pathsep.join(map(str, (ROOT / "tests", ROOT)))
    return subprocess.Popen(
        [sys.executable, "-m", "live.kill_harness", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reports(*processes):
    """Return what each process found; what it says on the standard error is shown."""
    found = []
    for one in processes:
        output, errors = one.communicate(timeout=60 + KILLS)
        assert one.returncode == 0, errors
        found.append(json.loads(output))
    return found


def test_killed_hundreds_of_times():
    """SQLite: the outbox and the effects of a run that was killed are those of one that was not."""
    half = (KILLS + 1) // 2
    found = reports(
        start("--kills", half, "--seed", 1), start("--kills", half, "--seed", 2, "--bits")
    )
    assert [one["faults"] for one in found] == [[], []]
    assert sum(one["kills"] for one in found) >= KILLS
    for one in found:
        # Most were killed at work, and there was something to lose.
        assert one["while_opening"] < 0.6 * one["kills"]
        assert one["actions"] > 200
        rules = {state.split(" ")[0] for state in one["states"]}
        assert rules == {"calm", "cart", "keen", "less", "opened", "path"}
        assert {"cart held_out", "cart suppressed", "path suppressed"} <= one["states"].keys()


def test_killed_with_postgres():
    """PostgreSQL: the same, a few dozen times."""
    server = postgres_or_skip()
    (found,) = reports(start("--kills", max(30, KILLS // 10), "--postgres", server, "--steps", 120))
    assert found["faults"] == []
    assert found["kills"] >= 30
    assert found["actions"] > 50


@pytest.mark.parametrize(
    ("store", "fault"),
    [
        ("OffsetsFirst", "lost: "),
        ("ActionsLater", "lost: "),
        ("ForgetsInserts", "sent again after it was done: "),
    ],
)
def test_the_harness_finds_what_is_lost(store, fault):
    """A store that is not whole at every moment is found out."""
    (found,) = reports(start("--kills", 150, "--steps", 120, "--store", store))
    assert any(one.startswith(fault) for one in found["faults"])
