"""Ranks against a base that stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.relationships.shrinkage import Prior
from customerintel.rfm.read_only import seal
from customerintel.tables.results import Sealed, html_table, one_line

__all__ = ["EXACT", "KNOTS", "Reference", "Scale"]

Floats = NDArray[np.float64]
#: Up to so many distinct values are held one by one; beyond, so many of their quantiles.
EXACT: Final = 20_000
KNOTS: Final = 4_096
_FORMAT: Final = "customerintel.relationships.reference"
_VERSION: Final = 1
_PARTS: Final = ("knots", "below", "upto")


@dataclass(frozen=True, eq=False)
class Scale:
    """The values of one signal in a base, as far as ranks need them.

    Parameters
    ----------
    knots : ndarray of float64, shape (n_knots,)
        Distinct values, ascending: all up to `EXACT`, else `KNOTS` quantiles.
    below, upto : ndarray of float64, shape (n_knots,)
        How many values lie below each knot, and how many up to it.
    n : int
        Number of values.
    """

    knots: Floats
    below: Floats
    upto: Floats
    n: int

    def __post_init__(self) -> None:
        seal(self)

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """Return the scale of the values that are not NaN."""
        held = np.sort(values[~np.isnan(values)])
        if not len(held):
            return cls(held, held.copy(), held.copy(), 0)
        starts = np.flatnonzero(np.concatenate([[True], held[1:] != held[:-1]]))
        ends = np.append(starts[1:], len(held))
        if len(starts) > EXACT:
            picks = (len(held) - 1) * np.arange(KNOTS) // (KNOTS - 1)
            kept = np.unique(np.searchsorted(starts, picks, "right") - 1)
            starts, ends = starts[kept], ends[kept]
        return cls(held[starts], starts.astype(np.float64), ends.astype(np.float64), len(held))

    def rank(self, values: Floats) -> Floats:
        """Return the mid-rank percentiles of values: NaN where they are, or nothing is known."""
        from customerintel._kernels import ranking, threads

        out = np.full(len(values), np.nan)
        if self.n:
            given = np.ascontiguousarray(values, np.float64)
            threads.run(
                ranking.percentiles,
                [
                    (given, *span, self.knots, self.below, self.upto, np.int64(self.n), out)
                    for span in threads.stretches(len(given))
                ],
            )
        return out


class Reference(Sealed):
    """A base against which ranks are taken; it stays as it was when it was made.

    A customer whose own events stay the same keeps its ranks, whatever other customers do: the
    distributions of the signals, the priors of the rates and the base of `tolerance` are here.
    Made by `customerintel.relationships.signals`, as ``signals.reference``.

    Parameters
    ----------
    n : int
        Customers of the base.
    priors : mapping of str to Prior
        By signal: what its rates are pulled to.
    constants : mapping of str to tuple of float
        Other numbers of the base that signals are measured by.
    names : tuple of str
        Signals that have a distribution.
    values : callable
        Returns the values of a signal in the base; each is asked for once.
    """

    def __init__(
        self, *, n: int, priors: Mapping[str, Prior], constants: Mapping[str, tuple[float, ...]],
        names: tuple[str, ...], values: Callable[[str], Floats] | None = None,
        scales: Mapping[str, Scale] | None = None,
    ) -> None:  # fmt: skip
        self.n = n
        self._priors = dict(priors)
        self._constants = dict(constants)
        self.names = names
        self._values = values
        self._scales = dict(scales or {})
        self._seal()

    @property
    def priors(self) -> Mapping[str, Prior]:
        """What the rates of each signal are pulled to."""
        return MappingProxyType(self._priors)

    @property
    def constants(self) -> Mapping[str, tuple[float, ...]]:
        """Other numbers of the base that signals are measured by."""
        return MappingProxyType(self._constants)

    def scale(self, name: str) -> Scale | None:
        """Return the distribution of a signal; None where the base has no value of it."""
        if name not in self.names:
            return None
        if name not in self._scales and self._values is not None:
            self._scales[name] = Scale.of(self._values(name))
        return self._scales[name]

    def rank(self, name: str, values: Floats) -> Floats:
        """Return the ranks of values of a signal.

        Parameters
        ----------
        name : str
            The signal.
        values : ndarray of float64, shape (n_values,)

        Returns
        -------
        ndarray of float64, shape (n_values,)
            (values of the base below + half of those equal) / values of the base, within (0, 1).
            NaN where the value is NaN, or the base has no value of this signal. Exact up to
            20,000 distinct values, else within 1/4,095.
        """
        scale = self.scale(name)
        return np.full(len(values), np.nan) if scale is None else scale.rank(values)

    def to_state(self) -> dict[str, Any]:
        """Return what it is as arrays and values of JSON, for an ``.npz`` file.

        Returns
        -------
        dict
            Arrays ``knots``, ``below``, ``upto`` (float64), ``offsets`` and ``counts`` (int64);
            all else is of JSON.
        """
        scales = [scale for name in self.names if (scale := self.scale(name)) is not None]
        nothing = np.empty(0)
        sizes = [0, *(len(scale.knots) for scale in scales)]
        return {
            "format": _FORMAT,
            "format_version": _VERSION,
            "n": self.n,
            "names": list(self.names),
            "priors": {name: [float(v) for v in prior] for name, prior in self.priors.items()},
            "constants": {name: list(values) for name, values in self.constants.items()},
            "knots": np.concatenate([nothing, *(scale.knots for scale in scales)]),
            "below": np.concatenate([nothing, *(scale.below for scale in scales)]),
            "upto": np.concatenate([nothing, *(scale.upto for scale in scales)]),
            "offsets": np.cumsum(sizes).astype(np.int64),
            "counts": np.array([scale.n for scale in scales], np.int64),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Reference:
        """Return the reference that `to_state` described.

        Raises
        ------
        InvalidArgumentError
            If it is no such description, or one of another version.
        """
        if not isinstance(state, Mapping) or state.get("format") != _FORMAT:
            raise InvalidArgumentError(
                "This is no state of a Reference: it has no format "
                f"{_FORMAT!r}. Give what Reference.to_state returned."
            )
        if state.get("format_version") != _VERSION:
            raise InvalidArgumentError(
                f"The state has format_version {state.get('format_version')!r}, and this release "
                f"reads {_VERSION}. Make the reference again."
            )
        try:
            return cls._read(state)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise InvalidArgumentError(
                f"The state of a Reference cannot be read: {type(error).__name__}. Give what "
                "Reference.to_state returned."
            ) from error

    @classmethod
    def _read(cls, state: Mapping[str, Any]) -> Reference:
        names = tuple(state["names"])
        offsets, counts = state["offsets"], state["counts"]
        knots, below, upto = (np.asarray(state[part], np.float64) for part in _PARTS)
        scales = {}
        for k, name in enumerate(names):
            held = slice(int(offsets[k]), int(offsets[k + 1]))
            parts = knots[held].copy(), below[held].copy(), upto[held].copy()
            scales[name] = Scale(*parts, int(counts[k]))
        return cls(
            n=int(state["n"]),
            priors={name: Prior(*values) for name, values in state["priors"].items()},
            constants={name: tuple(values) for name, values in state["constants"].items()},
            names=names,
            scales=scales,
        )

    def __repr__(self) -> str:
        return one_line("Reference", customers=self.n, signals=len(self.names))

    def _repr_html_(self) -> str:
        return html_table("Reference", [("customers", self.n), ("signals", ", ".join(self.names))])
