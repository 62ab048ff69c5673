"""Churn by the gaps between purchases: an example of a plugin for customerintel."""

from __future__ import annotations

from acme_churn.gap import GapEstimator

__all__ = ["GapEstimator"]
