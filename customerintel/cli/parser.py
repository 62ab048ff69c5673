"""The options of every command."""

from __future__ import annotations

import argparse
from pathlib import Path

from customerintel._version import __version__
from customerintel.cli.live_options import ShowSchema, add_running

__all__ = ["build_parser"]

TABLE_SUFFIXES = (".csv", ".parquet")
LOG_SUFFIXES = (".csv", ".csv.gz", ".parquet")
PLACE_SUFFIXES = (".csv", ".csv.gz")
PAGE_SUFFIXES = (".html", ".htm")
EVENT_SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; each command stores its function in ``run``."""
    parser = argparse.ArgumentParser(
        prog="customerintel",
        description="A transaction log goes in, who the customers are comes out.",
    )
    parser.add_argument("--version", action="version", version=f"customerintel {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_segment(commands)
    _add_report(commands)
    _add_live(commands)
    _add_doctor(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "demo",
        help="segment the customers of a real music shop (CDNOW)",
        description="Segments the 2,357 customers of the CDNOW 1/10 sample as of 1998-06-30, "
        "shows the segments and writes the tables.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("customerintel-demo"),
        metavar="DIR",
        help="folder for the tables (default: ./customerintel-demo)",
    )
    parser.set_defaults(run=_run_demo)


def _add_segment(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "segment",
        help="score and segment the customers of a CSV or Parquet file",
        description="Reads a transaction log, scores recency, frequency and money, names each "
        "customer's segment and writes one row per customer.",
    )
    parser.add_argument(
        "log", type=_log_path, help="the transaction log, .csv, .csv.gz or .parquet"
    )
    _add_columns(parser.add_argument_group("columns (needless where they have these names)"))
    _add_reading(parser.add_argument_group("reading"))
    _add_scoring(parser.add_argument_group("scoring"))
    parser.add_argument(
        "--out",
        type=_table_path,
        required=True,
        metavar="FILE",
        help="the table of customers to write, .csv or .parquet; never the log itself",
    )
    parser.set_defaults(run=_run_segment)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "report",
        help="make a report on the customers of a CSV or Parquet file, one HTML file",
        description="Reads a transaction log and writes one self-contained HTML page: headline "
        "numbers, segments, core customers, five lenses, cohorts, concentration, churn outlook, "
        "customer value and the quality of the data. It holds aggregates only.",
    )
    parser.add_argument(
        "log", type=_log_path, help="the transaction log, .csv, .csv.gz or .parquet"
    )
    columns = parser.add_argument_group("columns (needless where they have these names)")
    _add_columns(columns)
    columns.add_argument("--category", metavar="COLUMN", help="what was bought")
    columns.add_argument("--channel", metavar="COLUMN", help="where or how it was bought")
    _add_reading(parser.add_argument_group("reading"))
    _add_page(parser.add_argument_group("report"))
    _add_places(parser.add_argument_group("who lives where (columns are found where it is clear)"))
    parser.set_defaults(run=_run_report)


def _add_page(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--out", type=_page_path, required=True, metavar="FILE", help="the page to write, .html"
    )
    group.add_argument(
        "--as-of",
        metavar="MOMENT",
        help="the moment to look from; later rows are unseen (default: the log's last day)",
    )
    group.add_argument("--title", metavar="TEXT", help="head of the page")
    group.add_argument("--currency", metavar="SIGN", help="written before amounts, e.g. £ or EUR")
    group.add_argument(
        "--period", metavar="PERIOD", help="what the lenses compare: week, month, quarter, year"
    )
    group.add_argument(
        "--cohort-period", metavar="PERIOD", help="customers of one such period are a cohort"
    )
    group.add_argument(
        "--core-share", type=float, metavar="SHARE", help="share of the core (default: 0.20)"
    )
    group.add_argument("--no-churn", action="store_true", help="leave the churn outlook out")
    group.add_argument("--no-value", action="store_true", help="leave the customer value out")
    group.add_argument("--progress", action="store_true", help="show a progress bar (needs tqdm)")


def _add_places(group: argparse._ArgumentGroup) -> None:
    for name, text in (
        ("customers", "one row per customer, .csv; ids in customer_id, or as in the log"),
        ("population", "how many people live where, .csv"),
    ):
        group.add_argument(f"--{name}", type=_place_path, metavar="FILE", help=text)
    group.add_argument("--geojson", type=Path, metavar="FILE", help="shapes of the areas")
    for name in ("segment", "area", "location"):
        group.add_argument(f"--{name}", metavar="COLUMN", help=f"the {name} of each row")


def _add_columns(group: argparse._ArgumentGroup) -> None:
    for name, text in (
        ("customer-id", "who bought"),
        ("timestamp", "when"),
        ("amount", "money of the row; or give --quantity and --unit-price"),
        ("quantity", "number of units"),
        ("unit-price", "money per unit"),
        ("order-id", "rows with one order id count as one purchase"),
        ("kind", "sale, return, refund, cancellation or renewal"),
    ):
        group.add_argument(f"--{name}", metavar="COLUMN", help=text)


def _add_reading(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--timestamp-format",
        metavar="FORMAT",
        help="strptime format of text timestamps that are not ISO 8601, e.g. '%%d/%%m/%%Y %%H:%%M'",
    )
    group.add_argument(
        "--on-invalid",
        choices=("raise", "quarantine"),
        help="raise: stop and list the broken rules (default); quarantine: go on without the rows",
    )
    group.add_argument(
        "--rejected",
        type=_table_path,
        metavar="FILE",
        help="where to write the quarantined rows, .csv or .parquet",
    )


def _add_scoring(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--as-of",
        required=True,
        metavar="MOMENT",
        help="the moment to look from: a date means its last microsecond; later rows are unseen",
    )
    group.add_argument(
        "--window", metavar="TIME", help="count only the time before the moment, e.g. 180d"
    )
    group.add_argument("--bins", type=int, metavar="N", help="scores run from 1 to N (3 to 10)")
    group.add_argument("--scheme", metavar="NAME", help="segment scheme, e.g. rfm-11@1")


def _add_live(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "live",
        help="let rules decide on events from a file of JSON Lines",
        description="Reads events (Segment Spec or CloudEvents, one JSON object per line), decides "
        "by the rules what is to be done for whom, and keeps all of it in a store. Run again, it "
        "goes on where the store is; nothing is decided twice.",
    )
    parser.add_argument("rules", type=Path, help="the rules, .json, as of live.write_rules")
    parser.add_argument(
        "--events",
        type=lambda text: Path(text) if text == "-" else _path_ending_in(EVENT_SUFFIXES, text),
        required=True,
        metavar="FILE",
        help="the events, .jsonl[.gz]; - is standard input",
    )
    parser.add_argument("--schema", action=ShowSchema, help="show the JSON Schema of rules and end")
    add_running(parser.add_argument_group("running"))
    known = parser.add_argument_group("what is known of the customers when the store is started")
    known.add_argument("--history", type=_log_path, metavar="LOG", help="their purchases")
    known.add_argument(
        "--as-of", metavar="MOMENT", help="the moment that the history ends at; needed with it"
    )
    known.add_argument(
        "--consent", type=_log_path, metavar="FILE", help="who allowed what: a consent ledger"
    )
    _add_columns(parser.add_argument_group("columns of the history (where they have other names)"))
    _add_reading(parser.add_argument_group("reading of the history"))
    parser.set_defaults(run=_run_live)


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help="show versions, the kernel cache, threads and plugins",
        description="Shows what a bug report needs. Loads no plugin.",
    )
    parser.set_defaults(run=_run_doctor)


def _table_path(text: str) -> Path:
    return _path_ending_in(TABLE_SUFFIXES, text)


def _log_path(text: str) -> Path:
    return _path_ending_in(LOG_SUFFIXES, text)


def _place_path(text: str) -> Path:
    return _path_ending_in(PLACE_SUFFIXES, text)


def _page_path(text: str) -> Path:
    return _path_ending_in(PAGE_SUFFIXES, text)


def _path_ending_in(suffixes: tuple[str, ...], text: str) -> Path:
    if not text.lower().endswith(suffixes):
        words = " or ".join(", ".join(suffixes).rsplit(", ", 1))
        raise argparse.ArgumentTypeError(
            f"{text!r} does not end in {words}, the kinds of file this command knows here"
        )
    return Path(text)


# Commands are imported when they run: `--help` and a wrong option answer at once.


def _run_demo(arguments: argparse.Namespace) -> int:
    from customerintel.cli.demo import run

    return run(arguments)


def _run_segment(arguments: argparse.Namespace) -> int:
    from customerintel.cli.segment import run

    return run(arguments)


def _run_report(arguments: argparse.Namespace) -> int:
    from customerintel.cli.report import run

    return run(arguments)


def _run_live(arguments: argparse.Namespace) -> int:
    from customerintel.cli.live import run

    return run(arguments)


def _run_doctor(arguments: argparse.Namespace) -> int:
    from customerintel.cli.doctor import run

    return run(arguments)
