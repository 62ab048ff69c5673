"""Churn by gaps and types by talk: an example of plugins for customerintel."""

from __future__ import annotations

from acme_churn.gap import GapEstimator
from acme_churn.talk import TalkClassifier

__all__ = ["GapEstimator", "TalkClassifier"]
