"""Whether the arms have the sizes that were asked for: if not, something is broken."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MISMATCH", "SampleRatio", "sample_ratio"]

#: Below this p the sizes are no chance: about one in 2,000 sound comparisons is flagged.
MISMATCH = 0.0005
#: Up to so many customers the binomial sum is exact and cheap.
_EXACT = 100_000


@dataclass(frozen=True)
class SampleRatio:
    """How many customers were held out, against how many should have been.

    Attributes
    ----------
    n_treated, n_control : int
        Customers.
    share : float
        Share of control that was asked for; NaN where nobody said.
    p : float
        Two-sided probability of sizes as odd as these; NaN without `share` or customers.
    mismatch : bool
        Whether `p` is below 0.0005 (Fabijan et al. 2019, KDD, 2156-2164): then customers got lost
        from one arm, and no difference between the arms may be believed.
    """

    n_treated: int
    n_control: int
    share: float
    p: float
    mismatch: bool

    @property
    def words(self) -> str:
        """What it says, as a sentence."""
        total = self.n_treated + self.n_control
        if not total:
            return "Nobody was assigned to an arm yet."
        got = f"{self.n_control:,} of {total:,} customers are control ({self.n_control / total:.2%}"
        if self.share != self.share:
            return f"{got}); the share that was asked for is not known."
        asked = f"{got}, {self.share:.2%} asked for; p = {self.p:.2g})"
        if not self.mismatch:
            return f"{asked}."
        return (
            f"Sample ratio mismatch: {asked}. Customers were lost from one arm, so the difference "
            "is not to be believed. Look for erased or merged customers, a share that was changed "
            "under the same salt, and outcomes or rows that are missing."
        )


def sample_ratio(n_treated: int, n_control: int, share: float) -> SampleRatio:
    """Compare the sizes of the arms with the share of control that was asked for.

    Parameters
    ----------
    n_treated, n_control : int
        Customers.
    share : float
        Of control, between 0 and 1; NaN: not known.

    Notes
    -----
    Exact binomial test (all sizes that are at most as likely) up to 100,000 customers, beyond
    that the chi-square test with one degree of freedom.

    Examples
    --------
    >>> sample_ratio(900, 100, 0.1).mismatch
    False
    >>> sample_ratio(930, 70, 0.1).mismatch
    False
    >>> sample_ratio(940, 60, 0.1).mismatch
    True
    """
    total = n_treated + n_control
    p = float("nan")
    if total and 0.0 < share < 1.0:
        p = _exact(n_control, total, share) if total <= _EXACT else _normal(n_control, total, share)
    return SampleRatio(n_treated, n_control, share, p, p < MISMATCH)


def _normal(k: int, n: int, share: float) -> float:
    from math import erfc, sqrt

    return erfc(abs(k - n * share) / sqrt(2.0 * n * share * (1.0 - share)))


def _exact(k: int, n: int, share: float) -> float:
    import numpy as np
    from scipy.special import gammaln

    i = np.arange(n + 1.0)
    log_odds = (
        gammaln(n + 1.0) - gammaln(i + 1.0) - gammaln(n - i + 1.0)
        + i * np.log(share) + (n - i) * np.log1p(-share)
    )  # fmt: skip
    # sizes that are exactly as likely must not be lost by rounding
    counted = log_odds <= log_odds[k] + 1e-7
    return float(min(1.0, np.exp(log_odds[counted]).sum()))
