"""Runs one command; errors of the library become a message and an exit code."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import TextIO

from customerintel.cli.parser import build_parser
from customerintel.exceptions import CustomerIntelError, CustomerIntelWarning

__all__ = ["main"]

#: What the shell sees after an error that the user can mend (as after a wrong option).
USER_ERROR = 2

#: Arguments of the library that are options here, as its messages write them.
_ARGUMENT = re.compile(
    r"\b(customer_id|timestamp|amount|quantity|unit_price|order_id|kind|timestamp_format"
    r"|on_invalid|as_of|window|bins|scheme|core_share|cohort_period|period|currency|title"
    r"|tz|lateness|store|until|consent"
    r"|customers|population|geojson|segment|area|location|progress)=(?:'([^']*)'|\"([^\"]*)\"|(\w+))?"
)
#: Options that messages name without a value, too.
_NAME = re.compile(
    r"\b(core_share|cohort_period)\b"
    r"|^(segment|area|location|population|geojson|title|currency|period)"
    r"(?= (?:must|names|holds|says))"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; by default those of the process.

    Returns
    -------
    int
        0 when the work was done, 2 after an error of the library or of a file, 130 after Ctrl-C.
        Wrong options end the process with code 2, as :mod:`argparse` does.

    Examples
    --------
    >>> from customerintel.cli import main
    >>> main(["doctor"])  # doctest: +ELLIPSIS
    customerintel ...
    0
    """
    arguments = build_parser().parse_args(argv)
    try:
        with _short_warnings(), _no_collection():
            code: int = arguments.run(arguments)
            sys.stdout.flush()
    except CustomerIntelError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # the reader of our output has gone (`| head`): the interpreter must not flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USER_ERROR
    except OSError as error:
        return _fail(f"{error.filename or 'file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return 130
    return code


def _fail(message: str) -> int:
    print(f"customerintel: error: {in_lines(in_options(message))}", file=sys.stderr)
    return USER_ERROR


def in_options(message: str) -> str:
    """Turn ``bins=5`` of a message into ``--bins 5``, which can be typed here.

    Examples
    --------
    >>> in_options("Use scheme='rf-10@1', or other bins=.")
    'Use --scheme rf-10@1, or other --bins.'
    """

    def option(found: re.Match[str]) -> str:
        name, *values = found.groups()
        value = next((value for value in values if value and value != "True"), "")
        return f"--{name.replace('_', '-')} {value}".rstrip()

    told = _ARGUMENT.sub(option, message)
    told = _NAME.sub(lambda found: f"--{found[0].replace('_', '-')}", told)
    return told.replace("See .rejected.counts() for the rules", "See below for the rules")


def in_lines(message: str) -> str:
    """Keep the lines of a list of faults, indented below the first."""
    lines = [" ".join(line.split()) for line in message.splitlines()]
    return "\n  ".join(line for line in lines if line)


def one_line(message: str) -> str:
    """Join the lines of a message, so that a log or a grep keeps it whole."""
    return " ".join(message.split())


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cycle collector off: a third of a short command would go to numba's modules."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@contextlib.contextmanager
def _short_warnings() -> Iterator[None]:
    """Show warnings of the library as one line each, without source lines."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, CustomerIntelWarning):
                print(
                    f"customerintel: warning: {one_line(in_options(str(message)))}", file=sys.stderr
                )
            else:
                usual(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield
