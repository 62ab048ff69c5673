"""`docs/reference/bad_input.md` has a row for each bad input, with class and message."""

from __future__ import annotations

import re
from pathlib import Path

from audit.test_bad_cohort_tables import CASES as COHORT_TABLES
from audit.test_bad_core import CASES as CORES
from audit.test_bad_core import DEFINED as CORE_RESULTS
from audit.test_bad_lenses import CASES as LENSES
from audit.test_bad_places import CASES as AREAS
from audit.test_bad_places import DEFINED as AREA_RESULTS
from audit.test_bad_profile import CASES as PROFILES
from audit.test_bad_reach import CASES as REACHES
from audit.test_bad_resilience import CASES as RESILIENCES
from churn.test_bad_churn import CASES as CHURN
from churn.test_bad_contractual import CASES as SUBSCRIPTIONS
from churn.test_bad_evaluation import CASES as EVALUATIONS
from live.bad_input_rows import rows_of_live_errors, rows_of_live_events
from lookalike.test_bad_lookalike import CASES as LOOKALIKES
from lookalike.test_bad_prospects import CASES as PROSPECTS
from models.test_bad_choices import CASES as CHOICES
from models.test_bad_cohorts import CASES as COHORTS
from models.test_bad_covariates import CASES as COVARIATES
from models.test_bad_models import CASES as MODELS
from models.test_bootstrap import CALLS as BOOTSTRAPS
from models.test_comparison import CALLS as COMPARISONS
from models.test_fitting import CALLS as MODEL_CALLS
from models.test_holdout import CALLS as HOLDOUTS
from models.test_intervals import CALLS as INTERVALS
from models.test_statistics import HISTORIES
from models.test_unusual_models import RESULTS as MODEL_RESULTS
from plot.test_bad_audit_pictures import CASES as AUDIT_PICTURES
from plot.test_bad_input import CALLS as PICTURES
from plot.test_bad_maps import CASES as MAPS
from plugins.test_bad_plugins import CASES as PLUGINS
from relationships.test_bad_classification import CASES as CLASSIFICATIONS
from relationships.test_bad_classifiers import CASES as CLASSIFIERS
from relationships.test_bad_relationships import CASES as RELATIONSHIPS
from relationships.test_bad_signals import CASES as SIGNALS
from relationships.test_bad_simulation import CASES as SIMULATIONS
from relationships.test_bad_types import CASES as TYPES
from report.test_bad_reports import CASES as REPORTS
from rfm.test_bad_input import INVALID, SCHEMES
from tables.test_bad_calls import CALLS
from tables.test_bad_consent import CASES as CONSENTS
from tables.test_bad_features import CASES as FEATURES
from tables.test_bad_input import ERRORS
from tables.test_bad_interactions import CASES as INTERACTIONS
from tables.test_bad_rows import RULES
from tables.test_bad_surveys import CASES as SURVEYS
from tables.test_bad_traits import CASES as TRAITS
from tables.test_unusual_input import RESULTS
from testing.test_bad_conformance import CASES as CONFORMANCE

from customerintel.exceptions import InvalidArgumentError

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "bad_input.md"


def code(message: str) -> str:
    """Return a message as it stands in a cell of the page."""
    return "<br>".join(f"`{line.strip()}`" for line in message.split("\n"))


def row(given: str, gets: str, test: str) -> str:
    return f"| {given} | {gets} | `tests/{test}[{given}]` |"


def rows_of_errors() -> list[str]:
    return [
        row(given, f"`{error.__name__}`: {code(message)}", f"tables/{test}.py::test_errors")
        for test, cases in (("test_bad_input", ERRORS), ("test_bad_calls", CALLS))
        for given, (_, error, message) in cases.items()
    ]


def rows_of_models() -> list[str]:
    named = (
        ("models/test_statistics", HISTORIES),
        ("models/test_fitting", MODEL_CALLS),
        ("models/test_bad_models", MODELS),
        ("models/test_bad_covariates", COVARIATES),
        ("models/test_bad_cohorts", COHORTS),
        ("models/test_bad_choices", CHOICES),
        ("plot/test_bad_input", PICTURES),
    )
    # these have the class in the test
    invalid = (
        ("models/test_holdout", HOLDOUTS),
        ("models/test_comparison", COMPARISONS),
        ("models/test_bootstrap", BOOTSTRAPS),
        ("models/test_intervals", INTERVALS),
    )
    cases = [(test, given, *case[1:]) for test, held in named for given, case in held.items()]
    cases += [
        (test, given, InvalidArgumentError, message)
        for test, held in invalid
        for given, (_, message) in held.items()
    ]
    return [
        row(given, f"`{error.__name__}`: {code(message)}", f"{test}.py::test_errors")
        for test, given, error, message in cases
    ]


