"""Live events and what is done about them: rules that fire once, on time, and are measured."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customerintel.live.backtest_report import BacktestReport
    from customerintel.live.backtesting import run_backtest
    from customerintel.live.conditions import (
        Absence,
        Drop,
        Entered,
        Exited,
        On,
        Predicate,
        Relationship,
        Rise,
        Segment,
        Sequence,
    )
    from customerintel.live.engine import Engine
    from customerintel.live.engine_ingest import Ingested
    from customerintel.live.engine_structure import Ticked
    from customerintel.live.explanation import Explanation, Profile
    from customerintel.live.expression import Condition
    from customerintel.live.jsonl_source import JsonLinesSource
    from customerintel.live.kafka_source import KafkaSource
    from customerintel.live.outbox import Outbox, OutboxAction
    from customerintel.live.postgres_store import PostgresStore
    from customerintel.live.redis_source import RedisSource
    from customerintel.live.row_view import RowView
    from customerintel.live.rule import Action, Holdout, Limits, Rule
    from customerintel.live.rule_files import read_rules, rules_schema, write_rules
    from customerintel.live.rule_set import RuleSet
    from customerintel.live.runner import run
    from customerintel.live.sample_size import required_sample_size
    from customerintel.live.source_batch import SourceBatch
    from customerintel.live.sqlite_store import SQLiteStore
    from customerintel.live.store import Store
    from customerintel.live.terms import (
        Count,
        Frequency,
        Monetary,
        P,
        ProbabilityAlive,
        Score,
        Sum,
        TimeSinceLast,
    )
    from customerintel.live.uplift import measure_uplift
    from customerintel.live.uplift_result import Uplift

_CONDITIONS = (
    "Absence", "Drop", "Entered", "Exited", "On", "Predicate", "Relationship", "Rise", "Segment",
    "Sequence",
)  # fmt: skip
_TERMS = (
    "Count", "Frequency", "Monetary", "P", "ProbabilityAlive", "Score", "Sum", "TimeSinceLast",
)  # fmt: skip
_HOMES = {
    **dict.fromkeys(_CONDITIONS, "conditions"),
    **dict.fromkeys(_TERMS, "terms"),
    **dict.fromkeys(("Action", "Holdout", "Limits", "Rule"), "rule"),
    **dict.fromkeys(("read_rules", "rules_schema", "write_rules"), "rule_files"),
    **dict.fromkeys(("Outbox", "OutboxAction"), "outbox"),
    "BacktestReport": "backtest_report",
    "Condition": "expression",
    "Engine": "engine",
    **dict.fromkeys(("Explanation", "Profile"), "explanation"),
    "Ingested": "engine_ingest",
    "JsonLinesSource": "jsonl_source",
    "KafkaSource": "kafka_source",
    "PostgresStore": "postgres_store",
    "RedisSource": "redis_source",
    "RowView": "row_view",
    "RuleSet": "rule_set",
    "SQLiteStore": "sqlite_store",
    "SourceBatch": "source_batch",
    "Store": "store",
    "Ticked": "engine_structure",
    "Uplift": "uplift_result",
    "measure_uplift": "uplift",
    "required_sample_size": "sample_size",
    "run": "runner",
    "run_backtest": "backtesting",
}

__all__ = [
    "Absence",
    "Action",
    "BacktestReport",
    "Condition",
    "Count",
    "Drop",
    "Engine",
    "Entered",
    "Exited",
    "Explanation",
    "Frequency",
    "Holdout",
    "Ingested",
    "JsonLinesSource",
    "KafkaSource",
    "Limits",
    "Monetary",
    "On",
    "Outbox",
    "OutboxAction",
    "P",
    "PostgresStore",
    "Predicate",
    "ProbabilityAlive",
    "Profile",
    "RedisSource",
    "Relationship",
    "Rise",
    "RowView",
    "Rule",
    "RuleSet",
    "SQLiteStore",
    "Score",
    "Segment",
    "Sequence",
    "SourceBatch",
    "Store",
    "Sum",
    "Ticked",
    "TimeSinceLast",
    "Uplift",
    "measure_uplift",
    "read_rules",
    "required_sample_size",
    "rules_schema",
    "run",
    "run_backtest",
    "write_rules",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
