"""``demo``: the main job on a real log."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
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

    path = cdnow.locate()
    if not compiled_before():
        print("compiling the kernels once, this takes some seconds …", file=sys.stderr, flush=True)
    log = ci.TransactionLog.from_frame(cdnow.read(path))
    history = log.as_of(AS_OF)
    rfm = ci.score_rfm(history)
    print("CDNOW 1/10 sample (Fader and Hardie): customers who first bought in early 1997.")
    show(log, rfm, as_of=AS_OF)
    print()
    for name, result in (("segments", rfm), ("summary", history.summarize(unit="week"))):
        for path in write_all(result.to_frame(), arguments.out, name):
            print(f"wrote {path}")
    return 0


def compiled_before() -> bool:
    """Tell whether compiled kernels lie in numba's usual folder; without importing numba.

    Another folder, or compiling in each process, only means that the notice comes every time.
    """
    import customerintel._kernels as kernels

    set_folder = os.environ.get("NUMBA_CACHE_DIR")
    folders = (
        [Path(set_folder)] if set_folder else [Path(f, "__pycache__") for f in kernels.__path__]
    )
    return any(any(folder.rglob("summary.*.nbi")) for folder in folders)


def write_all(frame: Any, folder: Path, name: str) -> list[Path]:
    """Write a table as CSV, and as Parquet where pyarrow is installed."""
    suffixes = (".csv", ".parquet") if importlib.util.find_spec("pyarrow") else (".csv",)
    paths = [folder / f"{name}{suffix}" for suffix in suffixes]
    for path in paths:
        write_table(frame, path)
    return paths
