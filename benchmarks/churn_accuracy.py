"""AUC and Brier score of `auto` and of usual baselines, on the same customers and outcomes.

The baselines are what a careful analyst would fit: twelve RFM-type features one horizon ago,
with what then happened, in scikit-learn; the Pareto/NBD expectation; the recency rule.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from churn_logs import DAY, LOGS, START
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import customerintel as ci

TWELVE = (
    "frequency", "recency", "T", "total_amount", "mean_amount", "first_amount", "gap_mean",
    "gap_std", "time_since_last", "purchases_30d", "purchases_90d", "purchases_180d",
)  # fmt: skip
OURS = ("recency", "bgnbd", "mbgnbd", "paretonbd", "mbgcnbd", "hazard", "gbm", "auto")


def baselines(now: Any, horizon: str) -> dict[str, np.ndarray]:
    """Return each baseline's P(no purchase); the recency rule's are ranks only."""
    past, churned = ci.churn.label(now, horizon)
    seen, today = past.features(), now.features()
    X, Z = (np.column_stack([one[name] for name in TWELVE]) for one in (seen, today))
    A, B = (np.nan_to_num(one) for one in (X, Z))
    found = {}
    logs = np.log1p(abs(A)), np.log1p(abs(B))
    for name, (seen_as, today_as) in {"logistic": (A, B), "logistic, logs": logs}.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
        found[name] = model.fit(seen_as, churned).predict_proba(today_as)[:, 1]
    careful = {"learning_rate": 0.05, "max_leaf_nodes": 8, "min_samples_leaf": 30}
    choices: dict[str, dict[str, Any]] = {"boosting": {}, "boosting, careful": careful}
    for name, options in choices.items():
        trees = HistGradientBoostingClassifier(random_state=0, **options)
        found[name] = trees.fit(X, churned).predict_proba(Z)[:, 1]
    silent = now.summarize(unit="day").time_since_last
    return found | {"recency rule (ranks)": silent / (silent.max() + 1.0)}


def judge(make: Any, moment: Any, days: int) -> dict[str, Any] | None:
    """Compare all on one log."""
    log = make()
    if log is None:
        return None
    if not isinstance(moment, str):
        moment = str((START + moment * DAY).astype("M8[D]"))
    now = log.as_of(moment)
    later = log.as_of(np.datetime64(moment, "D") + days)
    past, churned = ci.churn.label(later, f"{days}d")
    assert np.array_equal(past.customer_id, now.customer_id)
    found = baselines(now, f"{days}d")
    for name in OURS:
        found[f"customerintel {name}"] = (
            ci.churn.get(name, seed=0).fit(now, f"{days}d").predict(now).probability
        )
    aucs = {name: float(roc_auc_score(churned, p)) for name, p in found.items()}
    briers = {
        name: float(brier_score_loss(churned, p))
        for name, p in found.items()
        if "ranks" not in name
    }
    peers = [name for name in found if not name.startswith("customerintel")]
    peers.append("customerintel paretonbd")
    best = max(aucs[name] for name in peers)
    least = min(briers[name] for name in peers if name in briers)
    ours = "customerintel auto"
    return {
        "customers": int(now.n_customers),
        "moment": moment,
        "horizon_days": days,
        "churned": float(churned.mean()),
        "auto_auc_above_best": aucs[ours] - best,
        "auto_brier_above_best": briers[ours] - least,
        "auc": aucs,
        "brier": briers,
    }


def accuracy() -> dict[str, Any]:
    """Compare on every log there is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {name: judge(*one) for name, one in LOGS.items()}
    return {name: one for name, one in found.items() if one is not None}
