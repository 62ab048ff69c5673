"""Whether an object keeps to a protocol: names, signatures and version, all faults at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MemberDescriptorType
from typing import Any

__all__ = ["CHURN_ESTIMATOR", "RELATIONSHIP_CLASSIFIER", "Contract", "Method"]

#: No such member, and one that objects of a class have, but not the class.
_MISSING, _LATER = object(), object()


@dataclass(frozen=True)
class Method:
    """How the library calls a method.

    Parameters
    ----------
    positional : tuple of str
        What it is given by position, without ``self``.
    keywords : tuple of str
        What it is given by name.
    """

    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    def call(self) -> str:
        """Return the arguments of the call as text."""
        return ", ".join([*self.positional, *(f"{name}=…" for name in self.keywords)])

    def faults(self, name: str, method: Any, *, bound: bool) -> list[str]:
        """Return why a method cannot be called so; an empty list if it can.

        Parameters
        ----------
        name : str
            Of the method.
        method : object
            What is found under the name.
        bound : bool
            Whether it is already given its ``self``.
        """
        if not callable(method):
            return [f"{name} is no method; it is {_shown(method)}"]
        if inspect.iscoroutinefunction(method):
            return [f"{name} must not be async: it is called, not awaited"]
        given = [*(() if bound else ("self",)), *self.positional]
        try:
            inspect.signature(method).bind(*given, **dict.fromkeys(self.keywords))
        except ValueError:  # of some compiled functions there is no signature
            return []
        except TypeError as error:
            return [f"{name} is called as {name}({self.call()}), which does not fit: {error}"]
        return []


def _label_faults(value: Any) -> list[str]:
    if not isinstance(value, tuple) or not all(isinstance(label, str) for label in value):
        return [f"labels must be a tuple of str; it is {_shown(value)}"]
    if not value or len(set(value)) < len(value):
        return ["labels must hold at least one name, and none twice"]
    return []


@dataclass(frozen=True)
class Contract:
    """A protocol as the registry checks it.

    Parameters
    ----------
    kind : str
        What such a plugin is called in messages.
    api_versions : tuple of int
        Versions of the protocol that this release works with.
    methods : mapping of str to Method
        That it must have.
    optional : mapping of str to Method
        That it may have.
    attributes : mapping of str to callable
        Other members that it must have, and what returns the faults of a value.

    Examples
    --------
    >>> class Half:
    ...     def fit(self, history, /, *, horizon_days):
    ...         return self
    >>> for fault in CHURN_ESTIMATOR.faults(Half):
    ...     print(fault)
    api_version is missing: set api_version = 1 in the class
    predict is missing: it is called as predict(history)
    """

    kind: str
    api_versions: tuple[int, ...]
    methods: Mapping[str, Method]
    optional: Mapping[str, Method] = field(default_factory=dict)
    attributes: Mapping[str, Callable[[Any], list[str]]] = field(default_factory=dict)

    def faults(self, thing: Any, owner: str = "the plugin") -> list[str]:
        """Return everything that is missing or mis-shaped; an empty list if nothing is.

        Parameters
        ----------
        thing : object or class
            Of a class, what only its objects have (slots, properties, what ``__init__`` sets)
            is not looked at, except that ``api_version`` must be there.
        owner : str
            Distribution that would have to be upgraded.

        Returns
        -------
        list of str
            One short sentence per fault, without a full stop. Nothing is called but
            properties of an object.
        """
        found = self._version_faults(thing, owner)
        for name, check in self.attributes.items():
            found += self._attribute_faults(thing, name, check)
        for name, method in {**self.methods, **self.optional}.items():
            found += self._method_faults(thing, name, method)
        return found

    def is_kept_by(self, thing: Any) -> bool:
        """Whether an object has all methods by name: whether it is meant as such a plugin."""
        return all(callable(_member(thing, name)) for name in self.methods)

    def _version_faults(self, thing: Any, owner: str) -> list[str]:
        newest = max(self.api_versions)
        version = _member(thing, "api_version")
        if version is _LATER:
            return []
        if version is _MISSING:
            return [f"api_version is missing: set api_version = {newest} in the class"]
        if isinstance(version, bool) or not isinstance(version, int):
            return [f"api_version must be an int, such as {newest}; it is {_shown(version)}"]
        if version in self.api_versions:
            return []
        known = ", ".join(map(str, self.api_versions))
        if version > newest:
            advice = f"newer than this release knows ({known}): upgrade customerintel"
        else:
            advice = f"older than this release knows ({known}): upgrade {owner}"
        return [f"api_version is {version}, {advice}"]

    def _attribute_faults(
        self, thing: Any, name: str, check: Callable[[Any], list[str]]
    ) -> list[str]:
        value = _member(thing, name)
        if value is _MISSING:
            # __init__ may set it, so of a class it is not yet known
            return [] if isinstance(thing, type) else [f"{name} is missing"]
        return [] if value is _LATER else check(value)

    def _method_faults(self, thing: Any, name: str, method: Method) -> list[str]:
        value = _member(thing, name)
        if value is _MISSING:
            call = f"{name} is missing: it is called as {name}({method.call()})"
            return [] if name in self.optional else [call]
        if value is _LATER:
            return []
        if isinstance(thing, type):
            raw = inspect.getattr_static(thing, name, None)
            return method.faults(name, value, bound=isinstance(raw, staticmethod | classmethod))
        return method.faults(name, value, bound=True)


@dataclass(frozen=True)
class _Unreadable:
    """In the place of a member whose property raised."""

    error: Exception


def _member(thing: Any, name: str) -> Any:
    """Return a member; `_MISSING` without one, `_LATER` where only an object of a class has it."""
    if isinstance(thing, type):
        raw = inspect.getattr_static(thing, name, _MISSING)
        if isinstance(raw, property | MemberDescriptorType):
            return _LATER
    try:
        return getattr(thing, name, _MISSING)
    except Exception as error:  # noqa: BLE001 a property of a plugin may raise anything
        return _Unreadable(error)


def _shown(value: object) -> str:
    """Say what a value is, without showing more of it than a message may hold."""
    if isinstance(value, _Unreadable):
        return f"not to be read ({type(value.error).__name__})"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    return f"of type {type(value).__name__}"


_STATE = {"to_state": Method(), "from_state": Method(("state",))}

#: What a churn estimator must have, and may have.
CHURN_ESTIMATOR = Contract(
    kind="churn estimator",
    api_versions=(1,),
    methods={
        "fit": Method(("history",), ("horizon_days",)),
        "predict": Method(("history",)),
    },
    optional={**_STATE, "contributions": Method(("history",))},
)

#: What a relationship classifier must have, and may have.
RELATIONSHIP_CLASSIFIER = Contract(
    kind="relationship classifier",
    api_versions=(1,),
    methods={"predict_proba": Method(("signals",))},
    optional={
        **_STATE,
        "fit": Method(("signals", "labels")),
        "adapt": Method(("signals",)),
    },
    attributes={"labels": _label_faults},
)
