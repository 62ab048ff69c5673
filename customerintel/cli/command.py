"""Runs one command; errors of the library become one line and an exit code."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import TextIO

from customerintel.cli.parser import build_parser
from customerintel.exceptions import CustomerIntelError, CustomerIntelWarning

__all__ = ["main"]

#: What the shell sees after an error that the user can mend (as after a wrong option).
USER_ERROR = 2


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
    print(f"customerintel: error: {one_line(message)}", file=sys.stderr)
    return USER_ERROR


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
                print(f"customerintel: warning: {one_line(str(message))}", file=sys.stderr)
            else:
                usual(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield
