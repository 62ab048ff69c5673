"""What is known of customers besides what they did: traits, areas, and how personal each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import PII, Customer, columns_of, tags_of
from customerintel.tables.building import as_kind, beside, build
from customerintel.tables.columns import Raw
from customerintel.tables.frames import Table, open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.reading import Reading, read_ids
from customerintel.tables.rejections import Rejections
from customerintel.tables.results import Sealed, html_table, one_line
from customerintel.tables.roles import (
    assign_roles,
    check_names,
    check_on_invalid,
    missing_column,
)
from customerintel.tables.text import Text

__all__ = ["CustomerTable"]


class CustomerTable(Sealed):
    """One row per customer: traits and areas, with a PII class per column.

    Made by :meth:`from_frame`. Rows are in ascending order of :attr:`customer_id`.

    Examples
    --------
    >>> import customerintel as ci
    >>> people = ci.CustomerTable.from_frame(
    ...     {"id": [2, 1], "email": ["b@x.org", "a@x.org"], "segment": ["new", "old"]},
    ...     customer_id="id",
    ... )
    >>> people
    CustomerTable(customers=2, traits=2)
    >>> people.pii["email"].value, people.pii["segment"].value
    ('direct', 'quasi')
    >>> people.column("segment").tolist()
    ['old', 'new']
    """

    def __init__(
        self,
        *,
        ids: CustomerIds,
        table: Table,
        index: NDArray[np.int64],
        traits: tuple[str, ...],
        areas: tuple[str, ...],
        pii: Mapping[str, PII],
        rejected: Rejections,
    ) -> None:
        self._ids = ids
        self._table = table
        self._index = index
        self._traits = traits
        self._areas = areas
        self._pii = dict(pii)
        self._rejected = rejected
        self._seal()

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        customer_id: str | None = None,
        traits: Sequence[str] | None = None,
        areas: Sequence[str] = (),
        pii: Mapping[str, str | PII] | None = None,
        on_invalid: Literal["raise", "quarantine"] = "raise",
    ) -> CustomerTable:
        """Validate a table of customers.

        Parameters
        ----------
        frame : table
            Any kind that `TransactionLog.from_frame` reads.
        customer_id : str, optional
            Name of the id column; not needed where it is called so.
        traits : sequence of str, optional
            Columns that describe the customer; all others if not given.
        areas : sequence of str, optional
            Columns that say where the customer is (postcode, block group, branch).
        pii : mapping of str to PII or str, optional
            PII class of columns: "none", "direct", "quasi", "sensitive", "behavioural" or
            "derived". Columns with a name of the `Customer` record have its class; any
            other is taken as "quasi", since it may identify in combination.
        on_invalid : {"raise", "quarantine"}, default "raise"
            As for `TransactionLog.from_frame`. A second row of a customer breaks the rule
            ``duplicate_customer_id``.

        Raises
        ------
        SchemaError
            If a column is missing.
        DataValidationError
            If rows break a rule and `on_invalid` is "raise".
        InvalidArgumentError
            If a PII class is unknown.
        """
        check_on_invalid(on_invalid)
        source = open_table(frame)
        caller = "CustomerTable.from_frame"
        given = {"customer_id": customer_id}
        roles = assign_roles(given, source.columns, required=tuple(given), caller=caller)
        id_column = roles["customer_id"]
        for argument, names in (("traits", traits), ("areas", areas), ("pii", pii)):
            check_names(names or (), argument, source.columns)
        if traits is None:
            traits = [n for n in source.columns if n != id_column and n not in areas]
        table = source.read([id_column, *traits, *areas])
        reading = read_ids(columns_of(Customer)["customer_id"], table[id_column])
        rejected = _reject(table, reading)
        if len(rejected) and on_invalid == "raise":
            raise rejected.error()
        index = np.delete(np.arange(table.n_rows), rejected.rows)
        index = index[np.argsort(reading.values[index], kind="stable")]
        return cls(
            ids=CustomerIds(reading.values[index], reading.texts),
            table=table,
            index=index,
            traits=tuple(traits),
            areas=tuple(areas),
            pii=_classes([*traits, *areas], pii or {}),
            rejected=rejected,
        )

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> CustomerIds:
        """The customers, without one object per text."""
        return self._ids

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids, ascending: int64, or objects of str."""
        return self._ids.to_numpy()

    @property
    def traits(self) -> tuple[str, ...]:
        """Names of the columns that describe the customer."""
        return self._traits

    @property
    def areas(self) -> tuple[str, ...]:
        """Names of the columns that say where the customer is."""
        return self._areas

    @property
    def pii(self) -> dict[str, PII]:
        """PII class of each trait and area."""
        return dict(self._pii)

    @property
    def kind(self) -> Kind:
        """What kind of table it was made from."""
        return self._table.kind

    @property
    def rejected(self) -> Rejections:
        """The rows that were not accepted."""
        return self._rejected

    def column(self, name: str) -> NDArray[Any]:
        """Return a trait or an area as an array, in the order of :attr:`customer_id`.

        Raises
        ------
        SchemaError
            If there is no such trait or area.
        """
        if name not in self._pii:
            raise missing_column(name, "a trait or an area", list(self._pii))
        raw: Raw = self._table[name]
        if isinstance(raw.values, Text):
            values: NDArray[Any] = raw.values.take(self._index).to_numpy()
        else:
            values = raw.values[self._index]
        if raw.missing is not None:
            gone = raw.missing[self._index]
            if gone.any():
                values = values.astype(object)
                values[gone] = None
        return values

    def to_frame(self, *, exclude: Sequence[str | PII] = ()) -> Any:
        """Return the customers as the caller's kind of table.

        Parameters
        ----------
        exclude : sequence of PII or str, optional
            PII classes to leave out, such as ``("direct", "sensitive")`` for modelling.
        """
        hidden = {_pii(item, "exclude") for item in exclude}
        names = {name: name for name, item in self._pii.items() if item not in hidden}
        columns = {"customer_id": self._ids}
        if not names:
            return build(columns, self.kind)
        rest = self._table.native(names, self._index)
        if self.kind.name == "dict":
            return beside(build(columns, self.kind), rest, "dict")
        eager = build(columns, Kind(self.kind.eager))
        return as_kind(beside(eager, rest, self.kind.eager), self.kind)

    def __repr__(self) -> str:
        return one_line(
            "CustomerTable",
            customers=len(self),
            traits=len(self._traits),
            areas=len(self._areas) or None,
            rejected=len(self._rejected) or None,
        )

    def _repr_html_(self) -> str:
        rows = [("customers", len(self)), *((name, f"pii: {p}") for name, p in self._pii.items())]
        return html_table("Customer table", rows)


def _pii(value: str | PII, where: str) -> PII:
    try:
        return PII(value)
    except ValueError:
        raise InvalidArgumentError(
            f"{where} holds an unknown PII class; use one of {', '.join(p.value for p in PII)}."
        ) from None


def _classes(names: Sequence[str], given: Mapping[str, str | PII]) -> dict[str, PII]:
    known = tags_of(Customer)
    return {
        name: _pii(given[name], f"pii[{name!r}]")
        if name in given
        else known[name].pii
        if name in known
        else PII.QUASI
        for name in names
    }


def _reject(table: Table, reading: Reading) -> Rejections:
    """Keep the first row of each customer, and set aside the others and the bad ones."""
    from customerintel.tables.accepting import reject

    broken = dict(reading.broken)
    bad = np.zeros(table.n_rows, bool)
    for mask in broken.values():
        bad |= mask
    good = np.flatnonzero(~bad)
    _, first = np.unique(reading.values[good], return_index=True)
    again = np.zeros(table.n_rows, bool)
    again[good] = True
    again[good[first]] = False
    if again.any():
        broken["duplicate_customer_id"] = again
    return reject(table, broken, list(table.columns))
