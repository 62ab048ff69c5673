"""``report``: a file with a log goes in, one HTML file that people look at comes out."""

from __future__ import annotations

import argparse
import sys

from customerintel.cli.place_tables import place_options
from customerintel.cli.segment import check_files, given, report_rejected
from customerintel.cli.segment import in_options as broken_rules
from customerintel.exceptions import DataValidationError, InvalidArgumentError

__all__ = ["run"]

_READING = (
    "customer_id",
    "timestamp",
    "amount",
    "quantity",
    "unit_price",
    "order_id",
    "kind",
    "category",
    "channel",
    "timestamp_format",
    "on_invalid",
)
_BUILDING = ("as_of", "title", "currency", "period", "cohort_period", "core_share")


def run(arguments: argparse.Namespace) -> int:
    """Read the log, make the report and write it."""
    import customerintel as ci
    from customerintel.report import build
    from customerintel.report.warnings_told import in_plain_words

    check_files(arguments)
    # known before minutes of work
    if not arguments.out.absolute().parent.is_dir():
        raise InvalidArgumentError(
            f"The folder of {arguments.out} does not exist. Make it first, or give another --out."
        )
    kind = "from_parquet" if arguments.log.suffix.lower() == ".parquet" else "from_csv"
    try:
        log = getattr(ci.TransactionLog, kind)(arguments.log, **given(arguments, _READING))
    except DataValidationError as error:
        raise DataValidationError(broken_rules(error), error.counts, error.rows) from error
    report_rejected(log, arguments)
    options = given(arguments, _BUILDING)
    if arguments.no_churn:
        options["churn"] = False
    if arguments.no_value:
        options["value"] = False
    options |= place_options(arguments, ids_are_texts=log._texts is not None)
    page = build(log, **options, progress=arguments.progress)
    path = page.save(arguments.out)
    for text in dict.fromkeys(in_plain_words(one.text) for one in page.notes):
        _tell(text)
    print(
        f"{log.n_transactions:,} transactions of {log.n_customers:,} customers; "
        f"{len(page.sections)} sections, {len(page.notes)} "
        f"note{'' if len(page.notes) == 1 else 's'} on the data\n\nwrote {path}"
    )
    return 0


def _tell(text: str) -> None:
    """Show a note of the page; one that makes its numbers wrong is a warning."""
    from customerintel.report.shared_moments import ADVICE

    kind = "warning" if ADVICE in text else "note"
    told = text.replace(ADVICE, f"{ADVICE} (--order-id COLUMN)")
    print(f"customerintel: {kind}: {' '.join(told.split())}", file=sys.stderr)
