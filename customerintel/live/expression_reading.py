"""Expressions from JSON: every fault with its place, and reading goes on after one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.event_filter import On
from customerintel.live.frozen import listed
from customerintel.live.rule_shapes import CONDITIONS, COUNTERS, NESTED, SHAPES, TERMS, Shape

__all__ = ["Reading", "lines_of", "nearest"]

_MOST_NESTED: Final = 64
_LONGEST_PLACE: Final = 80
_ALLOWED: Final = {
    "condition": CONDITIONS,
    "term": TERMS,
    "counter": COUNTERS,
    "event": ("on",),
}


def lines_of(error: InvalidArgumentError) -> list[str]:
    """Return the single faults of an error of this room."""
    head, *faults = str(error).split("\n- ")
    return faults or [head]


class Reading:
    """Faults found so far, and the estimators that scores are joined with.

    Parameters
    ----------
    estimators : mapping of str to object
        Estimators of scores, by the score's name.
    """

    def __init__(self, estimators: Mapping[str, Any]) -> None:
        self.faults: list[str] = []
        self._estimators = estimators

    def fault(self, place: str, text: str) -> None:
        """Note a fault and where it is."""
        shown = place if len(place) <= _LONGEST_PLACE else f"{place[:_LONGEST_PLACE]}..."
        self.faults.append(f"{shown}: {text}")

    def refuse(self, what: str) -> None:
        """Refuse to use what was read, if there are faults.

        Raises
        ------
        InvalidArgumentError
            With all of them.
        """
        if self.faults:
            raise InvalidArgumentError(f"{what} cannot be used, for {listed(self.faults)}")

    def expression(self, data: Any, kind: str, place: str, depth: int = 0) -> Any:
        """Return the expression, or None where it has faults."""
        if kind == "event" and isinstance(data, str):
            return self.made(On, place, data)
        shape = self._shape(data, kind, place)
        if shape is None:
            return None
        if depth > _MOST_NESTED:
            self.fault(place, f"conditions are nested more than {_MOST_NESTED} deep; join them.")
            return None
        fields = {name: value for name, value in data.items() if name != "is"}
        before = len(self.faults)
        self.names(fields, shape.fields, shape.required, place)
        for name, inner in shape.fields.items():
            if name in fields and inner in NESTED and fields[name] is not None:
                fields[name] = self._nested(fields[name], inner, f"{place}.{name}", depth + 1)
        if len(self.faults) > before:
            return None
        if shape.made.tag == "score":
            fields = self._with_estimator(fields, place)
        return self.made(shape.made._made, place, fields)

    def _shape(self, data: Any, kind: str, place: str) -> Shape | None:
        allowed = _ALLOWED[kind]
        tag = data.get("is") if isinstance(data, Mapping) else None
        if isinstance(tag, str) and tag in allowed:
            return SHAPES[tag]
        got = repr(tag) if isinstance(tag, str) and len(tag) < 40 else "something else"
        if isinstance(data, str):
            got = 'a text; an event is {"is": "on", "event": …} here'
        near = nearest(tag, allowed)
        self.fault(place, f'must be an object with "is": {", ".join(allowed)}; got {got}.{near}')
        return None

    def _nested(self, data: Any, inner: str, place: str, depth: int) -> Any:
        kind, is_list = NESTED[inner]
        if not is_list:
            return self.expression(data, kind, place, depth)
        if not isinstance(data, list):
            self.fault(place, "must be a list.")
            return None
        return [
            self.expression(one, kind, f"{place}[{number}]", depth)
            for number, one in enumerate(data)
        ]

    def _with_estimator(self, fields: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Join a score with its estimator, if there is one for it."""
        found, name = dict(fields), fields.get("name")
        is_given = found.pop("given", False)
        if isinstance(name, str) and name in self._estimators:
            found["estimator"] = self._estimators[name]
        elif is_given:
            self.fault(
                place,
                f"the score {name!r} was made with an estimator of your own, which JSON does not "
                f"hold. Give it: estimators={{{name!r}: ...}}.",
            )
        return found

    def names(
        self, fields: Mapping[str, Any], known: Iterable[str], required: Iterable[str], place: str
    ) -> None:
        """Note fields that nobody knows, and those that are missing."""
        known = tuple(known)
        for name in fields:
            if name not in known:
                shown = repr(name) if len(name) < 40 else "a long name"
                self.fault(place, f"there is no field {shown}.{nearest(name, known)}")
        for name in required:
            if name not in fields:
                self.fault(place, f"{name} is missing.")

    def made(self, maker: Any, place: str, *arguments: Any, **fields: Any) -> Any:
        """Return what a class makes of it, or None after noting all of its faults."""
        try:
            return maker(*arguments, **fields)
        except InvalidArgumentError as error:
            for line in lines_of(error):
                self.fault(place, line)
            return None


def nearest(word: Any, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?``, or nothing if no name is near."""
    near = difflib.get_close_matches(str(word).lower(), list(known), n=1, cutoff=0.7)
    return f" Did you mean {near[0]!r}?" if near else ""
