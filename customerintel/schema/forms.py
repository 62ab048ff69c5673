"""How one value of each kind is read. Records and columns both call these readers.

A form sits in ``Annotated[...]`` beside the constraints of ``annotated_types``: pydantic
runs its `parse` before its own check, and `customerintel.schema.breaches` runs the same
`parse` on every distinct value that is not already a plain number or time.
"""

from __future__ import annotations

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal
from uuid import UUID

import numpy as np
from pydantic import SecretStr
from pydantic_core import PydanticCustomError, core_schema

from customerintel.schema.fields import MASK
from customerintel.schema.rules import MESSAGES, Problem

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = [
    "INT64_MAX",
    "INT64_MIN",
    "Breach",
    "ChoiceForm",
    "Form",
    "IdForm",
    "Kind",
    "NumberForm",
    "TextForm",
    "whole_number",
]

#: What a column can hold.
Kind = Literal["id", "timestamp", "number", "text", "choice"]

INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1
#: From here on, floats skip integers: two ids could become one.
_EXACT_FLOAT: Final = 2**53
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Breach(Exception):  # noqa: N818 - a finding, not a fault of the program
    """One value has one problem. Holds a text about the problem, never the value."""

    def __init__(self, problem: Problem, advice: str | None = None) -> None:
        super().__init__(advice or MESSAGES[problem])
        self.problem = problem


class Form(ABC):
    """Reads one value that is not null, or raises `Breach`."""

    kind: ClassVar[Kind]

    @abstractmethod
    def parse(self, value: object) -> object:
        """Return the value in its canonical form."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Read the value before pydantic checks it."""

        def read(value: object) -> object:
            try:
                return self.parse(value)
            except Breach as breach:
                raise PydanticCustomError(breach.problem.value, str(breach)) from None

        return core_schema.no_info_before_validator_function(read, handler(source))


def whole_number(value: object) -> int | None:
    """Return a Python int for any integer that is not a truth value, else None."""
    # NumPy counts lengths of time among its integers
    if isinstance(value, (bool, np.bool_, np.timedelta64)):
        return None
    if isinstance(value, (int, np.integer)):
        return operator.index(value)
    return None


@dataclass(frozen=True, slots=True)
class IdForm(Form):
    """An int64, or a text that is not empty. Blanks around a text are kept."""

    kind: ClassVar[Kind] = "id"

    def parse(self, value: object) -> int | str:
        """Return an int or a str; integer-valued floats and UUIDs are accepted."""
        number = whole_number(value)
        if number is None and isinstance(value, (float, np.floating)):
            number = self._of_float(float(value))
        if number is not None:
            if not INT64_MIN <= number <= INT64_MAX:
                raise Breach(Problem.OUT_OF_RANGE, "an integer id must fit in 64 bits")
            return number
        if isinstance(value, UUID):
            return str(value)
        if not isinstance(value, str):
            raise Breach(Problem.UNPARSEABLE, "an id is an integer or a text")
        if value == "":
            raise Breach(Problem.EMPTY)
        return str(value)

    @staticmethod
    def _of_float(value: float) -> int:
        if not value.is_integer():
            raise Breach(Problem.UNPARSEABLE, "an id has no fraction; give an integer or a text")
        if abs(value) > _EXACT_FLOAT:
            advice = "floats above 2**53 skip integers; read the ids as integers or text"
            raise Breach(Problem.OUT_OF_RANGE, advice)
        return int(value)


@dataclass(frozen=True, slots=True)
class NumberForm(Form):
    """A finite number.

    Parameters
    ----------
    whole : bool, default False
        Whether fractions are refused.
    """

    kind: ClassVar[Kind] = "number"
    whole: bool = False

    def parse(self, value: object) -> float | int:
        """Return a float (an int if `whole`); decimal texts are read, words are not."""
        number = self._read(value)
        if number in (float("inf"), float("-inf")):
            raise Breach(Problem.NON_FINITE)
        if not self.whole:
            return number
        if not number.is_integer():
            raise Breach(Problem.UNPARSEABLE, "this is a count; give a whole number")
        return int(number)

    @staticmethod
    def _read(value: object) -> float:
        if isinstance(value, (bool, np.bool_)):
            raise Breach(Problem.UNPARSEABLE, "a truth value is not a number")
        if isinstance(value, np.timedelta64):
            raise Breach(Problem.UNPARSEABLE, "a length of time is not a number")
        if isinstance(value, str):
            value = value.strip()
            if _DECIMAL.fullmatch(value) is None:
                advice = "give a number with a decimal point and without separators"
                raise Breach(Problem.UNPARSEABLE, advice)
        try:
            return float(value)  # type: ignore[arg-type]
        except OverflowError:
            raise Breach(Problem.NON_FINITE, "the number is too large for a float") from None
        except (TypeError, ValueError):
            raise Breach(Problem.UNPARSEABLE, "the value is not a number") from None


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class TextForm(Form):
    """A text; integers become their digits.

    Parameters
    ----------
    clean : callable, optional
        From the text to its canonical form.
    pattern : str, optional
        Regular expression that the whole canonical form must match.
    advice : str, optional
        What to do where the pattern does not match.
    secret : bool, default False
        Whether the text is masked in the record. The mask itself and an empty text
        are then refused, so that a masked dump is never read back as data.
    """

    kind: ClassVar[Kind] = "text"
    clean: Callable[[str], str] = _same
    pattern: str | None = None
    advice: str | None = None
    secret: bool = False

    def parse(self, value: object) -> str:
        """Return the cleaned text."""
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        number = whole_number(value)
        if number is None and not isinstance(value, str):
            raise Breach(Problem.UNPARSEABLE, "the value is not a text")
        text = self.clean(str(value) if number is None else str(number))
        if self.secret and text == "":
            raise Breach(Problem.EMPTY)
        if self.secret and text == MASK:
            advice = "the value is masked; read secrets with get_secret_value() before storing"
            raise Breach(Problem.UNPARSEABLE, advice)
        if self.pattern is not None and re.fullmatch(self.pattern, text) is None:
            raise Breach(Problem.UNPARSEABLE, self.advice)
        return text

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add the pattern to the JSON Schema."""
        found = dict(handler(schema))
        return found if self.pattern is None else found | {"pattern": f"^{self.pattern}$"}


@dataclass(frozen=True, eq=False)
class ChoiceForm(Form):
    """A word out of an enumeration, in any case, with aliases.

    Parameters
    ----------
    choices : type of StrEnum
        The canonical words.
    aliases : mapping of str to str, optional
        Other words for them, lower-case with underscores.
    """

    kind: ClassVar[Kind] = "choice"
    choices: type[StrEnum]
    aliases: Mapping[str, str] = field(default_factory=dict)
    _words: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make one table of every accepted word; an alias must lead to a choice."""
        known = {member.value: member.value for member in self.choices}
        words = known | {alias: known[word] for alias, word in self.aliases.items()}
        object.__setattr__(self, "aliases", MappingProxyType(dict(self.aliases)))
        object.__setattr__(self, "_words", MappingProxyType(words))

    def parse(self, value: object) -> str:
        """Return the canonical word; blanks and hyphens inside count as underscores."""
        if isinstance(value, str):
            key = "_".join(value.lower().replace("-", " ").split())
            if key in self._words:
                return self._words[key]
        raise Breach(Problem.UNKNOWN, self._advice())

    def _advice(self) -> str:
        return f"give one of {', '.join(member.value for member in self.choices)}"
