"""`RankedProspects`: people in the order of their likeness to the seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.lookalike.coded import Coded
from customerintel.models.arguments import is_count, is_number
from customerintel.rfm.read_only import seal
from customerintel.tables.building import build
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.lookalike.fitted_model import LookalikeModel
    from customerintel.lookalike.score_explanation import ScoreExplanation

__all__ = ["RankedProspects", "read_size"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class RankedProspects:
    """Prospects by rank; made by `LookalikeModel.score`.

    Attributes
    ----------
    ids : CustomerIds
        In the order of rank.
    score : ndarray of float64, shape (n,)
        From 0 to 1, never rising: the chance to be a seed (of "pu_elkan_noto": a positive), or
        a likeness, by the method. Where several have the score 1, what is behind it still ranks
        them; `LookalikeModel.evaluate` goes by the same.
    rank : ndarray of int64, shape (n,)
        From 1. People who are equal in all that counts are ranked by a hash of the id, whatever
        the order of the rows.
    percentile : ndarray of float64, shape (n,)
        Share of those ranked who come after, of 100: 100·(1 − (rank − ½)/n).
    n_seeds_left_out : int
        Rows of prospects who are seeds, and so no prospects.
    n_without_consent : int
        Rows of other prospects who may not be used.
    n_ranked : int
        Prospects who were ranked, of whom `top` takes some.
    method : str
        The method that ranked them.
    """

    ids: CustomerIds
    score: Floats
    rank: Ints
    percentile: Floats
    n_seeds_left_out: int
    n_without_consent: int
    n_ranked: int
    method: str
    kind: Kind
    _places: Ints
    _coded: Coded
    _model: LookalikeModel

    def __post_init__(self) -> None:
        seal(self)

    def __len__(self) -> int:
        return len(self.score)

    @property
    def customer_id(self) -> NDArray[Any]:
        """Ids in the order of rank: int64, or objects of str."""
        return self.ids.to_numpy()

    def top(self, size: float) -> RankedProspects:
        """Return the first of them.

        Parameters
        ----------
        size : float or int
            A float in (0, 1]: a share of `n_ranked`, at least one person. An int: that many
            people, or all there are.

        Raises
        ------
        InvalidArgumentError
            If it is neither.
        """
        n = min(read_size(size, self.n_ranked), len(self))
        return replace(
            self, ids=self.ids.take(np.arange(n)), score=self.score[:n], rank=self.rank[:n],
            percentile=self.percentile[:n], _places=self._places[:n],
        )  # fmt: skip

    def explain(self, customer_id: int | str) -> ScoreExplanation:
        """Tell which traits moved the score of one of them.

        Parameters
        ----------
        customer_id : int or str
            One of `customer_id`.

        Raises
        ------
        InvalidArgumentError
            If there is no such prospect among them.
        SchemaError
            If it is a text where ids are integers, or the other way round.
        """
        from customerintel.lookalike.score_explanation import explain_one

        place = self._places[self._find(customer_id)]
        one = self._coded.take(np.array([place]))
        return explain_one(self._model._likeness, one, self._model._typical, self.kind)

    def _find(self, customer_id: Any) -> int:
        as_text = isinstance(customer_id, str)
        if as_text != (self.ids.texts is not None) or not (as_text or is_count(customer_id)):
            wanted = "integers" if self.ids.texts is None else "texts"
            raise SchemaError(
                f"The ids of these prospects are {wanted}; explain() got a "
                f"{type(customer_id).__name__}."
            )
        found = np.flatnonzero(self.customer_id == customer_id)
        if not len(found):
            raise InvalidArgumentError(
                "This customer is not among the ranked prospects: unknown, a seed, without "
                "consent, or below the top that was taken."
            )
        return int(found[0])

    def to_frame(self) -> Any:
        """Return customer_id, score, rank and percentile as the prospects' kind of table."""
        columns: dict[str, Any] = {
            "customer_id": self.ids, "score": self.score, "rank": self.rank,
            "percentile": self.percentile,
        }  # fmt: skip
        return build(columns, self.kind)

    def __repr__(self) -> str:
        return one_line("RankedProspects", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Ranked prospects", list(self._facts().items()))

    def _facts(self) -> dict[str, object]:
        return {
            "prospects": len(self), "method": self.method,
            "seeds_left_out": self.n_seeds_left_out, "without_consent": self.n_without_consent,
        }  # fmt: skip


def read_size(size: Any, n_ranked: int, name: str = "top()") -> int:
    """Return how many people a share (a float) or a number (an int) of those ranked are.

    `name` is that of the argument, for the message.

    Raises
    ------
    InvalidArgumentError
        If it is neither.
    """
    if is_count(size) and size >= 1:
        return min(int(size), n_ranked)
    if is_number(size) and not is_count(size) and 0.0 < size <= 1.0:
        return min(max(1, round(float(size) * n_ranked)), n_ranked)
    raise InvalidArgumentError(
        f"{name} takes a share above 0, at most 1.0, or a whole number of people of at "
        f"least 1; got {size!r}."
    )
