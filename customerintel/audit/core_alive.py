"""How many of the core are still customers, by what their purchases tell."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customerintel.exceptions import CustomerIntelWarning, InvalidArgumentError
from customerintel.tables.results import html_table, one_line

if TYPE_CHECKING:
    from customerintel.audit.core_customers_result import CoreCustomers

__all__ = ["CoreAlive", "alive_of"]


@dataclass(frozen=True, repr=False)
class CoreAlive:
    """The core, each customer counted with the probability of being one still.

    Attributes
    ----------
    customers : float
        Sum of the probabilities; NaN where the model cannot be used.
    share : float
        Their mean.
    model : str
        Whose they are.
    reason : str or None
        Why there is none.
    """

    customers: float
    share: float
    model: str
    reason: str | None

    def _facts(self) -> dict[str, object]:
        return {
            "customers": self.customers,
            "share": self.share,
            "model": self.model,
            "reason": self.reason,
        }

    def __repr__(self) -> str:
        return one_line("CoreAlive", **self._facts())

    def _repr_html_(self) -> str:
        rows = [pair for pair in self._facts().items() if pair[1] is not None]
        return html_table("Core customers who are still customers", rows)


def alive_of(core: CoreCustomers) -> CoreAlive:
    """Fit the modified BG/NBD (Batislam, Denizel and Filiztekin 2007) and count the core by it.

    Parameters
    ----------
    core : CoreCustomers
        All customers of its history are fitted, in weeks.
    """
    from customerintel.models.modified_beta_geo_nbd import ModifiedBetaGeoNBD

    name = "ModifiedBetaGeoNBD"
    if not core.n_core:
        return CoreAlive(math.nan, math.nan, name, "the core has no customers")
    with warnings.catch_warnings():
        # what the fit would warn of is the reason given
        warnings.simplefilter("ignore", CustomerIntelWarning)
        summary = core.history.summarize(unit="week")
        try:
            fit = ModifiedBetaGeoNBD().fit(summary)
        except InvalidArgumentError as error:
            return CoreAlive(math.nan, math.nan, name, str(error))
    if fit.status_ != "interior":
        return CoreAlive(math.nan, math.nan, name, f"the fit's status is {fit.status_!r}")
    here = summary.ids.match(core.ids)[0]
    found = fit.probability_alive(summary)[here]
    return CoreAlive(float(found.sum()), float(found.mean()), name, None)
