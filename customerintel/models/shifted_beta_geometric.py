"""`ShiftedBetaGeometric` (sBG): customers under contract who differ in how likely they renew."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.models.contractual import ContractualModel

__all__ = ["ShiftedBetaGeometric"]

Floats = NDArray[np.float64]


class ShiftedBetaGeometric(ContractualModel):
    """Customers renew with one probability each for ever; the probabilities differ (sBG).

    At each renewal a customer cancels with probability θ, and θ is beta distributed with
    parameters alpha and beta [1]_. Retention rates grow with age although nobody changes:
    those who cancel easily are gone first. Where customers do change, `BetaDiscreteWeibull`
    has one parameter more.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty on the logarithms of the parameters.

    References
    ----------
    .. [1] Fader, P. S. and Hardie, B. G. S. (2007). How to Project Customer Retention. Journal
       of Interactive Marketing 21(1), equations 7, 8 and B3.

    Examples
    --------
    >>> from customerintel.models import ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric().fit([1000, 631, 468, 382, 326, 289, 262, 241])
    >>> fit
    ShiftedBetaGeometric(alpha=0.704077, beta=1.18204, status=interior)
    >>> fit.survival(12)[12].round(3)
    np.float64(0.17)
    """

    parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    _starts: ClassVar[list[list[float]]] = [[1.0, 1.0], [0.5, 4.0], [10.0, 40.0]]

    def _kernels(self) -> tuple[Callable[..., None], Callable[..., None]]:
        from customerintel._kernels.contractual import geometric_strengths, sum_geometric

        return sum_geometric, geometric_strengths

    def _residual(self, renewals: Floats, rate: float) -> Floats:
        """Fader and Hardie (2010), equation 6; without discount the mean of what is left."""
        from customerintel._kernels.special import log_hyp2f1

        alpha, beta = self._values.tolist()
        later = beta + renewals
        if rate == 0.0:
            return later / (alpha - 1.0) if alpha > 1.0 else np.full(len(later), math.inf)
        sums = [math.exp(log_hyp2f1(1.0, b + 1.0, alpha + b + 1.0, 1.0 / (1.0 + rate)))
                for b in later.tolist()]  # fmt: skip
        return np.asarray(later / (alpha + later) * np.array(sums))
