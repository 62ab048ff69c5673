"""What one customer allows for one purpose at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from customerintel.schema import ConsentStatus, LegalBasis, Purpose
from customerintel.tables.consent_rows import ENDLESS, STATUSES, ConsentRows
from customerintel.tables.results import html_table, one_line

__all__ = ["ConsentState", "Reason", "state_of_row", "state_without_row"]

Reason = Literal["granted", "not_recorded", "withdrawn", "objected", "expired", "erased"]

#: Why a use is not allowed, by the status of the entry that decides.
_REASONS: Final[tuple[Reason, ...]] = ("expired", "withdrawn", "objected")
_NONE: Final = np.datetime64("NaT", "us")


@dataclass(frozen=True, repr=False)
class ConsentState:
    """Whether a use is allowed, and why; made by `ConsentLedger.state`.

    Attributes
    ----------
    allowed : bool
        Whether the use is allowed.
    reason : str
        "granted"; or why not: "not_recorded", "withdrawn", "objected", "expired", "erased".
    purpose : Purpose
        The use.
    at : numpy.datetime64
        The moment, UTC.
    status : ConsentStatus or None
        Of the entry that decides; None where there is none.
    basis : LegalBasis or None
        Its legal basis.
    since, expires : numpy.datetime64
        From when it holds and when it ends by itself, UTC; NaT where there is no such moment.
    """

    allowed: bool
    reason: Reason
    purpose: Purpose
    at: np.datetime64
    status: ConsentStatus | None
    basis: LegalBasis | None
    since: np.datetime64
    expires: np.datetime64

    def __bool__(self) -> bool:
        return self.allowed

    def _facts(self) -> dict[str, object]:
        return {
            "allowed": self.allowed,
            "reason": self.reason,
            "purpose": self.purpose.value,
            "basis": None if self.basis is None else self.basis.value,
            "at": self.at,
        }

    def __repr__(self) -> str:
        return one_line("ConsentState", **self._facts())

    def _repr_html_(self) -> str:
        facts = [(name, "" if value is None else value) for name, value in self._facts().items()]
        return html_table("Consent", facts)


def state_without_row(purpose: int, until: int, reason: Reason) -> ConsentState:
    """Return the state of a customer of whom there is no entry."""
    return ConsentState(
        allowed=False,
        reason=reason,
        purpose=list(Purpose)[purpose],
        at=np.datetime64(until, "us"),
        status=None,
        basis=None,
        since=_NONE,
        expires=_NONE,
    )


def state_of_row(rows: ConsentRows, row: int, until: int) -> ConsentState:
    """Return the state that an entry decides."""
    allowed = bool(rows.allows(np.array([row]), until)[0])
    status, end = int(rows.status[row]), int(rows.expires[row])
    return ConsentState(
        allowed=allowed,
        reason="granted" if allowed else _REASONS[status],
        purpose=list(Purpose)[rows.purpose[row]],
        at=np.datetime64(until, "us"),
        status=STATUSES[status],
        basis=list(LegalBasis)[rows.basis[row]],
        since=np.datetime64(int(rows.times[row]), "us"),
        expires=_NONE if end == ENDLESS else np.datetime64(end, "us"),
    )
