"""How far a count with a window can go, and numbers beyond that."""

from __future__ import annotations

from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError

__all__ = ["MOST_PER_BUCKET", "expect_within_reach"]

#: Events that a bucket of a count holds.
MOST_PER_BUCKET: Final = 65_535


def expect_within_reach(one: Any) -> None:
    """Raise where a count with a window is compared with a number that it can never reach.

    Parameters
    ----------
    one : Compare
        A comparison of a `Count`; any other passes.
    """
    term, right = one.left, one.right
    if term.tag != "count" or term.window is None:
        return
    most = MOST_PER_BUCKET * term.n_buckets
    if right < most or (right == most and one.op not in ("gt", "le")):
        return
    raise InvalidArgumentError(
        f"{one!r}: a Count with a window keeps at most {MOST_PER_BUCKET:,} events per "
        f"{term.grain}, {most:,} in this one, so that the number is never passed. Compare with "
        "less, take a finer grain, or leave the window out: a Count since ever has no limit."
    )
