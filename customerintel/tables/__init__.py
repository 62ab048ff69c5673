"""The door: any table in, validated columns inside, the same kind of table out."""

from __future__ import annotations

from customerintel.tables.consent_ledger import ConsentLedger
from customerintel.tables.consent_state import ConsentState
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.features import CustomerFeatures
from customerintel.tables.history import History
from customerintel.tables.interaction_log import InteractionLog
from customerintel.tables.rejections import Rejections
from customerintel.tables.summary import CustomerSummary, summarize
from customerintel.tables.survey_log import SurveyLog
from customerintel.tables.transaction_log import TransactionLog

__all__ = [
    "ConsentLedger",
    "ConsentState",
    "CustomerFeatures",
    "CustomerSummary",
    "CustomerTable",
    "History",
    "InteractionLog",
    "Rejections",
    "SurveyLog",
    "TransactionLog",
    "summarize",
]
