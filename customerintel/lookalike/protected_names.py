"""Which columns stand for who somebody is, or where they live, as far as their names tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

__all__ = ["protected"]

#: Words of names; German and French ones without their accents.
_WORDS: Mapping[str, str] = {
    "age": """
        age ages aged birth birthday birthdate birthyear dob yob born yearsold generation senior
        seniors elderly teen teens adult minor minors youth retired retiree pension pensioner
        pensioners alter altersgruppe geburtsdatum geburtsjahr geburtstag jahrgang rentner rente
        naissance anneenaissance retraite retraites aine
        """,
    "gender": """
        gender sex male female man men woman women boy girl pronoun pronouns salutation title
        sexe genre femme homme civilite geschlecht frau herr anrede maennlich weiblich mannlich
        transgender lgbt lgbtq sexuality
        """,
    "place": """
        postcode postal zip zipcode plz postleitzahl area neighbourhood neighborhood district
        tract block blockgroup county city town village suburb borough parish municipality
        province country countries region state latitude longitude lat lon lng geo geohash
        quartier arrondissement commune ville pays departement codepostal stadt stadtteil ort
        wohnort bezirk gemeinde bundesland land kreis
        """,
    "family": """
        marital married unmarried divorced divorcee widow widowed widower spouse husband wife
        partner single singleparent parent parents parental mother father family children child
        kids kid baby pregnant pregnancy maternity household households haushalt haushaltsgroesse
        haushaltsgrosse familienstand verheiratet geschieden verwitwet ledig kinder schwanger
        enfant enfants marie mariee veuf veuve celibataire foyer menage enceinte
        """,
    "origin": """
        race races racial ethnic ethnicity ethnie nationality national citizen citizens
        citizenship immigrant immigrants immigration migrant migration origin religion religious
        faith church mosque synagogue temple denomination language tongue mothertongue accent
        skin complexion hair caste tribe tribal disability disabilities disabled handicap
        handicapped veteran veterans herkunft staatsangehoerigkeit staatsangehorigkeit
        staatsbuergerschaft staatsburgerschaft nationalitaet nationalitat nationalite religionen
        konfession kirche glaube sprache muttersprache hautfarbe behinderung behindert
        schwerbehindert langue languematernelle citoyennete eglise handicape origine
        """,
}
_KNOWN: Mapping[str, str] = {word: what for what, held in _WORDS.items() for word in held.split()}
#: Words that are such only as the whole name.
_ALONE: Mapping[str, str] = {"long": "place", "foreign": "origin", "foreigner": "origin"}
#: Parts of words that are written together; none of them stands in another word.
_PARTS: Mapping[str, str] = {
    "birth": "age", "geburt": "age", "gender": "gender", "geschlecht": "gender",
    "postcode": "place", "zipcode": "place", "postleit": "place", "blockgroup": "place",
    "neighbourhood": "place", "neighborhood": "place", "latitude": "place", "longitude": "place",
    "marital": "family", "household": "family", "familienstand": "family",
    "singleparent": "family", "ethnic": "origin", "nationality": "origin", "citizenship": "origin",
    "religio": "origin", "disabilit": "origin", "mothertongue": "origin",
    "muttersprache": "origin", "staatsangeh": "origin",
}  # fmt: skip
#: Age and sex, written together with what stands beside them.
_GLUED = re.compile(
    r"^(?:customer|client|person|member|user|buyer)?"
    r"(?:age(?:group|band|bracket|class|range|bucket|bin|cat|category|segment|cohort|years|yrs)s?"
    r"|(?:customer|client|person|member|user|buyer)(?P<sex>age|sex))$"
)
#: Words before one of these that make it a word of something else.
_OF_THINGS: Mapping[str, str] = {
    "age": "account card device vehicle car membership contract session cookie basket order app "
           "tenure product subscription",
    "state": "order account card device session subscription payment cart ticket delivery app "
             "login contract membership",
    "disabled": "account card device notification notifications push cookies tracking login app",
    "generation": "lead device product phone report",
    "title": "book film movie song game page product item",
    "family": "product font card device",
    "block": "ad ads time",
    "language": "programming",
}  # fmt: skip
#: Words after one of these that do the same.
_THINGS: Mapping[str, str] = {
    "single": "item items order orders purchase use trip visit ticket category brand malt",
    "hair": "care products product spend purchases sales",
    "baby": "food products product spend purchases sales",
    "man": "hours", "minor": "purchases issues", "national": "brand brands",
    "partner": "shop shops store program points offer offers", "parent": "company brand account",
    "block": "list count", "race": "tickets", "city": "card", "country": "music",
    "mother": "tongue", "land": "line", "adult": "tickets", "skin": "care products product",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def protected(names: Iterable[str]) -> dict[str, str]:
    """Return which names stand for who somebody is or where, and for what.

    English words and common German and French ones, in any case, apart or written together.
    Names cannot tell all: a column "segment" may be made of ages, and the streets of a town tell
    origin. What counts is how much a trait tells of an attribute: `Fairness.proxies`.
    """
    found = {name: _what(name) for name in names}
    return {name: what for name, what in found.items() if what}


def _what(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("\u00df", "ss"))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    words = [word.casefold() for word in _WORD.findall(plain)]
    joined = "".join(words)
    if joined in _ALONE:
        return _ALONE[joined]
    glued = _GLUED.match(joined)
    if glued:
        return "gender" if glued["sex"] == "sex" else "age"
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        of_thing = before and before in _OF_THINGS.get(word, "").split()
        of_what = after and after in _THINGS.get(word, "").split()
        if word in _KNOWN and not of_thing and not of_what:
            return _KNOWN[word]
    pairs = map("".join, pairwise(words))  # zip_code, years_old
    parts = (what for part, what in _PARTS.items() if part in joined)
    return next((_KNOWN[pair] for pair in pairs if pair in _KNOWN), "") or next(parts, "")
