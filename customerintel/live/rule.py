"""`Rule`: when, for whom, what is done, within which limits, compared with whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator

from customerintel.live.event_filter import On, read_on
from customerintel.live.expression import Condition
from customerintel.live.expression_fields import AnyCondition, Name, OptionalCondition
from customerintel.live.frozen import Frozen, canonical
from customerintel.live.rule_checks import faults_between
from customerintel.live.rule_fields import (
    OptionalPurpose,
    Version,
    actions_of,
    arguments_shown,
    part_of,
)
from customerintel.live.rule_parts import Action, Holdout, Limits

__all__ = ["Action", "Holdout", "Limits", "Rule"]


def _read_unless(value: Any) -> On | None:
    return None if value is None else read_on(value, "unless")


class Rule(Frozen):
    """When something is true of a customer, do something about it.

    Parameters
    ----------
    id : str
        Name of the rule, the same in all its versions.
    version : int
        From 1; to be raised with every change of the rule.
    when : condition
        What fires it: a moment (`On`, `Absence`, `Sequence`), or something that turns true.
    where : condition, optional
        What else must be true then, of the customer (`Segment`, `Score`, ...) or of the
        triggering event (`P`).
    do : sequence of Action
        What is done, in this order; at least one.
    limits : Limits, optional
        How often and when at most.
    holdout : Holdout, optional
        Customers that are held out, to measure what the rule changes.
    requires_consent : str or Purpose, optional
        Purpose to which the customer must have agreed; ``"marketing"`` is "email_marketing".
    unless : On or str, optional
        An action is dropped if this happened between the fire and the sending.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Absence, Action, On, P, Rule
    >>> rule = Rule(id="cart-30m", version=1,
    ...             when=Absence(after=On("Product Added"), of=On("Order Completed"), within="30m"),
    ...             where=P("cart_total") > 20, do=[Action("email", template="cart")])
    >>> rule.when.within_us, rule.do[0].channel
    (1800000000, 'email')
    """

    id: Name
    version: Version
    when: AnyCondition
    where: OptionalCondition
    do: Annotated[tuple[Action, ...], actions_of(Action)]
    limits: Annotated[Limits, part_of(Limits)]
    holdout: Annotated[Holdout | None, part_of(Holdout, optional=True)]
    requires_consent: OptionalPurpose
    unless: Annotated[On | None, PlainValidator(_read_unless)]

    def __init__(
        self,
        id: str,  # noqa: A002 - as in rule files
        version: int,
        when: Condition,
        where: Condition | None = None,
        do: Iterable[Action] = (),
        limits: Limits | None = None,
        holdout: Holdout | None = None,
        requires_consent: str | None = None,
        unless: On | str | None = None,
    ) -> None:
        self._fill(
            {
                "id": id,
                "version": version,
                "when": when,
                "where": where,
                "do": do,
                "limits": Limits() if limits is None else limits,
                "holdout": holdout,
                "requires_consent": requires_consent,
                "unless": unless,
            }
        )

    @classmethod
    def _title(cls, fields: Mapping[str, Any]) -> str:
        name = fields.get("id")
        return f"The rule {name!r}" if isinstance(name, str) and len(name) < 100 else "A rule"

    @classmethod
    def _faults_among(cls, fields: Mapping[str, Any]) -> list[str]:
        return faults_between(fields)

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it, with defaults left out.

        Raises
        ------
        InvalidArgumentError
            If a `Predicate` is in it.
        """
        parts = {name: getattr(self, name) for name in ("where", "holdout", "unless")}
        found: dict[str, Any] = {
            "id": self.id,
            "version": self.version,
            "when": self.when.to_data(),
            "do": [action.to_data() for action in self.do],
            **{name: part.to_data() for name, part in parts.items() if part is not None},
        }
        if limits := self.limits.to_data():
            found["limits"] = limits
        if self.requires_consent is not None:
            found["requires_consent"] = self.requires_consent
        return found

    def field_keys(self) -> dict[str, str]:
        """Return a canonical text of each field but id and version.

        Two versions of a rule are the same where these are.
        """
        data = {
            "when": self.when.key,
            "where": None if self.where is None else self.where.key,
            "do": [[action.channel, action.text] for action in self.do],
            "limits": self.limits.key_data(),
            "holdout": None if self.holdout is None else self.holdout.to_data(),
            "requires_consent": self.requires_consent,
            "unless": None if self.unless is None else self.unless.key,
        }
        return {name: canonical(value) for name, value in data.items()}

    def __repr__(self) -> str:
        given = {
            name: getattr(self, name)
            for name in ("where", "do", "limits", "holdout", "requires_consent", "unless")
        }
        given = {name: value for name, value in given.items() if value is not None}
        given["do"] = list(self.do)
        if not self.limits.to_data():
            del given["limits"]
        return (
            f"Rule(id={self.id!r}, version={self.version}, when={self.when!r}, "
            f"{arguments_shown(given)})"
        )
