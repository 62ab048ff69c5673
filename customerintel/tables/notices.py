"""Warnings that point at the caller's line, however deep in the library they arise."""

from __future__ import annotations

import sys
import warnings
from types import FrameType

from customerintel.exceptions import CustomerIntelWarning, DataQualityWarning

__all__ = ["warn_caller"]

_PACKAGE = __name__.partition(".")[0]


def warn_caller(message: str, category: type[CustomerIntelWarning] = DataQualityWarning) -> None:
    """Warn at the first line outside this package."""
    level = 1
    frame: FrameType | None = sys._getframe()
    while frame is not None and _inside(frame.f_globals.get("__name__", "")):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _inside(module: str) -> bool:
    return module == _PACKAGE or module.startswith(f"{_PACKAGE}.")
