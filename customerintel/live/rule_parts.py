"""The parts of a rule: what is done, within which limits, compared with whom."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.expression import plain_number
from customerintel.live.expression_fields import Name, OptionalLength
from customerintel.live.frozen import Frozen
from customerintel.live.lengths import read_hours, read_length, read_rate
from customerintel.live.rule_fields import (
    Attempts,
    Hours,
    Rates,
    Share,
    Values,
    arguments_shown,
)

__all__ = ["Action", "Holdout", "Limits"]


class Action(Frozen):
    """What is to be done: handed to your own code, with an id that stays the same.

    Parameters
    ----------
    channel : str
        By which way, such as ``"email"``; caps are counted by channel.
    **values
        What your code needs to know, as JSON has it: texts, numbers, lists, mappings.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Action
    >>> Action("email", template="cart").values
    {'template': 'cart'}
    """

    channel: Name
    text: Values
    """The values as JSON text."""

    def __init__(self, channel: str, **values: Any) -> None:
        self._fill({"channel": channel, "text": values})

    @classmethod
    def _made(cls, fields: dict[str, Any]) -> Action:
        values = fields.get("values")
        if values is None:
            values = json.loads(fields.get("text", "{}"))
        if not isinstance(values, Mapping):
            raise InvalidArgumentError("Action:\n- values must be a mapping of names to values.")
        made = cls(fields.get("channel"))  # type: ignore[arg-type]
        return made if not values else cls(made.channel, **{str(k): v for k, v in values.items()})

    @property
    def values(self) -> dict[str, Any]:
        """The values, a fresh copy."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it."""
        return {"channel": self.channel} | ({"values": self.values} if self.text != "{}" else {})

    def __repr__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"Action({self.channel!r}{values})"


class Limits(Frozen):
    """How often, how much and when: what keeps a rule from being a nuisance.

    Parameters
    ----------
    once_per : str or datetime.timedelta, optional
        A customer passes the rule at most once in this time; what fires earlier is suppressed.
    per_channel : mapping of str to str, optional
        Caps on sending by channel, over all rules, such as ``{"email": "2/7d"}``.
    quiet_hours : pair of str, optional
        From when to when nothing is sent, in the engine's zone: ``("21:00", "08:00")``.
    expires : str or datetime.timedelta, optional
        An action that could not be sent for so long is dropped.
    max_attempts : int, default 5
        How often an action is handed out before it counts as failed.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Limits
    >>> limits = Limits(per_channel={"email": "2/7d"}, quiet_hours=("21:00", "08:00"))
    >>> limits.caps, limits.quiet
    ({'email': (2, 604800000000)}, (1260, 480))
    """

    once_per: OptionalLength = None
    per_channel: Rates = ()
    quiet_hours: Hours = None
    expires: OptionalLength = None
    max_attempts: Attempts = 5

    def __init__(
        self,
        once_per: Any = None,
        per_channel: Mapping[str, str] | None = None,
        quiet_hours: tuple[str, str] | None = None,
        expires: Any = None,
        max_attempts: int = 5,
    ) -> None:
        self._fill(
            {
                "once_per": once_per,
                "per_channel": per_channel,
                "quiet_hours": quiet_hours,
                "expires": expires,
                "max_attempts": max_attempts,
            }
        )

    @property
    def once_per_us(self) -> int | None:
        """`once_per` in microseconds."""
        return None if self.once_per is None else read_length(self.once_per, "once_per")

    @property
    def expires_us(self) -> int | None:
        """`expires` in microseconds."""
        return None if self.expires is None else read_length(self.expires, "expires")

    @property
    def caps(self) -> dict[str, tuple[int, int]]:
        """By channel, how many in how many microseconds."""
        return {channel: read_rate(rate, "per_channel") for channel, rate in self.per_channel}

    @property
    def quiet(self) -> tuple[int, int] | None:
        """Quiet hours as minutes from midnight; the last minute is not part of them."""
        return None if self.quiet_hours is None else read_hours(self.quiet_hours, "quiet_hours")

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of them, with defaults left out."""
        found: dict[str, Any] = {
            "once_per": self.once_per,
            "per_channel": dict(self.per_channel) or None,
            "quiet_hours": None if self.quiet_hours is None else list(self.quiet_hours),
            "expires": self.expires,
            "max_attempts": None if self.max_attempts == 5 else self.max_attempts,
        }
        return {name: value for name, value in found.items() if value is not None}

    def key_data(self) -> Any:
        """Return what is the same for all ways to write the same limits."""
        quiet = None if self.quiet is None else list(self.quiet)
        caps = sorted((channel, *cap) for channel, cap in self.caps.items())
        return [self.once_per_us, caps, quiet, self.expires_us, self.max_attempts]

    def __repr__(self) -> str:
        data = self.to_data()
        if self.quiet_hours is not None:
            data["quiet_hours"] = tuple(self.quiet_hours)
        return f"Limits({arguments_shown(data)})"


class Holdout(Frozen):
    """Customers for whom nothing is done, to see what the rule changes.

    Parameters
    ----------
    share : float
        Part of the customers, in [0, 1), in steps of 0.0001.
    salt : str
        Name of the comparison: rules with the same salt hold out the same customers.

    Raises
    ------
    InvalidArgumentError
        With all faults at once.

    Examples
    --------
    >>> from customerintel.live import Holdout
    >>> Holdout(0.10, salt="cart-2026")
    Holdout(0.1, salt='cart-2026')
    """

    share: Share
    salt: Name

    def __init__(self, share: float, salt: str) -> None:
        self._fill({"share": share, "salt": salt})

    def to_data(self) -> dict[str, Any]:
        """Return what JSON has of it."""
        return {"share": plain_number(self.share), "salt": self.salt}

    def __repr__(self) -> str:
        return f"Holdout({plain_number(self.share)!r}, salt={self.salt!r})"