def rows_of_model_results() -> list[str]:
    return [
        row(
            given,
            result + "".join(f"; `{kind.__name__}`: {code(said)}" for kind, said in warned),
            "models/test_unusual_models.py::test_defined_results",
        )
        for given, (result, _, warned) in MODEL_RESULTS.items()
    ]


def rows_of_churn() -> list[str]:
    named = (
        ("tables/test_bad_features", FEATURES),
        ("plugins/test_bad_plugins", PLUGINS),
        ("churn/test_bad_churn", CHURN),
        ("churn/test_bad_contractual", SUBSCRIPTIONS),
        ("churn/test_bad_evaluation", EVALUATIONS),
        ("testing/test_bad_conformance", CONFORMANCE),
    )
    return [
        row(given, f"`{error.__name__}`: {code(message)}", f"{test}.py::test_errors")
        for test, held in named
        for given, (_, error, message) in held.items()
    ]


def rows_of_relationships() -> list[str]:
    named = (
        ("tables/test_bad_interactions", INTERACTIONS),
        ("tables/test_bad_surveys", SURVEYS),
        ("relationships/test_bad_signals", SIGNALS),
        ("relationships/test_bad_types", TYPES),
        ("relationships/test_bad_classification", CLASSIFICATIONS),
        ("relationships/test_bad_classifiers", CLASSIFIERS),
        ("relationships/test_bad_relationships", RELATIONSHIPS),
        ("relationships/test_bad_simulation", SIMULATIONS),
    )
    return [
        row(given, f"`{error.__name__}`: {code(message)}", f"{test}.py::test_errors")
        for test, held in named
        for given, (_, error, message) in held.items()
    ]


def rows_of_audits() -> list[str]:
    named = (
        ("audit/test_bad_core", CORES),
        ("audit/test_bad_places", AREAS),
        ("audit/test_bad_reach", REACHES),
        ("audit/test_bad_resilience", RESILIENCES),
        ("audit/test_bad_lenses", LENSES),
        ("audit/test_bad_cohort_tables", COHORT_TABLES),
        ("audit/test_bad_profile", PROFILES),
        ("tables/test_bad_traits", TRAITS),
        ("tables/test_bad_consent", CONSENTS),
        ("lookalike/test_bad_lookalike", LOOKALIKES),
        ("lookalike/test_bad_prospects", PROSPECTS),
        ("report/test_bad_reports", REPORTS),
        ("plot/test_bad_audit_pictures", AUDIT_PICTURES),
        ("plot/test_bad_maps", MAPS),
    )
    return [
        row(given, f"`{error.__name__}`: {code(message)}", f"{test}.py::test_errors")
        for test, held in named
        for given, (_, error, message) in held.items()
    ]


def rows_of_audit_results() -> list[str]:
    named = (("audit/test_bad_core", CORE_RESULTS), ("audit/test_bad_places", AREA_RESULTS))
    return [
        row(
            given,
            f"a result; `DataQualityWarning`: {code(said)}",
            f"{test}.py::test_defined_results",
        )
        for test, held in named
        for given, (_, _, said) in held.items()
    ]


def rows_of_rules() -> list[str]:
    return [
        f"| {broken} | `{rule}` | `tests/tables/test_bad_rows.py::test_rules[{rule}]` |"
        for rule, (broken, _) in RULES.items()
    ]


def rows_of_results() -> list[str]:
    return [
        row(
            given,
            result + "".join(f"; `DataQualityWarning`: {code(w)}" for w in dict.fromkeys(warned)),
            "tables/test_unusual_input.py::test_defined_results",
        )
        for given, (result, _, warned) in RESULTS.items()
    ]


def rows_of_scores() -> list[str]:
    return [
        row(given, f"`{error}`: {code(message)}", f"rfm/test_bad_input.py::{test}")
        for cases, error, test in (
            (INVALID, "InvalidArgumentError", "test_invalid_arguments"),
            (SCHEMES, "SchemeError", "test_schemes_that_do_not_fit"),
        )
        for given, (_, message) in cases.items()
    ]


EXPECTED = [
    *rows_of_errors(),
    *rows_of_models(),
    *rows_of_model_results(),
    *rows_of_churn(),
    *rows_of_relationships(),
    *rows_of_audits(),
    *rows_of_audit_results(),
    *rows_of_live_errors(),
    *rows_of_live_events(),
    *rows_of_rules(),
    *rows_of_results(),
    *rows_of_scores(),
]


def rows_of_the_page() -> list[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and "`tests/" in line]


def test_the_page_has_a_row_for_each():
    rows = rows_of_the_page()
    assert [expected for expected in EXPECTED if expected not in rows] == []
    assert len(rows) == len(set(rows))


def test_every_other_row_names_a_test_that_is_there():
    others = [line for line in rows_of_the_page() if line not in EXPECTED]
    assert others
    for line in others:
        path, name = re.search(r"`(tests/[\w/.]+)::(\w+)` \|$", line).groups()
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), line
