"""scikit-learn both ways: a pipeline as a churn estimator, a churn estimator as a classifier.

Importing this module imports scikit-learn (extra ``sklearn``).
"""

from __future__ import annotations

from customerintel.churn.churn_classifier import ChurnClassifier
from customerintel.churn.pipeline_estimator import PipelineEstimator

__all__ = ["ChurnClassifier", "PipelineEstimator"]
