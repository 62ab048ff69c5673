"""Options of ``live`` alone."""

from __future__ import annotations

import argparse
import json
from typing import Any

__all__ = ["ShowSchema", "add_running"]


class ShowSchema(argparse.Action):
    """Prints the JSON Schema of rules and ends, as ``--help`` does."""

    def __init__(self, option_strings: list[str], **options: Any) -> None:
        super().__init__(option_strings, **options | {"dest": argparse.SUPPRESS, "nargs": 0})

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it."""
        from customerintel.live import rules_schema

        print(json.dumps(rules_schema(), indent=1))
        parser.exit()


def add_running(group: argparse._ArgumentGroup) -> None:
    """Add the options of how it runs."""
    group.add_argument(
        "--store",
        default="live.db",
        metavar="STORE",
        help="an SQLite file or a postgresql:// address (default: live.db); made where needed",
    )
    group.add_argument("--follow", action="store_true", help="wait for further events until Ctrl-C")
    group.add_argument(
        "--dry-run", action="store_true", help="decide on a copy of the store; write nothing"
    )
    group.add_argument(
        "--tz",
        metavar="ZONE",
        help="zone of days and quiet hours (default: that of the store, UTC for a new one)",
    )
    group.add_argument("--lateness", metavar="TIME", help="wait for events out of order, e.g. 60s")
    group.add_argument(
        "--until", metavar="MOMENT", help="let time pass until then, after the last event"
    )
    group.add_argument(
        "--actions",
        metavar="FILE",
        help="hand out what is due: one JSON line per action, behind those there; - is standard "
        "output (default: actions wait in the store)",
    )
