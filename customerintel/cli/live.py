"""``live``: events and rules go in, decisions are made, kept in a store and handed out."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, TextIO

from customerintel.cli.live_events import PIPE, events_of
from customerintel.cli.live_screen import action_line, show_outcome
from customerintel.cli.live_store import copied_store
from customerintel.cli.segment import given, report_rejected
from customerintel.cli.segment import in_options as broken_rules
from customerintel.exceptions import DataValidationError, InvalidArgumentError

if TYPE_CHECKING:
    from customerintel.live import Engine

__all__ = ["run"]

_READING = (
    "customer_id", "timestamp", "amount", "quantity", "unit_price", "order_id", "kind",
    "timestamp_format", "on_invalid",
)  # fmt: skip
#: How many actions are taken from the store at once.
_AT_ONCE = 256
_LOOKED_AT = 8_192


def run(arguments: argparse.Namespace) -> int:
    """Feed an engine with the events of a file, and tell what was decided."""
    from customerintel import live

    _check(arguments)
    rules = live.read_rules(arguments.rules)
    if not len(rules):
        raise InvalidArgumentError(
            f"{arguments.rules.name} holds no rules, so nothing can be decided. Add one to it."
        )
    told = sys.stderr if arguments.actions == "-" else sys.stdout
    known = {"history": _history(arguments), "consent": _consent(arguments)}
    source = events_of(arguments.events, follow=arguments.follow)
    with ExitStack() as stack:
        store = stack.enter_context(_store(arguments))
        sink = stack.enter_context(_sink(arguments.actions))
        options = {"tz": arguments.tz, "lateness": arguments.lateness}
        engine = stack.enter_context(live.Engine(rules, store, **options, **known))
        counts: Counter[str] = Counter()
        if arguments.follow:
            print("Waiting for events; Ctrl-C ends it.", file=sys.stderr)
        try:
            with _interrupts(follow=arguments.follow) as is_over:
                _feed(engine, source, sink, counts, is_over)
            _pass_time(engine, arguments.until)
            _hand_out(engine, sink, counts)
        except KeyboardInterrupt:  # the usual end of --follow
            show_outcome(engine, arguments, counts, told)
            raise
        show_outcome(engine, arguments, counts, told)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse options that do not go together, before anything is written.

    Raises
    ------
    InvalidArgumentError
        If they do not, or two of them name one file.
    """
    from customerintel.live.engine_settings import read_settings
    from customerintel.live.engine_state import read_now

    read_settings(arguments.tz, arguments.lateness, None)
    if (arguments.history is None) != (arguments.as_of is None):
        raise InvalidArgumentError(
            "--history and --as-of belong together: give the log, and the moment it ends at."
        )
    if arguments.follow and arguments.until is not None:
        raise InvalidArgumentError(
            "--follow goes on until Ctrl-C, by the clock: leave --until or --follow out."
        )
    if arguments.dry_run and arguments.actions not in {None, "-"}:
        raise InvalidArgumentError(
            "--dry-run writes no file. See the actions with --actions -, or leave --dry-run out."
        )
    if arguments.until is not None:
        read_now(arguments.until, arguments.tz or "UTC", "--until")
    _check_files(arguments)


def _check_files(arguments: argparse.Namespace) -> None:
    """Refuse to write over what is read, or two things into one file."""
    read = ("rules", "events", "history", "consent")
    named = {("the rules" if name == "rules" else f"--{name}"): name for name in read}
    paths = {label: getattr(arguments, name) for label, name in named.items()}
    paths |= {"--store": arguments.store, "--rejected": arguments.rejected}
    paths["--actions"] = None if arguments.actions == "-" else arguments.actions
    if arguments.events == PIPE:
        del paths["--events"]
    files = [(label, Path(path).absolute()) for label, path in paths.items() if path is not None]
    for (first, one), (second, other) in combinations(files, 2):
        if one.resolve() == other.resolve() and second in {"--store", "--rejected", "--actions"}:
            raise InvalidArgumentError(
                f"{first} and {second} are the same file, {other.name}: nothing is written over "
                f"it. Give {second} another name."
            )


def _history(arguments: argparse.Namespace) -> Any:
    """Read what is known of the customers, if it is given."""
    if arguments.history is None:
        return None
    import customerintel as ci

    try:
        log = getattr(ci.TransactionLog, _reader(arguments.history))(
            arguments.history, **given(arguments, _READING)
        )
    except DataValidationError as error:
        raise DataValidationError(broken_rules(error), error.counts, error.rows) from error
    report_rejected(log, arguments)
    return log.as_of(arguments.as_of)


def _consent(arguments: argparse.Namespace) -> Any:
    """Read who allowed what, if it is given."""
    if arguments.consent is None:
        return None
    import customerintel as ci

    return getattr(ci.ConsentLedger, _reader(arguments.consent))(arguments.consent)


def _reader(path: Path) -> str:
    return "from_parquet" if path.suffix.lower() == ".parquet" else "from_csv"


@contextmanager
def _store(arguments: argparse.Namespace) -> Iterator[str]:
    """Give the store, or for a dry run a copy of it that is thrown away."""
    if not arguments.dry_run:
        yield arguments.store
        return
    with copied_store(arguments.store) as store:
        yield store


@contextmanager
def _sink(actions: str | None) -> Iterator[TextIO | None]:
    """Open where actions go to, behind what is there."""
    if actions is None:
        yield None
    elif actions == "-":
        yield sys.stdout
    else:
        with Path(actions).open("a", encoding="utf-8", newline="\n") as file:
            yield file


@contextmanager
def _interrupts(*, follow: bool) -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end what is followed between two batches, not in the middle of a change."""
    asked: list[int] = []
    if not follow or current_thread() is not main_thread():
        yield lambda: False
        return

    def ask(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, former)  # a second one does not wait

    former = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, former)


def _feed(
    engine: Engine, source: Any, sink: TextIO | None, counts: Counter[str],
    is_over: Callable[[], bool],
) -> None:  # fmt: skip
    """Ingest all events; of a followed file, let time pass by the clock."""
    ticked = float("-inf")
    for batch in source.batches(engine.offsets):
        if batch is not None:
            taken = engine.ingest(batch)
            for name in ("accepted", "duplicates", "kept_aside", "late"):
                counts[name] += getattr(taken, name)
        # while a source catches up, its events say how late it is, not the clock
        waited = time.monotonic() - ticked >= 1
        if source.live and batch is None and (waited or engine.pending):
            ticked = time.monotonic()
            engine.tick(datetime.now(UTC), most=_LOOKED_AT)
        _hand_out(engine, sink, counts)
        if is_over():
            raise KeyboardInterrupt


def _pass_time(engine: Engine, until: str | None) -> None:
    """Work off what is due at the last event, or until a later moment."""
    now = engine.time if until is None else until
    while now is not None and engine.tick(now).pending:
        pass


def _hand_out(engine: Engine, sink: TextIO | None, counts: Counter[str]) -> None:
    """Write what is due, each before it counts as done: a crash may repeat one, and lose none."""
    while sink is not None and (actions := engine.outbox.lease(_AT_ONCE)):
        for action in actions:
            sink.write(action_line(action) + "\n")
        sink.flush()
        for action in actions:
            engine.outbox.done(action)
        counts["handed_out"] += len(actions)
