"""The rules of a type of relationship, as one asks for them by its name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.relationship_type import RelationshipType
from customerintel.relationships.type_fields import did_you_mean
from customerintel.relationships.type_files import shipped
from customerintel.relationships.type_registry import TypeRegistry, read_types, types
from customerintel.tables.results import html_table, one_line

__all__ = ["RelationshipRules", "rules"]

#: Built-in registries, and where a key is looked up that they do not have.
_WIDER = {"core": "extended"}


@dataclass(frozen=True, repr=False)
class RelationshipRules:
    """What a customer with such a relationship wants, what breaks it, and what to do.

    Attributes
    ----------
    key, name, definition : str
        Of the type.
    wants, breaks : str
        What the customer wants, and what breaks the contract.
    rules, do, dont : tuple of str
        Short sentences.
    status : {"published", "proposed"}
        Whether the rules are published research, in this library's words, or a proposal.
    source : str
        Author, year and where; or whose proposal it is.
    types : str
        The registry that they are of, such as ``core@1``.
    """

    key: str
    name: str
    definition: str
    wants: str
    breaks: str
    rules: tuple[str, ...]
    do: tuple[str, ...]
    dont: tuple[str, ...]
    status: str
    source: str
    types: str

    @classmethod
    def of(cls, one: RelationshipType, registry: TypeRegistry) -> RelationshipRules:
        """Return the rules of a type of a registry."""
        own = [field.name for field in fields(cls) if field.name != "types"]
        return cls(**{name: getattr(one, name) for name in own}, types=registry.id)

    def to_dict(self) -> dict[str, Any]:
        """Return all attributes, with lists in the place of tuples.

        Returns
        -------
        dict
            As JSON can hold it.
        """
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
        }

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.definition}"]
        lines += [f"{title}: {' '.join(texts)}" for title, texts in self._parts() if any(texts)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return one_line("RelationshipRules", key=self.key, types=self.types, status=self.status)

    def _repr_html_(self) -> str:
        rows = [(title, " ".join(texts)) for title, texts in self._parts() if any(texts)]
        return html_table(f"{self.name}: {self.definition}", rows)

    def _parts(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            ("Wants", (self.wants,)),
            ("Breaks the contract", (self.breaks,)),
            ("Rules", self.rules),
            ("Do", self.do),
            ("Don't", self.dont),
            (f"Source ({self.status})", (self.source,)),
        ]


def rules(key: str, types: Any = "core") -> RelationshipRules:
    """Return the rules of a type of relationship.

    Parameters
    ----------
    key : str
        Key, name or alias of the type.
    types : str, TypeRegistry, mapping or path, default "core"
        As `read_types` takes it. A type that the built-in core does not have is looked up in the
        built-in extended registry; the attribute ``types`` of the result says where it was found.

    Returns
    -------
    RelationshipRules

    Raises
    ------
    InvalidArgumentError
        If no type answers to the key; the message names the nearest, or all that there are.

    Examples
    --------
    >>> fling = rules("fling")
    >>> fling
    RelationshipRules(key=fling, types=core@1, status=published)
    >>> print(fling.wants)
    Excitement at every contact, the new and the rare, and no morning after.
    >>> rules("captive").types
    'extended@1'
    """
    registry = read_types(types)
    searched = [registry, *_wider(registry)]
    for one in searched:
        found = one.resolve(key)
        if found is not None:
            return RelationshipRules.of(one[found], one)
    known = list(dict.fromkeys(word for one in searched for word in one.labels))
    shown = repr(key) if isinstance(key, str) else f"of type {type(key).__name__}"
    raise InvalidArgumentError(
        f"There is no relationship type {shown}.{did_you_mean(key, known)} "
        f"There are {', '.join(known)}."
    )


def _wider(registry: TypeRegistry) -> list[TypeRegistry]:
    """Return where else to look; one's own registry has no other, whatever its name."""
    wider = _WIDER.get(registry.name)
    if wider is None or registry.version not in shipped()[registry.name]:
        return []
    return [types(wider)] if registry == types(registry.id) else []
