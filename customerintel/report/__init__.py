"""The customer base on one page: a self-contained HTML file that a manager opens.

Needs matplotlib (``pip install "customerintel[plot]"``). The page holds aggregates only, loads
nothing from anywhere, and says what each number means and what the data would not allow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.report.making import build
    from customerintel.report.page import Note, Page

_HOMES = {"Note": "page", "Page": "page", "build": "making"}

__all__ = ["Note", "Page", "build"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
