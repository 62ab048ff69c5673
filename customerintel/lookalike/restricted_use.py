"""Uses in which who is shown an offer is a matter of law: housing, credit, employment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from customerintel.exceptions import InvalidArgumentError
from customerintel.tables.notices import warn_caller

__all__ = ["RESTRICTED", "check_use", "protected"]

RESTRICTED = ("housing", "credit", "employment")

#: Words of names of columns that stand for who somebody is, or where.
_PROTECTED: Mapping[str, tuple[str, ...]] = {
    "age": ("age", "ages", "birth", "birthday", "birthdate", "birthyear", "dob", "born", "yob"),
    "gender": ("gender", "sex", "male", "female", "pronoun", "pronouns", "salutation", "title"),
    "place": (
        "postcode", "postal", "zip", "zipcode", "plz", "area", "neighbourhood", "neighborhood",
        "district", "tract", "block", "county", "city", "town", "latitude", "longitude", "lat",
        "lon", "lng", "geo", "region",
    ),
    "family": ("marital", "married", "family", "children", "child", "kids", "pregnant"),
    "origin": (
        "race", "ethnic", "ethnicity", "nationality", "origin", "religion", "language",
        "disability",
    ),
}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def check_use(restricted_use: object, acknowledge: object) -> str | None:
    """Check what the ranking is for.

    In June 2022 the United States and Meta settled a complaint that look-alike audiences for
    housing ads were made with protected traits and what stands for them (United States v. Meta
    Platforms, S.D.N.Y., 22 Civ. 5187). To drop such columns had not been enough.

    Raises
    ------
    InvalidArgumentError
        If the use is unknown, or restricted and not acknowledged.
    """
    if restricted_use is None:
        return None
    if not isinstance(restricted_use, str) or restricted_use not in RESTRICTED:
        raise InvalidArgumentError(
            f"restricted_use must be one of {', '.join(map(repr, RESTRICTED))}, or None; got "
            f"{restricted_use!r}."
        )
    if acknowledge is not True:
        raise InvalidArgumentError(
            f"Look-alikes for {restricted_use} are refused: who is left out of such offers may be "
            "unlawful discrimination, even if no protected trait is used. Take legal advice; with "
            "acknowledge=True they are made without traits of age, gender, family, origin and "
            "place, and you must audit the result with model.fairness."
        )
    warn_caller(
        f"Look-alikes for {restricted_use}: traits of age, gender, family, origin and place are "
        "left out, and others may stand for them. Audit the result with model.fairness before "
        "anybody is chosen by it."
    )
    return restricted_use


def protected(names: Iterable[str]) -> dict[str, str]:
    """Return which names stand for who somebody is or where, and for what."""
    found = {}
    for name in names:
        parts = [word.casefold() for word in _WORD.findall(name)]
        words = {*parts, *map("".join, pairwise(parts))}  # postCode, zip_code
        for what, known in _PROTECTED.items():
            if words & set(known):
                found[name] = what
                break
    return found
