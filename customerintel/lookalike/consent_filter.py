"""Who may be used at all: any ledger of consents that can say so."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import Purpose
from customerintel.tables.consent_ledger import ConsentLedger
from customerintel.tables.ids import CustomerIds

__all__ = ["allowed", "check_consent", "check_purpose"]


def check_purpose(purpose: object) -> Purpose:
    """Return a purpose.

    Raises
    ------
    InvalidArgumentError
        If there is none of this name.
    """
    try:
        return Purpose(purpose)  # type: ignore[arg-type]
    except ValueError:
        names = ", ".join(repr(one.value) for one in Purpose)
        raise InvalidArgumentError(f"purpose must be one of {names}; got {purpose!r}.") from None


def check_consent(consent: Any) -> Any:
    """Return a ledger, or None.

    Raises
    ------
    InvalidArgumentError
        If it has no method ``allowed``.
    """
    if consent is not None and not callable(getattr(consent, "allowed", None)):
        raise InvalidArgumentError(
            "consent takes a ConsentLedger, or another object with allowed(ids, purpose); got "
            f"{type(consent).__name__}."
        )
    return consent


def allowed(consent: Any, ids: CustomerIds, purpose: Purpose) -> NDArray[np.bool_]:
    """Return who may be used for a purpose, shape (n,); without a ledger, everybody.

    Raises
    ------
    InvalidArgumentError
        If the ledger does not answer for each.
    """
    if consent is None:
        return np.ones(len(ids), bool)
    # our own ledger takes ids without one object per text
    asked = ids if isinstance(consent, ConsentLedger) else ids.to_numpy()
    found = np.asarray(consent.allowed(asked, purpose))
    if found.shape != (len(ids),) or found.dtype != bool:
        raise InvalidArgumentError(
            f"consent.allowed() must return True or False for each of {len(ids):,} ids; it "
            f"returned an array of {found.dtype} of shape {found.shape}."
        )
    return found
