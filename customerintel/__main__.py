"""``python -m customerintel``."""

from __future__ import annotations

import sys

from customerintel.cli import main

if __name__ == "__main__":
    sys.exit(main())
