"""What conditions compare: counts and sums of events, properties, scores, live RFM."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.counting import Count, Sum
from customerintel.live.expression import Term
from customerintel.live.expression_fields import Name, OptionalLength, read_name
from customerintel.live.lengths import DAY_US, read_length

__all__ = [
    "Count",
    "Frequency",
    "Monetary",
    "P",
    "ProbabilityAlive",
    "Score",
    "Sum",
    "TimeSinceLast",
]


class P(Term):
    """A property of the triggering event (or, in ``On(..., where=)``, of that event).

    Numbers, and texts that are numbers, compare in every way; true and false are 1 and 0; other
    texts compare with == and != only. Every comparison with a missing property is false.

    Parameters
    ----------
    name : str
        Its name; ``"cart.total"`` is `total` inside of `cart`.

    Examples
    --------
    >>> from customerintel.live import P
    >>> P("cart_total") > 20, P("plan") == "gold"
    (P('cart_total') > 20, P('plan') == 'gold')
    """

    tag: ClassVar[str] = "property"

    name: Name

    def __init__(self, name: str) -> None:
        self._fill({"name": name})

    def _faults(self) -> list[str]:
        has_gap = not all(self.path)
        return ["name must have a key on each side of a '.', as in 'cart.total'."] * has_gap

    @property
    def path(self) -> tuple[str, ...]:
        """Keys from the outside to the inside."""
        return tuple(self.name.split("."))

    def read_right(self, value: object, op: str) -> float | str:
        """Return a number, or a text where the comparison has a meaning for texts."""
        if not isinstance(value, str):
            return super().read_right(value, op)
        if op not in {"eq", "ne"}:
            raise InvalidArgumentError(
                f"P({self.name!r}) compares with a text by == and != only; for <, <=, > and >= "
                "give a number."
            )
        return str(value)

    def _data(self) -> dict[str, Any]:
        return {"name": self.name}

    def __repr__(self) -> str:
        return f"P({self.name!r})"


class Score(Term):
    """A score of a customer by a registered estimator, as of the engine's last refresh.

    Parameters
    ----------
    name : str
        Name under which the engine keeps it, such as ``"churn"``.
    estimator : str or object, optional
        Name of a registered churn estimator, or an estimator; `Engine.refresh` fits it and
        scores with it. Without one, the scores are given to the refresh.
    horizon : str or datetime.timedelta, optional
        How far the estimator looks ahead, where it asks for that; by default as it was fitted.
        (JSON keeps its name and horizon, not the fit: rules that are read fit it anew.)

    Examples
    --------
    >>> from customerintel.live import Score
    >>> Score("churn", "recency", horizon="90d") > 0.7
    Score('churn', 'recency', horizon='90d') > 0.7
    """

    tag: ClassVar[str] = "score"

    name: Name
    estimator: Any = None
    """As given: an object, a registered name, or None."""
    horizon: OptionalLength = None

    def __init__(self, name: str, estimator: Any = None, horizon: Any = None) -> None:
        if horizon is None:
            horizon = _horizon_of(estimator)
        self._fill({"name": name, "estimator": estimator, "horizon": horizon})

    def _faults(self) -> list[str]:
        if isinstance(self.estimator, str):
            try:
                read_name(self.estimator, "estimator")
            except InvalidArgumentError as error:
                return [str(error)]
        return []

    @property
    def horizon_us(self) -> int | None:
        """The horizon in microseconds."""
        return None if self.horizon is None else read_length(self.horizon, "horizon")

    @property
    def estimator_name(self) -> str | None:
        """The registered name of the estimator; None for an object of one's own, or for none."""
        return self.estimator if isinstance(self.estimator, str) else _registered(self.estimator)

    def _data(self) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name}
        if self.estimator_name is not None:
            found["estimator"] = self.estimator_name
        elif self.estimator is not None:
            found["given"] = True
        if self.horizon is not None:
            found["horizon"] = self.horizon
        return found

    def _key_data(self) -> Any:
        given = self.estimator is not None and self.estimator_name is None
        return ["score", self.name, self.estimator_name, given, self.horizon_us]

    def __repr__(self) -> str:
        named, horizon = self.estimator_name, self.horizon
        inner = [repr(self.name)]
        if self.estimator is not None:
            inner.append(repr(named) if named else type(self.estimator).__name__)
        if horizon is not None:
            inner.append(f"horizon={horizon!r}")
        return f"Score({', '.join(inner)})"


def _registered(estimator: object) -> str | None:
    """Return the name of an estimator that `churn.get` makes again as it is."""
    from customerintel.churn.scorer import ChurnScorer

    if estimator is None or not isinstance(estimator, ChurnScorer):
        return None
    is_plain = estimator.seed is None and not estimator._options
    return estimator.name if is_plain else None


def _horizon_of(estimator: object) -> timedelta | None:
    """Return the horizon of a registered estimator that is fitted."""
    if _registered(estimator) is None or estimator._fitted is None:  # type: ignore[attr-defined]
        return None
    return timedelta(microseconds=estimator._fitted[1].microseconds)  # type: ignore[attr-defined]


class _Live(Term):
    """A number of the customer's live RFM, without arguments."""

    def __init__(self) -> None:
        self._fill({})

    def _data(self) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class TimeSinceLast(_Live):
    """Days since the last purchase, that of `score_rfm`: whole days of the engine's zone.

    From the day of the last purchase to today. Compares with days or a length: ``> "60d"``.
    """

    tag: ClassVar[str] = "time_since_last"

    def read_right(self, value: object, op: str) -> float | str:
        """Return days."""
        if isinstance(value, (str, timedelta)):
            return read_length(value, "what TimeSinceLast() is compared with") / DAY_US
        return super().read_right(value, op)


class Frequency(_Live):
    """Number of days with a purchase.

    A late purchase on a day without one counts if that day is within 63 days before the day of
    the last purchase; what a history knows, it is taken to know whole. Where two customers are
    merged, their days add up: one on which both bought counts twice.
    """

    tag: ClassVar[str] = "frequency"


class Monetary(_Live):
    """Net spend: purchases less returns."""

    tag: ClassVar[str] = "monetary"


class ProbabilityAlive(_Live):
    """Probability that the customer still buys, live: the MBG/NBD model of the last history."""

    tag: ClassVar[str] = "probability_alive"
