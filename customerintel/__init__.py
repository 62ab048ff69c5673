"""Who a business's customers are, what they will do, and what to do about it.

>>> import customerintel as ci
>>> log = ci.TransactionLog.from_frame({
...     "customer_id": [1, 1, 2],
...     "timestamp": ["2024-01-05", "2024-02-01", "2024-03-01"],
...     "amount": [10.0, 20.0, 5.0],
... })
>>> ci.summarize(log, as_of="2024-03-31").frequency
array([1, 0])
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from customerintel._version import __version__

if TYPE_CHECKING:
    from customerintel import (
        audit,
        churn,
        exceptions,
        live,
        lookalike,
        models,
        plot,
        plugins,
        relationships,
        report,
        rfm,
        schema,
    )
    from customerintel._kernels.threads import get_threads, set_threads
    from customerintel.rfm import (
        Migration,
        RFMScores,
        RFMThresholds,
        SegmentScheme,
        migration,
        score_rfm,
    )
    from customerintel.schema import (
        Consent,
        Customer,
        Event,
        SurveyAnswer,
        Transaction,
        pseudonymise,
    )
    from customerintel.tables import (
        ConsentLedger,
        ConsentState,
        CustomerFeatures,
        CustomerSummary,
        CustomerTable,
        History,
        InteractionLog,
        Rejections,
        SurveyLog,
        TransactionLog,
        summarize,
    )

__all__ = [
    "Consent",
    "ConsentLedger",
    "ConsentState",
    "Customer",
    "CustomerFeatures",
    "CustomerSummary",
    "CustomerTable",
    "Event",
    "History",
    "InteractionLog",
    "Migration",
    "RFMScores",
    "RFMThresholds",
    "Rejections",
    "SegmentScheme",
    "SurveyAnswer",
    "SurveyLog",
    "Transaction",
    "TransactionLog",
    "__version__",
    "audit",
    "churn",
    "exceptions",
    "get_threads",
    "live",
    "lookalike",
    "migration",
    "models",
    "plot",
    "plugins",
    "pseudonymise",
    "relationships",
    "report",
    "rfm",
    "schema",
    "score_rfm",
    "set_threads",
    "summarize",
]

#: Where each name lives; a room is loaded when one of its names is first used.
_ROOMS = {
    "customerintel._kernels.threads": ("get_threads", "set_threads"),
    "customerintel.rfm": (
        "Migration", "RFMScores", "RFMThresholds", "SegmentScheme", "migration", "score_rfm",
    ),
    "customerintel.schema": (
        "Consent", "Customer", "Event", "SurveyAnswer", "Transaction", "pseudonymise",
    ),
    "customerintel.tables": (
        "ConsentLedger", "ConsentState", "CustomerFeatures", "CustomerSummary", "CustomerTable",
        "History", "InteractionLog", "Rejections", "SurveyLog", "TransactionLog", "summarize",
    ),
}  # fmt: skip
_HOME = {name: room for room, names in _ROOMS.items() for name in names}
_MODULES = (
    "audit", "churn", "exceptions", "live", "lookalike", "models", "plot", "plugins",
    "relationships", "report", "rfm", "schema",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"customerintel.{name}")
    else:
        raise AttributeError(f"module 'customerintel' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
