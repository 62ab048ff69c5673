"""The columnar contract: what a table column must hold, read from the fields of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from customerintel.schema.fields import PII, Category, check_model, tags_of
from customerintel.schema.forms import ChoiceForm, Form, Kind
from customerintel.schema.moments import microseconds
from customerintel.schema.rules import Problem, rule_name

__all__ = ["Column", "columns_of"]

_PROBLEMS: Mapping[Kind, tuple[Problem, ...]] = MappingProxyType(
    {
        "id": (Problem.UNPARSEABLE, Problem.NULL, Problem.EMPTY, Problem.OUT_OF_RANGE),
        "timestamp": (Problem.UNPARSEABLE, Problem.NULL, Problem.OUT_OF_RANGE),
        "number": (Problem.UNPARSEABLE, Problem.NULL, Problem.NON_FINITE, Problem.OUT_OF_RANGE),
        "text": (Problem.UNPARSEABLE, Problem.NULL, Problem.EMPTY),
        "choice": (Problem.NULL, Problem.UNKNOWN),
    }
)


@dataclass(frozen=True)
class Column:
    """What one column of a table must hold.

    Parameters
    ----------
    name : str
        Name of the column, that of the field of the record.
    kind : {"id", "timestamp", "number", "text", "choice"}
        What it holds.
    required : bool
        Whether a table without it is refused.
    nullable : bool
        Whether a missing value is accepted where the column exists.
    category : Category
        Which of the four kinds of customer data it is.
    pii : PII
        How its values can point to a person.
    minimum, maximum : int or float, optional
        Inclusive bounds; for timestamps, microseconds since 1970-01-01 UTC.
    finite : bool, default False
        Whether infinities are refused.
    choices : tuple of str, optional
        The canonical words of a choice.
    aliases : mapping of str to str, optional
        Other words for them.
    form : Form
        Reads one value.

    Examples
    --------
    >>> from customerintel.schema import Transaction
    >>> columns_of(Transaction)["amount"].rules
    ('unparseable_amount', 'null_amount', 'non_finite_amount')
    """

    name: str
    kind: Kind
    required: bool
    nullable: bool
    category: Category
    pii: PII
    form: Form = field(repr=False, compare=False)
    minimum: int | float | None = None
    maximum: int | float | None = None
    finite: bool = False
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What can be wrong with a value, in the order in which it is asked."""
        absent = set()
        if self.nullable:
            absent.add(Problem.NULL)
        if self.minimum is None and self.maximum is None:
            absent.add(Problem.OUT_OF_RANGE)
        if self.kind == "text" and not getattr(self.form, "secret", False):
            absent.add(Problem.EMPTY)
        return tuple(item for item in _PROBLEMS[self.kind] if item not in absent)

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the rules of this column, in the order in which they are asked."""
        return tuple(rule_name(problem, self.name) for problem in self.problems)


def _parts(annotation: Any) -> Iterator[Any]:
    """Go through everything that an annotation holds, alternatives and metadata included."""
    yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)


def _bound(limits: list[Any], name: Literal["ge", "le"]) -> int | float | None:
    for limit in limits:
        value = getattr(limit, name, None)
        if isinstance(value, datetime):
            return microseconds(value)
        if value is not None:
            return value  # type: ignore[no-any-return]
    return None


def _form_of(annotated: FieldInfo) -> tuple[Form | None, list[Any]]:
    parts = [*_parts(annotated.annotation), *annotated.metadata]
    if any(part in (dict, tuple) for part in map(_origin, parts)):
        return None, []
    form = next((part for part in parts if isinstance(part, Form)), None)
    return form, [part for part in parts if isinstance(part, (Ge, Le))]


def _origin(part: Any) -> Any:
    return getattr(part, "__origin__", None)


def columns_of(model: type[BaseModel]) -> Mapping[str, Column]:
    """Return the columns that a table of such records has.

    Parameters
    ----------
    model : type of pydantic.BaseModel
        A record class, such as `Transaction`.

    Returns
    -------
    Mapping of str to Column
        By name, in the order of the record, read-only. Fields that hold several values
        (mappings, tuples, an address) have no column.

    Raises
    ------
    InvalidArgumentError
        If it is not a record class.

    Examples
    --------
    >>> from customerintel.schema import Transaction
    >>> columns = columns_of(Transaction)
    >>> [name for name, column in columns.items() if column.required]
    ['customer_id', 'timestamp']
    >>> columns["kind"].choices
    ('sale', 'return', 'refund', 'cancellation', 'renewal')
    """
    check_model(model)
    return _columns_of(model)


@cache
def _columns_of(model: type[BaseModel]) -> Mapping[str, Column]:
    tags = tags_of(model)
    found: dict[str, Column] = {}
    for name, annotated in model.model_fields.items():
        form, limits = _form_of(annotated)
        if form is None or name not in tags:
            continue
        tag = tags[name]
        nullable = type(None) in _parts(annotated.annotation)
        choice = form if isinstance(form, ChoiceForm) else None
        found[name] = Column(
            name=name,
            kind=form.kind,
            required=annotated.is_required(),
            nullable=nullable if tag.nullable is None else tag.nullable,
            category=tag.category,
            pii=tag.pii,
            form=form,
            minimum=_bound(limits, "ge"),
            maximum=_bound(limits, "le"),
            finite=form.kind == "number",
            choices=tuple(item.value for item in choice.choices) if choice else (),
            aliases=choice.aliases if choice else MappingProxyType({}),
        )
    return MappingProxyType(found)
