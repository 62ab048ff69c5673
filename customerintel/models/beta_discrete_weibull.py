"""Beta-discrete-Weibull model (BdW): contractual customers whose readiness to leave changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.models.contractual import ContractualModel

__all__ = ["BetaDiscreteWeibull"]

Floats = NDArray[np.float64]

#: Decisions that an infinite sum looks at, at the most.
FURTHEST = 6_000_000


class BetaDiscreteWeibull(ContractualModel):
    r"""Customers differ, and each one's readiness to cancel changes with age (BdW).

    A customer is still there after t renewals with probability
    :math:`(1 - \theta)^{t^c}`, a discrete Weibull distribution, and θ is beta distributed with
    parameters alpha and beta, so that :math:`S(t) = B(\alpha, \beta + t^c) / B(\alpha, \beta)`
    [1]_. With c = 1 it is the `ShiftedBetaGeometric`; with c > 1 each customer's retention
    falls with age, with c < 1 it grows.

    Parameters
    ----------
    penalty : float, default 0
        L2 penalty on the logarithms of the parameters.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S., Liu, Y., Davin, J. and Steenburgh, T. (2018). "How to
       Project Customer Retention" Revisited: The Role of Duration Dependence. Journal of
       Interactive Marketing 43, section on the beta-discrete-Weibull.

    Examples
    --------
    >>> from customerintel.models import BetaDiscreteWeibull
    >>> fit = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> fit.survival(12)[12].round(2)
    np.float64(0.4)
    """

    parameters: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")
    _starts: ClassVar[list[list[float]]] = [
        [1.0, 1.0, 1.0],
        [0.5, 4.0, 1.5],
        [10.0, 40.0, 0.7],
        [0.3, 1.0, 2.0],
    ]

    def _kernels(self) -> tuple[Callable[..., None], Callable[..., None]]:
        from customerintel._kernels.contractual import sum_weibull, weibull_strengths

        return sum_weibull, weibull_strengths

    def _residual(self, renewals: Floats, rate: float) -> Floats:
        """Sum far enough that what is left out does not show."""
        from customerintel._kernels.contractual import discount_back

        # the part of the sum beyond m decisions is at most (1 + d)^(1 - m) / d
        further = math.inf if rate == 0.0 else (35.0 - math.log(rate)) / math.log1p(rate)
        if not len(renewals):
            return np.empty(0)
        first, last = int(renewals.min()), int(renewals.max())
        if not last - first + further < FURTHEST:
            raise InvalidArgumentError(
                f"This model has no closed sum, and {rate:g} per period is too small a discount "
                "rate to add up. Give one of at least 0.00001, or add up survival() over a "
                "finite number of renewals."
            )
        strengths = self._strengths(1 + first, last - first + math.ceil(further))
        values = np.empty(len(strengths))
        discount_back(strengths, 1.0 / (1.0 + rate), 0.0, values)
        return values[renewals.astype(np.int64) - first]
