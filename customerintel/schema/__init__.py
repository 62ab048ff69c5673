"""What the data are: records, the columnar contract made from them, and pseudonyms."""

from __future__ import annotations

from customerintel.schema.checks import breaches
from customerintel.schema.columns import Column, columns_of
from customerintel.schema.consent import Consent, ConsentStatus, LegalBasis, Purpose
from customerintel.schema.customer import Address, Customer, CustomerKind, Gender
from customerintel.schema.event import Event, event_time
from customerintel.schema.event_kinds import Direction, EventKind, EventType, kind_of_event
from customerintel.schema.fields import MASK, PII, Category, Tag, tags_of
from customerintel.schema.forms import Breach, Form
from customerintel.schema.moments import EARLIEST, LATEST, microseconds
from customerintel.schema.nulls import is_null
from customerintel.schema.pseudonyms import key_id, pseudonymise
from customerintel.schema.record import Record, broken_rules, json_schema
from customerintel.schema.rules import Problem, rule_name
from customerintel.schema.survey import SurveyAnswer
from customerintel.schema.transaction import GoodsFormat, Transaction, TransactionKind

__all__ = [
    "EARLIEST",
    "LATEST",
    "MASK",
    "PII",
    "Address",
    "Breach",
    "Category",
    "Column",
    "Consent",
    "ConsentStatus",
    "Customer",
    "CustomerKind",
    "Direction",
    "Event",
    "EventKind",
    "EventType",
    "Form",
    "Gender",
    "GoodsFormat",
    "LegalBasis",
    "Problem",
    "Purpose",
    "Record",
    "SurveyAnswer",
    "Tag",
    "Transaction",
    "TransactionKind",
    "breaches",
    "broken_rules",
    "columns_of",
    "event_time",
    "is_null",
    "json_schema",
    "key_id",
    "kind_of_event",
    "microseconds",
    "pseudonymise",
    "rule_name",
    "tags_of",
]
