"""One type of relationship: what it is, what it asks for, and how it is recognised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.type_fields import (
    DIMENSIONS,
    Levels,
    did_you_mean,
    read_key,
    read_levels,
    read_prototype,
    read_status,
    read_text,
    read_texts,
)
from customerintel.tables.results import html_table, one_line

__all__ = ["DIMENSIONS", "RelationshipType", "built_type"]

_Key = Annotated[str, BeforeValidator(read_key)]
_Text = Annotated[str, BeforeValidator(read_text)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(read_texts)]
_Prototype = Annotated[tuple[float | None, ...], BeforeValidator(read_prototype)]
_Signature = Annotated[
    Mapping[str, float],
    BeforeValidator(read_levels),
    AfterValidator(Levels),
    PlainSerializer(dict),
]
_Status = Annotated[Literal["published", "proposed"], BeforeValidator(read_status)]


class RelationshipType(BaseModel):
    """A type of relationship that a customer can have, or want, with a firm.

    A type says what a customer wants and what breaks the contract. It says nothing of what the
    customer is worth: no part of it is a level of money.

    Parameters
    ----------
    key : str
        Lower-case identifier, such as ``"best_friend"``. ``"unknown"``, ``"other"``, ``"none"``
        and ``"inactive"`` are kept for customers without a type.
    name : str, optional
        For people. By default the key with blanks.
    definition : str
        What it is, in a sentence.
    wants, breaks : str
        What the customer wants, and what breaks the contract.
    rules, do, dont : sequence of str
        Short sentences: the rules of the relationship, and what a firm does and does not.
    prototype : sequence of 8 numbers, or mapping of str to number
        Where the type lies on `DIMENSIONS`: valence and power in [-1, 1], the others in [0, 1].
        None (or a name that is left out) where the type says nothing; at least three are given.
    signature : mapping of str to float, optional
        Where, in a base of customers of all types, the type's typical customer lies on each
        signal: 0 the lowest, 1 the highest. Signals on which it is like any other are left out.
    coarse : str
        What transactions alone can tell of it: the word for a class of types.
    status : {"published", "proposed"}, default "proposed"
        Whether its rules are published research or a proposal. Prototypes and signatures are
        always proposals.
    source : str
        Author, year and where; or whose proposal it is.
    aliases : sequence of str
        Other names by which answers and sources call it.
    leads_to : sequence of str
        Keys of types that plausibly come next.

    Raises
    ------
    InvalidArgumentError
        With all faults at once. (Within another pydantic model: its ``ValidationError``.)

    Examples
    --------
    >>> from customerintel.relationships.relationship_type import RelationshipType
    >>> regular = RelationshipType(
    ...     key="regular_guest",
    ...     definition="Comes every week, is known by name, wants the usual.",
    ...     prototype={"valence": 0.6, "duration": 0.9, "commitment": 0.5},
    ...     signature={"regularity": 0.9, "novelty": 0.1},
    ...     coarse="steady",
    ... )
    >>> regular.name, regular.status
    ('regular guest', 'proposed')
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    key: _Key
    name: _Text
    definition: _Text
    wants: str = ""
    breaks: str = ""
    rules: _Texts = ()
    do: _Texts = ()
    dont: _Texts = ()
    prototype: _Prototype
    signature: _Signature = Levels({})
    coarse: _Key
    status: _Status = "proposed"
    source: str = ""
    aliases: _Texts = ()
    leads_to: _Texts = ()

    if not TYPE_CHECKING:  # a checker shall see the fields

        def __init__(self, /, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                faults = _faults_of(error)
                count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
                lines = "".join(f"\n- {fault}" for fault in faults)
                raise InvalidArgumentError(
                    f"The relationship type {fields.get('key')!r} has {count}:{lines}"
                ) from None

    @model_validator(mode="before")
    @classmethod
    def _name_it(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and given.get("name") is None:
            key = given.get("key")
            name = key.replace("_", " ") if isinstance(key, str) else ""
            return {**given, "name": name or "unnamed"}
        return given

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the type, with the updates checked as any other values.

        Parameters
        ----------
        update : mapping, optional
            New values by field name.
        deep : bool
            Of no effect: a type cannot change.

        Returns
        -------
        RelationshipType

        Raises
        ------
        InvalidArgumentError
            With all faults at once.
        """
        del deep
        held = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**held, **(update or {})})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"A relationship type cannot be changed; {name!r} was not set. Make a new one, for "
            "example with model_copy."
        )

    def to_mapping(self) -> dict[str, Any]:
        """Return all fields as JSON has them; ``RelationshipType(**mapping)`` makes it again.

        Returns
        -------
        dict
            The prototype by the names of the dimensions.
        """
        found: dict[str, Any] = self.model_dump(mode="json")
        found["prototype"] = dict(zip(DIMENSIONS, self.prototype, strict=True))
        return found

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return one_line(
            "RelationshipType",
            key=self.key,
            coarse=self.coarse,
            signals=len(self.signature),
            status=self.status,
        )

    def _repr_html_(self) -> str:
        rows = [(name.replace("_", " "), _in_words(value)) for name, value in self if value]
        return html_table(self.name, rows)


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {level:g}" for name, level in value.items())
    if isinstance(value, tuple):
        if all(isinstance(one, str) for one in value):
            return (" " if str(value[-1]).endswith(".") else "; ").join(value)
        return " ".join("-" if one is None else f"{one:g}" for one in value)
    return str(value)


def built_type(given: object) -> tuple[RelationshipType | None, list[str]]:
    """Return a type as given or made of a mapping of its fields; or None, and its faults."""
    if isinstance(given, RelationshipType):
        return given, []
    if not isinstance(given, Mapping):
        return None, [f"must be a RelationshipType or a mapping; got {type(given).__name__}."]
    try:
        return RelationshipType(**{str(name): value for name, value in given.items()}), []
    except InvalidArgumentError as error:
        return None, str(error).split("\n- ")[1:]


def _faults_of(error: ValidationError) -> list[str]:
    """Return one line for each field that cannot be used."""
    faults = []
    for line in error.errors(include_url=False, include_input=False):
        field = str(line["loc"][0]) if line["loc"] else ""
        if line["type"] == "missing":
            faults.append(f"{field}: is missing.")
        elif line["type"] == "extra_forbidden":
            near = did_you_mean(field, RelationshipType.model_fields)
            faults.append(f"{field}: there is no field of this name.{near}")
        else:
            reason = line.get("ctx", {}).get("error")
            faults.append(f"{field}: {reason if reason is not None else line['msg'] + '.'}")
    return faults
