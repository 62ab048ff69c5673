"""`TypeRegistry`: types of relationship under a name and a version, checked when built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.relationship_type import DIMENSIONS, RelationshipType
from customerintel.relationships.type_checks import (
    check_classes,
    check_name,
    check_together,
    folded,
    given_types,
    refuse,
    words_of,
)
from customerintel.relationships.type_files import (
    FORMAT,
    FORMAT_VERSION,
    content_of,
    faults_of_content,
)
from customerintel.rfm.read_only import read_only
from customerintel.tables.building import Column, build
from customerintel.tables.kinds import Kind
from customerintel.tables.results import Sealed, html_table, one_line

__all__ = ["TypeRegistry"]


class TypeRegistry(Sealed, Mapping[str, RelationshipType]):
    """Types of relationship under a name and a version.

    A mapping of keys to types, in their order. Change the version when a type changes: results
    carry `id`, and two results under one id must mean the same.

    Parameters
    ----------
    name : str
        Lower-case letters and digits, with ``-``, ``_`` or ``.`` between them.
    version : int
        From 1.
    types : sequence of RelationshipType or of mappings of its fields; or mapping of key to these
        At least two.
    coarse_classes : mapping of str to str, optional
        What each coarse class means. By default the classes of the types, without a word.

    Attributes
    ----------
    id : str
        ``name@version``.
    labels : tuple of str
        Keys of the types, in order.
    prototypes : ndarray of float64, shape (n_types, 8)
        In the order of `DIMENSIONS`; NaN where a type says nothing. Read-only.
    coarse_classes : mapping of str to str
        Coarse classes in order of first use, with what each means.

    Raises
    ------
    InvalidArgumentError
        With all faults at once: fields that cannot be used, keys or aliases that two types
        share, types that nothing tells apart, ``leads_to`` without such a type.

    Examples
    --------
    >>> from customerintel.relationships.type_registry import TypeRegistry
    >>> acme = TypeRegistry("acme", 1, [
    ...     dict(key="regular", definition="Comes every week.", coarse="steady",
    ...          prototype=dict(valence=0.6, duration=0.9, commitment=0.5)),
    ...     dict(key="passer_by", definition="Comes once.", coarse="brief",
    ...          prototype=dict(valence=0.1, duration=0.0, commitment=0.0)),
    ... ])
    >>> acme
    TypeRegistry(id=acme@1, types=2, coarse_classes=2)
    >>> acme["regular"].definition, acme.resolve("Passer-by")
    ('Comes every week.', 'passer_by')
    """

    def __init__(
        self,
        name: str,
        version: int,
        types: Iterable[RelationshipType | Mapping[str, Any]] | Mapping[str, Any],
        *,
        coarse_classes: Mapping[str, str] | None = None,
    ) -> None:
        found, faults = given_types(types)
        faults = [*check_name(name, version), *faults, *check_classes(coarse_classes)]
        if not faults:
            faults = check_together(found, coarse_classes or {})
        refuse(f"{name}@{version}", faults)
        self.name = name
        self.version = int(version)
        self._types = {one.key: one for one in found}
        self._words = {word: one.key for one in found for word in words_of(one)}
        self.labels = tuple(self._types)
        self.prototypes = read_only(np.array([one.prototype for one in found], np.float64))
        used = dict.fromkeys((one.coarse for one in found), "")
        self._classes = dict(coarse_classes) if coarse_classes else used
        self._seal()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> TypeRegistry:
        """Build a registry from what its JSON holds.

        Parameters
        ----------
        mapping : mapping
            ``name``, ``version``, ``types`` (see the class), and optionally ``coarse_classes``,
            ``format`` and ``format_version``.

        Returns
        -------
        TypeRegistry

        Raises
        ------
        InvalidArgumentError
            With all faults at once; a field that there is not is one.
        """
        if not isinstance(mapping, Mapping):
            raise InvalidArgumentError(
                "from_mapping takes a mapping with name, version and types; got "
                f"{type(mapping).__name__}."
            )
        label = f"{mapping.get('name')}@{mapping.get('version')}"
        refuse(label, faults_of_content(mapping))
        return cls(
            mapping["name"],
            mapping["version"],
            mapping["types"],
            coarse_classes=mapping.get("coarse_classes"),
        )

    @classmethod
    def from_json(cls, path_or_text: str | PathLike[str]) -> TypeRegistry:
        """Read a registry from a JSON file, or from the text of one.

        Parameters
        ----------
        path_or_text : str or path
            A text that begins with a brace is JSON, any other is a path.

        Returns
        -------
        TypeRegistry

        Raises
        ------
        InvalidArgumentError
            If there is no such file, it is no JSON, or of another format; or with all faults of
            the types at once.
        """
        if not isinstance(path_or_text, str | PathLike):
            raise InvalidArgumentError(
                f"from_json takes a path or JSON text; got {type(path_or_text).__name__}."
            )
        return cls.from_mapping(content_of(path_or_text))

    def to_json(self) -> str:
        """Return the registry as JSON text, which `from_json` reads.

        Returns
        -------
        str
            Ends with a line break; write it to a file in UTF-8.
        """
        content = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "name": self.name,
            "version": self.version,
            "coarse_classes": self._classes,
            "types": [one.to_mapping() for one in self._types.values()],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @property
    def id(self) -> str:
        """``name@version``."""
        return f"{self.name}@{self.version}"

    @property
    def coarse_classes(self) -> Mapping[str, str]:
        """What transactions alone can tell: classes of types, with what each means."""
        return dict(self._classes)

    def resolve(self, word: object) -> str | None:
        """Return the key of the type that somebody means.

        Parameters
        ----------
        word : str
            A key, a name or an alias, in any case, with blanks, hyphens or underscores.

        Returns
        -------
        str or None
            None if no type answers to it.

        Examples
        --------
        >>> from customerintel.relationships.type_registry import types
        >>> types("core").resolve("Best friends"), types("core").resolve("neighbour")
        ('best_friend', None)
        """
        return self._words.get(folded(word)) if isinstance(word, str) else None

    def levels(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the signatures as an array.

        Parameters
        ----------
        names : sequence of str
            Of the signals.

        Returns
        -------
        ndarray of float64, shape (n_types, n_names)
            Levels in [0, 1]; NaN where a signature does not speak of the signal.
        """
        rows = [[one.signature.get(name, np.nan) for name in names] for one in self.values()]
        return np.array(rows, np.float64).reshape(len(self), len(names))

    def to_frame(self) -> Any:
        """Return one row per type.

        Returns
        -------
        pandas.DataFrame
            ``key``, ``name``, ``definition``, ``wants``, ``breaks``, ``coarse``, ``status``,
            ``source``, ``leads_to`` (keys with commas between them), and a column for each of
            `DIMENSIONS` (NaN where a type says nothing).
        """
        texts = ("key", "name", "definition", "wants", "breaks", "coarse", "status", "source")
        columns: dict[str, Column] = {
            field: np.array([getattr(one, field) for one in self.values()], object)
            for field in texts
        }
        columns["leads_to"] = np.array([", ".join(one.leads_to) for one in self.values()], object)
        columns |= dict(zip(DIMENSIONS, self.prototypes.T, strict=True))
        return build(columns, Kind("pandas"))

    def __getitem__(self, key: str) -> RelationshipType:
        return self._types[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TypeRegistry):
            return NotImplemented
        mine = (self.name, self.version, tuple(self.values()), self._classes)
        return mine == (other.name, other.version, tuple(other.values()), other._classes)

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.labels))

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return one_line(
            "TypeRegistry", id=self.id, types=len(self), coarse_classes=len(self._classes)
        )

    def _repr_html_(self) -> str:
        rows = [(one.key, one.definition) for one in self.values()]
        return html_table(f"{self.id}: types of relationship", rows)
