"""The command line: ``python -m customerintel demo | segment | report | live | doctor``.

The one room that prints. Each command is a thin reader and writer around the public face.
"""

from __future__ import annotations

from customerintel.cli.command import main

__all__ = ["main"]
