"""What a look-alike model was fitted to: counts, and a digest of the data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FittedOn"]


@dataclass(frozen=True)
class FittedOn:
    """What a model was fitted to.

    Attributes
    ----------
    n_population : int
        Rows of the population.
    n_seeds : int
        Seeds that were learnt from.
    n_eff : float
        Number of equally weighted seeds that say as much: (Σw)²/Σw² (Kish 1965).
    n_seeds_absent : int
        Seeds that were no rows of the population.
    n_without_consent, n_seeds_without_consent : int
        Rows, and seeds among them, that might not be used.
    consent_asked : bool
        Whether a ledger said so: without one, such a model neither ranks nor is fitted again.
    data_hash : str
        SHA-256 of ids, traits, seeds and weights, whatever the order of the rows.
    """

    n_population: int
    n_seeds: int
    n_eff: float
    n_seeds_absent: int
    n_without_consent: int
    n_seeds_without_consent: int
    consent_asked: bool
    data_hash: str
