"""Recency, frequency and monetary scores, named segments, and moves between them."""

from __future__ import annotations

from customerintel.rfm.migration_matrix import Changes, Migration
from customerintel.rfm.moves import migration
from customerintel.rfm.scores import RFMScores
from customerintel.rfm.scoring import score_rfm
from customerintel.rfm.segment_scheme import SegmentScheme
from customerintel.rfm.thresholds import RFMThresholds

__all__ = [
    "Changes",
    "Migration",
    "RFMScores",
    "RFMThresholds",
    "SegmentScheme",
    "migration",
    "score_rfm",
]
