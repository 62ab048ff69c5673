"""Shops with customers of known relationship types, to judge the classifier on.

Neither has anything in common with `customerintel.relationships`: one draws positions on the
eight dimensions and lets them drive every rate, the other gives each type a few habits.
"""

from __future__ import annotations
