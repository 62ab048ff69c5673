"""How every result object shows itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Self

__all__ = ["Sealed", "html_table", "one_line"]


def _show(value: object) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def one_line(name: str, /, **facts: object) -> str:
    """Return ``Name(fact=value, …)``; facts that are None are left out.

    Examples
    --------
    >>> one_line("TransactionLog", transactions=6919, kind="pandas", zone=None)
    'TransactionLog(transactions=6,919, kind=pandas)'
    """
    inner = ", ".join(f"{key}={_show(value)}" for key, value in facts.items() if value is not None)
    return f"{name}({inner})"


def html_table(title: str, rows: Sequence[tuple[str, object]]) -> str:
    """Return a small HTML table of names and values; every text is escaped.

    Examples
    --------
    >>> html_table("Counts", [("a < b", 3)])
    '<table><caption>Counts</caption><tr><th>a &lt; b</th><td>3</td></tr></table>'
    """
    body = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_show(value))}</td></tr>" for name, value in rows
    )
    return f"<table><caption>{escape(title)}</caption>{body}</table>"


class Sealed:
    """What nobody can give new or other attributes once it is made."""

    def __setattr__(self, name: str, value: object) -> None:
        if self.__dict__.get("_is_sealed"):
            raise AttributeError(
                f"{type(self).__name__} cannot be changed; {name!r} was not set. Make a new one."
            )
        super().__setattr__(name, value)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # what cannot change need not be held twice: scikit-learn's clone() copies all it is given
        return self

    def _seal(self) -> None:
        self.__dict__["_is_sealed"] = True
