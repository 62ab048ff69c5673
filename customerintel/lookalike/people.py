"""The population and the prospects: ids and traits out of any table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.fit_settings import FitSettings
from customerintel.lookalike.protected_names import protected
from customerintel.tables.customer_table import CustomerTable
from customerintel.tables.frames import open_table
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.roles import assign_roles, missing_column
from customerintel.tables.trait_columns import TraitColumn
from customerintel.tables.traits import Traits, read_like, read_traits

__all__ = ["People", "open_people", "read_population", "read_prospects"]


@dataclass(frozen=True, eq=False)
class People:
    """People in ascending order of their ids.

    Parameters
    ----------
    ids : CustomerIds
    coded : Coded
        Their traits.
    columns : mapping of str to TraitColumn
        How each trait was read.
    left_out : mapping of str to str
        Columns that are no traits, and why.
    kind : Kind
        Of their table.
    """

    ids: CustomerIds
    coded: Coded
    columns: dict[str, TraitColumn]
    left_out: dict[str, str]
    kind: Kind


def read_population(table: Any, settings: FitSettings) -> People:
    """Read the people that a model is fitted to.

    Raises
    ------
    SchemaError
        If it is no table, or a column is missing or no trait.
    DataValidationError
        If an id is missing or stands twice.
    InvalidArgumentError
        If no trait is left.
    """
    customers = open_people(table, settings.customer_id, None, "a trait", "lookalike.fit")
    traits = read_traits(
        customers, names=settings.traits, exclude=settings.exclude, kinds=settings.kinds,
        pii=settings.pii, allow=settings.allow, max_levels=settings.max_levels,
    )  # fmt: skip
    left_out = dict(traits.left_out)
    left_out |= dict.fromkeys(traits.constant, "it has one value, or none, in all rows")
    if settings.restricted_use is not None:
        left_out |= {
            name: f"it stands for {what}, which {settings.restricted_use} may not be judged by"
            for name, what in protected(traits.names).items()
        }
    kept = [name for name in traits.names if name not in left_out]
    if not kept:
        reasons = "; ".join(f"{name!r}: {why}" for name, why in list(left_out.items())[:10])
        raise InvalidArgumentError(
            "No trait is left to tell people apart by. "
            + (f"Left out: {reasons}. " if reasons else "")
            + "Give a table with columns that describe people, or name them in traits=."
        )
    columns = {name: traits.columns[name] for name in kept}
    return _people(customers, traits, columns, left_out)


def read_prospects(table: Any, customer_id: str | None, columns: dict[str, TraitColumn]) -> People:
    """Read the same traits of other people.

    Raises
    ------
    SchemaError
        If a column is missing, or holds another kind of values.
    DataValidationError
        If an id is missing or stands twice.
    """
    customers = open_people(table, customer_id, list(columns), "a trait of the model")
    return _people(customers, read_like(customers, columns), columns, {})


def _people(
    customers: CustomerTable, traits: Traits, columns: dict[str, TraitColumn],
    left_out: dict[str, str],
) -> People:  # fmt: skip
    coded = Coded.of(traits, columns)
    return People(customers.ids, coded, columns, left_out, customers.kind)


def open_people(
    table: Any, customer_id: str | None, names: list[str] | None, what: str,
    caller: str = "LookalikeModel.score",
) -> CustomerTable:  # fmt: skip
    """Return people as a `CustomerTable`.

    Parameters
    ----------
    table : CustomerTable or table
    customer_id : str, optional
        Column of the ids.
    names : list of str, optional
        Columns that must be there; of another table, no others are read. None: all.
    what, caller : str
        What the columns are, and who asks, for messages.

    Raises
    ------
    SchemaError
        If it is no table, or a column is missing.
    DataValidationError
        If an id is missing or stands twice.
    """
    if isinstance(table, CustomerTable):
        return table
    source = open_table(table)
    roles = {"customer_id": customer_id}
    assign_roles(roles, source.columns, required=("customer_id",), caller=caller)
    for name in names or ():
        if name not in source.columns:
            raise missing_column(name, what, source.columns)
    return CustomerTable.from_frame(table, customer_id=customer_id, traits=names)
