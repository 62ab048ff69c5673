"""What is shown on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from customerintel.rfm import RFMScores

__all__ = ["rejected_lines", "score_rows", "segment_rows", "show_table"]


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            text.rjust(width) if place else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())


def segment_rows(rfm: RFMScores) -> tuple[list[str], list[list[str]]]:
    """Put together what is worth seeing of each segment, in the order of the scheme.

    Parameters
    ----------
    rfm : RFMScores
        With a scheme.

    Returns
    -------
    tuple of list of str and list of list of str
        Head and rows of the table, without empty segments: the median of the days since the
        last purchase, the mean of the days with one, and money where the log has amounts.
    """
    head = ["segment", "customers", "of all", "days since last", "purchase days"]
    amount = rfm.total_amount
    if amount is not None:
        head += ["amount", "of all"]
    rows = []
    for code, name in enumerate(rfm.scheme.segments if rfm.scheme else ()):
        chosen = rfm.segment_code == code
        size = int(np.count_nonzero(chosen))
        if size == 0:
            continue
        row = [
            name,
            f"{size:,}",
            percent(size, len(chosen)),
            f"{np.median(rfm.time_since_last[chosen]):,.0f}",
            f"{np.mean(rfm.frequency[chosen]):,.1f}",
        ]
        if amount is not None:
            part = float(amount[chosen].sum())
            row += [f"{part:,.0f}", percent(part, float(amount.sum()))]
        rows.append(row)
    return head, rows


def score_rows(rfm: RFMScores) -> tuple[list[str], list[list[str]]]:
    """Count the customers of each score, for scores that no scheme gives names to."""
    sizes = rfm.bin_sizes()
    head = ["customers with score", *(str(1 + score) for score in range(max(rfm.bins)))]
    padding = [""] * max(rfm.bins)
    rows = [
        [name, *[f"{size:,}" for size in counts], *padding[len(counts) :]]
        for name, counts in sizes.items()
    ]
    return head, rows


def percent(part: float, whole: float) -> str:
    """Return a share with one decimal, a dash where there is nothing to share."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def rejected_lines(counts: Mapping[str, int], *, rows: int) -> list[str]:
    """Return one line per broken rule, and the sum that shows that nothing was lost."""
    width = max((len(rule) for rule in counts), default=0)
    lines = [f"  {rule.ljust(width)}  {count:>12,}" for rule, count in counts.items()]
    return [f"rejected rows: {rows:,}", *lines] if rows else []
