"""Sums and squares of money that are beyond all floats."""

from __future__ import annotations

import numpy as np

__all__ = ["beyond_floats"]


def beyond_floats() -> np.errstate:
    """Return a context in which what is too large is inf, and what follows from that NaN, silently.

    Floats end at 1.8e308, and squares of amounts at 1.3e154. What such amounts come to is told by
    the figures, and a warning of NumPy would name a line that is not the caller's.
    """
    return np.errstate(over="ignore", invalid="ignore")
