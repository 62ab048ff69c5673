"""The kinds of value that the fields of the records are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Le, MinLen
from pydantic import JsonValue, Secret, SecretStr

from customerintel.schema.forms import INT64_MAX, INT64_MIN, IdForm, NumberForm, TextForm
from customerintel.schema.moments import EARLIEST, LATEST, MomentForm

__all__ = [
    "Count",
    "Currency",
    "Digest",
    "Email",
    "Id",
    "Json",
    "Moment",
    "Number",
    "Phone",
    "SecretJson",
    "SecretText",
    "Text",
]


def _upper(text: str) -> str:
    return text.strip().upper()


def _lower(text: str) -> str:
    return text.strip().lower()


def _dialled(text: str) -> str:
    return text.translate(_SEPARATORS)


#: What people write between the digits of a phone number.
_SEPARATORS = str.maketrans("", "", " \t-./()\u00a0")

Id = Annotated[
    Annotated[int, Ge(INT64_MIN), Le(INT64_MAX)] | Annotated[str, MinLen(1)],
    IdForm(),
]
Moment = Annotated[datetime, Ge(EARLIEST), Le(LATEST), MomentForm()]
Number = Annotated[float, NumberForm()]
Count = Annotated[int, NumberForm(whole=True)]
Text = Annotated[str, TextForm()]

#: ISO 4217:2015 alphabetic code: three letters. Whether it is in use is not asked.
Currency = Annotated[
    str, TextForm(_upper, r"[A-Z]{3}", "give a currency code of three letters (ISO 4217)")
]
#: A SHA-256 digest in hexadecimal digits.
Digest = Annotated[
    str, TextForm(_lower, r"[0-9a-f]{64}", "give a SHA-256 digest as 64 hexadecimal digits")
]

SecretText = Annotated[SecretStr, TextForm(secret=True)]
#: Trimmed and lower-cased; no folding of dots or tags, which differs by provider.
Email = Annotated[
    SecretStr,
    TextForm(_lower, r"[^@\s]+@[^@\s]+", "give an address such as name@host", secret=True),
]
#: ITU-T E.164: a plus sign, then at most 15 digits of which the first is not 0.
Phone = Annotated[
    SecretStr,
    TextForm(
        _dialled,
        r"\+[1-9][0-9]{1,14}",
        "give an international number (E.164), + first",
        secret=True,
    ),
]

Json = dict[str, JsonValue]
SecretJson = Secret[dict[str, Any]]
