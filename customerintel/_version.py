"""The version, in a file of its own so that building needs no version control."""

from __future__ import annotations

__version__ = "0.1.0"
