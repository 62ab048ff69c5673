"""What all records share: frozen, strict about names, and silent about persons."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NoReturn, Self, get_args

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    Secret,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from customerintel.schema.fields import MASK, check_model, tags_of
from customerintel.schema.rules import Problem, problem_of, rule_name

__all__ = ["Record", "broken_rules", "json_schema"]

#: Stands for the name of a field that is none: a column's name may itself be personal.
_UNKNOWN = "unknown_field"


class Record(BaseModel):
    """Parent of the records.

    A record is frozen, refuses unknown fields, infinities and NaN, and never shows a value
    that may point to a person: neither in its repr, nor in a validation error. The type of
    each validation error is the name of the broken rule, the same name as in a table. Equal
    records have equal hashes, mappings included.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        loc_by_alias=False,
        defer_build=True,
        validate_default=False,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _name_the_rules(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            record = handler(data)
        except ValidationError as error:
            refusal = _without_values(cls, error)
        else:
            record._agree()
            return record
        raise refusal  # out here, so that the first error is not kept as its context

    def _agree(self) -> None:
        """Check the fields against each other; `_refuse` what does not fit."""

    def _refuse(self, problem: Problem, field: str, advice: str) -> NoReturn:
        """Raise a validation error that names the rule, the field, and what to do."""
        raise _error(type(self), [(rule_name(problem, field), (field,), advice)])

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Read a record from JSON; see `pydantic.BaseModel.model_validate_json`."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            # a text that is no JSON never reaches the wrap validator
            refusal = error if error.errors()[0]["loc"] else _without_values(cls, error)
        raise refusal

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the record; unlike pydantic's own, with the updates checked and masked.

        Parameters
        ----------
        update : mapping, optional
            New values by field name. The new record is checked as a whole, as any other.
        deep : bool, default False
            Copy the values too.

        Returns
        -------
        Record
            Of the same class.

        Raises
        ------
        pydantic.ValidationError
            With the names of the rules that the updates break.
        """
        copied = super().model_copy(deep=deep)
        if not update:
            return copied
        known = _names(type(self))
        # what was filled in is left out, so that it is filled in from the new values
        values = {name: getattr(copied, name) for name in copied.model_fields_set}
        return type(self).model_validate(
            values | {known.get(name, name): value for name, value in update.items()}
        )

    def copy(self, **options: Any) -> Self:
        """Copy as `model_copy` does: pydantic's own, deprecated, would check no update."""
        return self.model_copy(**options)

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self.__dict__.values())))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Keep the prose of the docstring, and no null default where null is refused."""
        reference = handler(schema)
        found = handler.resolve_ref_schema(reference)
        if "description" in found:
            found["description"] = found["description"].partition("\n\nExamples\n")[0]
        prose = _field_docs(cls)
        for name, part in found.get("properties", {}).items():
            if name in prose:
                part["description"] = prose[name]
            if part.get("default", MASK) is None and "anyOf" not in part:
                del part["default"]
        return reference

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a record is frozen. pydantic's own message would show the new value."""
        advice = "a record is frozen; make a new one, for example with model_copy"
        place = name if name in type(self).model_fields else _UNKNOWN
        raise _error(type(self), [("frozen_instance", (place,), advice)])

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Mask every value that may point to a person, and every mapping."""
        tags = tags_of(type(self))
        return [
            (name, MASK if _hidden(name, value, tags) else value)
            for name, value in self
            if value is not None
        ]


@cache
def _field_docs(model: type[Record]) -> dict[str, str]:
    """Read the text below each field, by its name and its alias.

    pydantic can do so while it makes the class, which costs a third of the import.
    """
    try:
        source = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    except (OSError, TypeError, SyntaxError):
        return {}  # no source, as in a frozen application
    found: dict[str, str] = {}
    body = getattr(source, "body", [])
    for line, below in pairwise(body):
        if not isinstance(line, ast.AnnAssign) or not isinstance(below, ast.Expr):
            continue
        if isinstance(line.target, ast.Name) and isinstance(below.value, ast.Constant):
            name, text = line.target.id, inspect.cleandoc(str(below.value.value))
            alias = model.model_fields[name].serialization_alias
            found |= {name: text} | ({alias: text} if alias else {})
    return found


@cache
def _names(model: type[Record]) -> dict[str, str]:
    """Names of the fields by their aliases."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        found |= {choice: name for choice in choices if isinstance(choice, str)}
    return found


def _hashable(value: object) -> object:
    """Put something that can be hashed in the place of a mapping, a list or a secret."""
    if isinstance(value, (Secret, SecretStr)):
        return _hashable(value.get_secret_value())
    if isinstance(value, dict):
        return frozenset((key, _hashable(inner)) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_hashable, value))
    return value


def _hidden(name: str, value: object, tags: Any) -> bool:
    if isinstance(value, Record):
        return False
    return isinstance(value, dict) or name not in tags or tags[name].pii.hidden


def _without_values(model: type[Record], error: ValidationError) -> ValidationError:
    lines = []
    for line in error.errors(include_url=False, include_context=False, include_input=False):
        place = line["loc"]
        field = str(place[0]) if place else ""
        nested = len(place) > 1 and _is_record(model, field)
        problem = None if nested or not place else problem_of(line["type"])
        rule = line["type"] if problem is None else rule_name(problem, field)
        # below a field, a key of the caller's mapping may itself be personal
        place, advice = place if nested else place[:1], line["msg"]
        if rule == "extra_forbidden":
            place, advice = (*place[:-1], _UNKNOWN), "there is no field of this name; leave it out"
        lines.append((rule, place, advice))
    return _error(model, lines)


def _is_record(model: type[Record], field: str) -> bool:
    found = model.model_fields.get(field)
    if found is None:
        return False
    parts = (found.annotation, *get_args(found.annotation))
    return any(isinstance(part, type) and issubclass(part, Record) for part in parts)


def _error(
    model: type[Record], lines: list[tuple[str, tuple[int | str, ...], str]]
) -> ValidationError:
    details = [
        InitErrorDetails(
            type=PydanticCustomError(rule, message),
            loc=place,
            input=None,
        )
        for rule, place, message in lines
    ]
    return ValidationError.from_exception_data(model.__name__, details, hide_input=True)


def broken_rules(error: ValidationError) -> tuple[str, ...]:
    """Return the names of the rules that a refused record breaks.

    Parameters
    ----------
    error : pydantic.ValidationError
        As raised when a record is made.

    Returns
    -------
    tuple of str
        The same names as the columnar rules, in the order of the fields. Two names have no
        columnar counterpart: ``missing`` (a field is absent) and ``extra_forbidden``.

    Examples
    --------
    >>> from customerintel.schema import Transaction
    >>> try:
    ...     Transaction(customer_id="", timestamp="2011-12-09", amount=None)
    ... except ValidationError as error:
    ...     broken_rules(error)
    ('empty_customer_id', 'null_amount')
    """
    return tuple(line["type"] for line in error.errors(include_url=False, include_input=False))


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a record.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        A record class, such as `Transaction`.

    Returns
    -------
    dict
        Each property carries its category and PII class as ``x-category`` and ``x-pii``.

    Raises
    ------
    InvalidArgumentError
        If it is not a record class.

    Examples
    --------
    >>> from customerintel.schema import Transaction
    >>> json_schema(Transaction)["properties"]["timestamp"]["x-pii"]
    'behavioural'
    """
    check_model(model)
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect} | model.model_json_schema()
