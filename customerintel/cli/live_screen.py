"""What ``live`` shows: counts of events, and of actions by rule."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, TextIO

from customerintel.cli.live_events import PIPE
from customerintel.cli.screen import show_table

if TYPE_CHECKING:
    from customerintel.live import Engine

__all__ = ["action_line", "show_outcome"]

_STATES = ("queued", "leased", "done", "suppressed", "held_out", "failed")


def action_line(action: Any) -> str:
    """Return an action as one line of JSON."""
    fields = {
        "id": action.id,
        "rule_id": action.rule_id,
        "rule_version": action.rule_version,
        "customer_id": action.customer_id,
        "channel": action.channel,
        "due_at": action.due_at.isoformat(),
        "payload": dict(action.payload),
    }
    return json.dumps(fields, ensure_ascii=False, default=str)


def show_outcome(
    engine: Engine, arguments: argparse.Namespace, counts: Counter[str], told: TextIO
) -> None:
    """Print what came in, what is in the store, and what was handed out."""
    with redirect_stdout(told):
        time = "none yet" if engine.time is None else engine.time.isoformat(sep=" ")
        name = "standard input" if arguments.events == PIPE else arguments.events.name
        print(
            f"{name}: {counts['accepted']:,} events accepted, "
            f"{counts['duplicates']:,} repeated, {counts['kept_aside']:,} kept aside"
            + (f", {counts['late']:,} late" if counts["late"] else "")
        )
        here = "" if arguments.dry_run else " in the store"
        if engine.rejected > counts["kept_aside"]:
            here += ", those of earlier runs too"
        for reason, number in _reasons(engine).items():
            print(f"  kept aside{here}: {reason}: {number:,}")
        print(f"time of the engine: {time}\n")
        show_table(*_rows(engine))
        print(f"\n{_ending(arguments, counts)}")


def _reasons(engine: Engine) -> Counter[str]:
    return Counter(one.reason for one in engine.kept_aside()) if engine.rejected else Counter()


def _rows(engine: Engine) -> tuple[list[str], list[list[str]]]:
    """Count the actions of each rule by their state; of states that there are, and "queued"."""
    table = engine.outbox.to_frame("dict")
    columns = (map(str, table[name]) for name in ("rule_id", "state", "reason"))
    found = Counter(
        (rule, f"{state}: {reason}" if state == "suppressed" else state)
        for rule, state, reason in zip(*columns, strict=True)
    )
    shown = sorted({"queued"} | {state for _, state in found}, key=_place)
    rules = dict.fromkeys([*(rule.id for rule in engine.rules), *(rule for rule, _ in found)])
    head = ["actions of rule", *(state.replace("_", " ") for state in shown)]
    return head, [[rule, *(f"{found[rule, state]:,}" for state in shown)] for rule in rules]


def _place(state: str) -> tuple[int, str]:
    return _STATES.index(state.partition(":")[0]), state


def _ending(arguments: argparse.Namespace, counts: Counter[str]) -> str:
    handed = counts["handed_out"]
    would = "would be " if arguments.dry_run else ""
    out = f"{handed:,} action{'' if handed == 1 else 's'} {would}handed out; " if handed else ""
    if arguments.dry_run:
        return f"{out}dry run: nothing was written"
    place = arguments.store.rpartition("@")[2]  # a password stays where it is
    return f"{out}the store is {place}"
