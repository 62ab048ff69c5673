"""What every field says about itself: its category and how personal it is.

A `Tag` sits in the ``Annotated[...]`` of each field, beside the constraints of
``annotated_types``. Records, columns and JSON Schema all read the same tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, core_schema

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema.nulls import is_null
from customerintel.schema.rules import MESSAGES, Problem

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["MASK", "PII", "Category", "Tag", "check_model", "tags_of"]

#: What stands in for a value that must not be seen.
MASK: Final = "**********"


class Category(StrEnum):
    """The four kinds of customer data."""

    IDENTITY = "identity"
    """Who the customer is and how to reach them, with their consents."""
    QUANTITATIVE = "quantitative"
    """What the customer did, measured: transactions, events."""
    DESCRIPTIVE = "descriptive"
    """What surrounds it: household, occupation, source of the data."""
    QUALITATIVE = "qualitative"
    """What the customer thinks: answers, sentiment, motives."""


class PII(StrEnum):
    """How a value can point to a person.

    Values of the classes `DIRECT`, `QUASI` and `SENSITIVE` never appear in a repr.
    """

    NONE = "none"
    """Says nothing about a person."""
    DIRECT = "direct"
    """Points to one person alone: customer id, name, email, phone, address."""
    QUASI = "quasi"
    """Points to one person together with others: birth year, postcode, occupation."""
    SENSITIVE = "sensitive"
    """May hold a special category of data, or free text that can say anything."""
    BEHAVIOURAL = "behavioural"
    """What a person did: purchases, visits, messages."""
    DERIVED = "derived"
    """Computed from other values: scores, sentiments, estimates."""

    @property
    def hidden(self) -> bool:
        """Whether values of this class are masked in every repr."""
        return self in _HIDDEN


_HIDDEN: Final = frozenset({PII.DIRECT, PII.QUASI, PII.SENSITIVE})


# no slots: with them, a wrong attribute would raise a TypeError about super()
@dataclass(frozen=True)
class Tag:
    """Category and PII class of one field.

    Parameters
    ----------
    category : Category
        Which of the four kinds of customer data the field is.
    pii : PII
        How its values can point to a person.
    nullable : bool, optional
        Whether a missing value is accepted. By default the annotation says it
        (``... | None``). False is for a field that may be absent altogether but
        must not be empty where it is given, such as the amount of a transaction.

    Examples
    --------
    >>> Tag(Category.IDENTITY, PII.DIRECT).pii.hidden
    True
    """

    category: Category
    pii: PII
    nullable: bool | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Bring every kind of missing value to None, and refuse it where none may be."""
        schema = handler(source)
        nullable = schema["type"] == "nullable" if self.nullable is None else self.nullable

        def settle(value: object) -> object:
            if not is_null(value):
                return value
            if nullable:
                return None
            raise PydanticCustomError(Problem.NULL.value, MESSAGES[Problem.NULL])

        return core_schema.no_info_before_validator_function(settle, schema)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add the keys ``x-category`` and ``x-pii`` to the JSON Schema of the field."""
        found = dict(handler(schema))
        if self.nullable is False and "anyOf" in found:
            kept = [part for part in found.pop("anyOf") if part != {"type": "null"}]
            found |= kept[0] if len(kept) == 1 else {"anyOf": kept}
        return found | {"x-category": self.category.value, "x-pii": self.pii.value}


def check_model(model: object) -> None:
    """Refuse what is not a record class.

    Raises
    ------
    InvalidArgumentError
        For an instance too: its values must not be seen.
    """
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise InvalidArgumentError(
            "this takes a record class, such as customerintel.schema.Transaction; got an object "
            f"of type {type(model).__name__}"
        )


def tags_of(model: type[BaseModel]) -> Mapping[str, Tag]:
    """Return the tag of each field of a record.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        A record class, such as `Transaction`.

    Returns
    -------
    Mapping of str to Tag
        By field name, in the order of the record. A field without a tag is absent.

    Raises
    ------
    InvalidArgumentError
        If it is not a record class.

    Examples
    --------
    >>> from customerintel.schema import Transaction
    >>> tags_of(Transaction)["amount"].category.value
    'quantitative'
    """
    check_model(model)
    return _tags_of(model)


@cache
def _tags_of(model: type[BaseModel]) -> Mapping[str, Tag]:
    found: dict[str, Tag] = {}
    for name, field in model.model_fields.items():
        for item in field.metadata:
            if isinstance(item, Tag):
                found[name] = item
    return MappingProxyType(found)
