"""The churn estimators that can be had by name: built in, installed, or registered here."""

from __future__ import annotations

from customerintel.plugins import CHURN_ESTIMATOR, Registry

__all__ = [
    "ESTIMATORS",
    "block",
    "names",
    "plugins",
    "refresh",
    "register",
    "unblock",
    "unregister",
]

ESTIMATORS = Registry(
    group="customerintel.churn_estimators",
    contract=CHURN_ESTIMATOR,
    builtins={
        "auto": "customerintel.churn.auto:AutoEstimator",
        "bgnbd": "customerintel.churn.bgnbd:BGNBDEstimator",
        "contractual": "customerintel.churn.contractual:ContractualEstimator",
        "gbm": "customerintel.churn.gbm:GradientBoostingEstimator",
        "hazard": "customerintel.churn.hazard:HazardEstimator",
        "mbgcnbd": "customerintel.churn.mbgcnbd:MBGCNBDEstimator",
        "mbgnbd": "customerintel.churn.mbgnbd:MBGNBDEstimator",
        "paretonbd": "customerintel.churn.paretonbd:ParetoNBDEstimator",
        "recency": "customerintel.churn.recency:RecencyEstimator",
    },
)

names = ESTIMATORS.names
plugins = ESTIMATORS.plugins
register = ESTIMATORS.register
unregister = ESTIMATORS.unregister
block = ESTIMATORS.block
unblock = ESTIMATORS.unblock
refresh = ESTIMATORS.refresh
