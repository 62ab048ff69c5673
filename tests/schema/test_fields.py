"""Every field of every record says what it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest
from pydantic import SecretStr

from customerintel import schema
from customerintel.schema import PII, Category, Tag

RECORDS = [
    schema.Customer,
    schema.Address,
    schema.Transaction,
    schema.Event,
    schema.SurveyAnswer,
    schema.Consent,
]
#: Keys of tables: without them nothing can be joined, so dumps show them.
KEYS = {
    "customer_id",
    "anonymous_id",
    "group_id",
    "previous_id",
    "evidence_ref",
}


def test_the_list_of_records_is_complete():
    exported = {getattr(schema, name) for name in schema.__all__}
    found = {
        item
        for item in exported
        if isinstance(item, type) and issubclass(item, schema.Record) and item is not schema.Record
    }
    assert found == set(RECORDS)


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_field_has_a_category_and_a_pii_class(model):
    tags = schema.tags_of(model)
    assert list(tags) == list(model.model_fields)
    for tag in tags.values():
        assert isinstance(tag.category, Category)
        assert isinstance(tag.pii, PII)


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_every_direct_identifier_is_a_secret_or_a_key(model):
    for name, tag in schema.tags_of(model).items():
        if tag.pii is PII.DIRECT and name not in KEYS:
            annotation = repr(model.model_fields[name].annotation)
            assert SecretStr.__name__ in annotation or "Address" in annotation, name


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_json_schema_carries_category_class_and_prose(model):
    found = schema.json_schema(model)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert ">>>" not in found["description"]
    by_alias = {
        field.serialization_alias or name: name for name, field in model.model_fields.items()
    }
    assert set(found["properties"]) == set(by_alias)
    tags = schema.tags_of(model)
    for key, part in found["properties"].items():
        tag = tags[by_alias[key]]
        assert part["x-category"] == tag.category.value
        assert part["x-pii"] == tag.pii.value
        assert part["description"].endswith((".", ")")), key


def test_json_schema_accepts_no_null_where_the_record_does_not():
    found = schema.json_schema(schema.Transaction)
    assert found["properties"]["amount"]["type"] == "number"
    assert "default" not in found["properties"]["amount"]
    assert found["required"] == ["customer_id", "timestamp"]
    assert found["additionalProperties"] is False


def test_nested_json_schema_carries_the_tags_too():
    found = schema.json_schema(schema.Customer)
    assert found["$defs"]["Address"]["properties"]["street"]["x-pii"] == "direct"


def test_a_tag_cannot_be_changed():
    tag = Tag(Category.IDENTITY, PII.DIRECT)
    with pytest.raises(FrozenInstanceError):
        tag.pii = PII.NONE
    with pytest.raises(TypeError):
        schema.tags_of(schema.Transaction)["amount"] = tag


@pytest.mark.parametrize(
    ("pii", "hidden"),
    [
        (PII.NONE, False),
        (PII.DIRECT, True),
        (PII.QUASI, True),
        (PII.SENSITIVE, True),
        (PII.BEHAVIOURAL, False),
        (PII.DERIVED, False),
    ],
)
def test_which_classes_are_hidden(pii, hidden):
    assert pii.hidden is hidden


def test_importing_the_room_loads_nothing_heavy():
    code = (
        "import sys, customerintel.schema;"
        "heavy = {'numba', 'pandas', 'narwhals', 'scipy', 'polars', 'pyarrow', 'sklearn'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_is_sorted_as_ruff_sorts_and_complete():
    assert all(hasattr(schema, name) for name in schema.__all__)
    assert len(set(schema.__all__)) == len(schema.__all__)
