"""``segment``: a file with a log goes in, a file with one row per customer comes out."""

from __future__ import annotations

import argparse
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customerintel.cli.files import write_table
from customerintel.cli.screen import rejected_lines, score_rows, segment_rows, show_table
from customerintel.exceptions import DataValidationError, InvalidArgumentError

if TYPE_CHECKING:
    from customerintel.rfm import RFMScores
    from customerintel.tables import TransactionLog

__all__ = ["run", "show"]

_READING = (
    "customer_id",
    "timestamp",
    "amount",
    "quantity",
    "unit_price",
    "order_id",
    "kind",
    "timestamp_format",
    "on_invalid",
)
_SCORING = ("as_of", "window", "bins", "scheme")


def run(arguments: argparse.Namespace) -> int:
    """Read the log, score and name the customers, write and show the result."""
    import customerintel as ci

    check_files(arguments)
    kind = "from_parquet" if arguments.log.suffix.lower() == ".parquet" else "from_csv"
    try:
        log = getattr(ci.TransactionLog, kind)(arguments.log, **given(arguments, _READING))
    except DataValidationError as error:
        raise DataValidationError(in_options(error), error.counts, error.rows) from error
    report_rejected(log, arguments)
    rfm = ci.score_rfm(log, **given(arguments, _SCORING))
    show(log, rfm, as_of=arguments.as_of)
    write_table(rfm.to_frame(), arguments.out)
    print(f"\nwrote {arguments.out}")
    return 0


def check_files(arguments: argparse.Namespace) -> None:
    """Refuse to write over the log, or two tables into one file.

    Raises
    ------
    InvalidArgumentError
        When two of the log, ``--out`` and ``--rejected`` are one file.
    """
    named = {
        "the log": arguments.log,
        "--out": arguments.out,
        "--rejected": arguments.rejected,
    }
    paths = [(name, path) for name, path in named.items() if path is not None]
    for (first, one), (second, other) in combinations(paths, 2):
        if _same_file(one, other):
            raise InvalidArgumentError(
                f"{first} and {second} are the same file, {other}: nothing is written over it. "
                f"Give {second} another name."
            )


def _same_file(one: Path, other: Path) -> bool:
    # names first, because neither may exist yet; then what lies behind links of any kind
    return one.resolve() == other.resolve() or (
        one.exists() and other.exists() and one.samefile(other)
    )


def in_options(error: DataValidationError) -> str:
    """Say which rules were broken, one line each, and what to do about it in options."""
    broken = [
        f"{rule} in {count:,} (first: {', '.join(map(str, error.rows.get(rule, ())))})"
        for rule, count in error.counts.items()
    ]
    return "\n".join(
        [
            "rows break rules (rows count from 0):",
            *broken,
            "Correct them, or set them aside: --on-invalid quarantine --rejected FILE",
        ]
    )


def given(arguments: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the options that were given; the others keep the defaults of the library."""
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def report_rejected(log: TransactionLog, arguments: argparse.Namespace) -> None:
    """Tell how many rows broke which rule, and keep the rows if asked to."""
    for line in rejected_lines(log.rejected.counts(), rows=len(log.rejected)):
        print(line, file=sys.stderr)
    if arguments.rejected is not None:
        write_table(log.rejected.to_frame(), arguments.rejected)


def show(log: TransactionLog, rfm: RFMScores, *, as_of: str) -> None:
    """Print how much was read and what was found."""
    money = "" if rfm.monetary is not None else "; the log has no amounts: no monetary score"
    print(
        f"{log.n_transactions:,} transactions of {log.n_customers:,} customers; "
        f"{len(rfm):,} customers as of {as_of}, scheme {rfm.scheme or 'none'}{money}\n"
    )
    show_table(*(segment_rows(rfm) if rfm.scheme else score_rows(rfm)))
