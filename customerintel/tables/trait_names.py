"""Which columns can be traits of customers, as far as their names and PII classes tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import PII, Customer, tags_of

__all__ = ["class_of", "is_code", "reason_against"]

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")

#: What a person is reached or known by, where it is what the name ends on.
_DIRECT: Final = frozenset(
    {
        "email",
        "mail",
        "phone",
        "telephone",
        "cellphone",
        "address",
        "street",
        "surname",
        "forename",
        "firstname",
        "lastname",
        "fullname",
        "username",
        "nickname",
        "iban",
        "ssn",
        "passport",
        "ipaddress",
    }
)
#: The same, where it is the whole name: spend_mobile is none.
_DIRECT_ALONE: Final = frozenset(
    {"mobile", "tel", "fax", "login", "ip", "handle", "handles", "cell"}
)
#: What stands before "name" where it is the name of a person.
_PERSONS: Final = frozenset(
    {
        "first",
        "last",
        "full",
        "middle",
        "given",
        "family",
        "maiden",
        "user",
        "nick",
        "customer",
        "client",
        "contact",
        "company",
        "person",
        "display",
        "account",
        "screen",
        "member",
        "patron",
        "cardholder",
    }
)
#: Special categories of data (GDPR, Article 9), wherever the word stands.
_SENSITIVE: Final = frozenset(
    {
        "religion",
        "religious",
        "ethnicity",
        "ethnic",
        "racial",
        "disability",
        "disabilities",
        "diagnosis",
        "sexuality",
        "pregnancy",
        "pregnant",
        "biometric",
        "genetic",
    }
)
_SENSITIVE_LAST: Final = frozenset({"race", "health", "politics"})
#: Of a record and not of the customer.
_RECORD: Final = frozenset({"provenance", "collected_at", "updated_at", "valid_from", "valid_to"})
#: Integers that stand for something, so that no sum of them does.
_CODES: Final = frozenset(
    {
        "id",
        "ids",
        "uuid",
        "guid",
        "key",
        "zip",
        "zipcode",
        "postcode",
        "postal",
        "plz",
        "fips",
        "geoid",
        "code",
        "tract",
    }
)
_COUNTED: Final = frozenset({"has", "is", "n", "num", "count", "number", "no", "nr"})


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _by_name(name: str) -> PII:
    """Return the class that a name lets one expect of a column of nobody's record."""
    words = _words(name)
    if not words:
        return PII.QUASI
    if _SENSITIVE & set(words) or words[-1] in _SENSITIVE_LAST:
        return PII.SENSITIVE
    ends = words[:-1] if len(words) > 1 and words[-1] in {"number", "no", "nr"} else words
    if ends[0] in _COUNTED:
        return PII.QUASI  # has_phone, n_mail: not the thing itself
    joined = "".join(ends[-2:])
    person = ends[-1] in {"name", "names"} and (len(ends) == 1 or ends[-2] in _PERSONS)
    alone = len(ends) == 1 and ends[0] in _DIRECT_ALONE
    if person or alone or ends[-1] in _DIRECT or joined in _DIRECT:
        return PII.DIRECT
    return PII.QUASI


def class_of(name: str, given: Mapping[str, Any], told: Mapping[str, PII]) -> PII:
    """Return the PII class of a column.

    Parameters
    ----------
    name : str
        Of the column.
    given : mapping of str to PII or str
        What the caller says now; it comes first.
    told : mapping of str to PII
        What the `CustomerTable` holds. A class other than "quasi" was known or told; "quasi" is
        what every unknown column gets there, so the name still counts.

    Raises
    ------
    InvalidArgumentError
        If a class is unknown.
    """
    if name in given:
        try:
            return PII(given[name])
        except ValueError:
            known = ", ".join(one.value for one in PII)
            raise InvalidArgumentError(
                f"pii[{name!r}] holds an unknown PII class; use one of {known}."
            ) from None
    folded = "_".join(_words(name))
    tags = tags_of(Customer)
    known_class = told.get(name) or (tags[folded].pii if folded in tags else PII.QUASI)
    if known_class is PII.QUASI and folded not in tags:
        return _by_name(name)
    return known_class


def reason_against(name: str, pii: PII, allow: Sequence[str]) -> str:
    """Return why a column is no trait; empty: as far as its name tells, it may be one."""
    if name in allow:
        return ""
    if pii in (PII.DIRECT, PII.SENSITIVE):
        what = "identity data" if pii is PII.DIRECT else "sensitive data"
        return f"{what} (PII class {pii.value}); allow=({name!r},) takes it all the same"
    if "_".join(_words(name)) in _RECORD:
        return f"it describes the record, not the customer; allow=({name!r},) takes it"
    return ""


def is_code(name: str) -> bool:
    """Whether integers of this name stand for something, as those of a postcode do."""
    words = _words(name)
    return bool(words) and (words[-1] in _CODES or words[-2:] == ["block", "group"])
