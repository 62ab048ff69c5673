"""``demo``: the main job on a real log."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

from customerintel.cli import cdnow
from customerintel.cli.files import write_table
from customerintel.cli.segment import show

__all__ = ["run"]

#: The last day of the published log.
AS_OF = "1998-06-30"


def run(arguments: argparse.Namespace) -> int:
    """Segment the customers of CDNOW, show the segments and write the tables."""
    import customerintel as ci

    log = ci.TransactionLog.from_frame(cdnow.read(cdnow.locate()))
    history = log.as_of(AS_OF)
    rfm = ci.score_rfm(history)
    print("CDNOW 1/10 sample (Fader and Hardie): customers who first bought in early 1997.")
    show(log, rfm, as_of=AS_OF)
    print()
    for name, result in (("segments", rfm), ("summary", history.summarize(unit="week"))):
        for path in write_all(result.to_frame(), arguments.out, name):
            print(f"wrote {path}")
    return 0


def write_all(frame: Any, folder: Path, name: str) -> list[Path]:
    """Write a table as CSV, and as Parquet where pyarrow is installed."""
    suffixes = (".csv", ".parquet") if importlib.util.find_spec("pyarrow") else (".csv",)
    paths = [folder / f"{name}{suffix}" for suffix in suffixes]
    for path in paths:
        write_table(frame, path)
    return paths
