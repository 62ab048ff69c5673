"""Who may be used at all: any ledger of consents that can say so."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import Purpose
from customerintel.tables.consent_ledger import ConsentLedger
from customerintel.tables.ids import CustomerIds

__all__ = ["allowed", "check_consent", "check_purpose", "ledger_for"]


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
    """Return a ledger; None where none is given, and False where none is wanted.

    Raises
    ------
    InvalidArgumentError
        If it has no method ``allowed``.
    """
    if (
        consent is not None
        and consent is not False
        and not callable(getattr(consent, "allowed", None))
    ):
        raise InvalidArgumentError(
            "consent takes a ConsentLedger, or another object with allowed(ids, purpose); got "
            f"{type(consent).__name__}."
        )
    return consent


def ledger_for(given: Any, kept: Any, *, asked: bool) -> Any:
    """Return the ledger to ask, or None where nobody is to be asked.

    Parameters
    ----------
    given, kept : object
        What the caller gives now, and what the model has; False: none is wanted.
    asked : bool
        Whether one was asked when the model was fitted.

    Raises
    ------
    InvalidArgumentError
        If it has no method ``allowed``; or one was asked, and none is here now.
    """
    ledger = check_consent(kept if given is None else given)
    if ledger is None and asked:
        raise InvalidArgumentError(
            "This model was fitted with a ledger of consents, which its file does not hold. Give "
            "load() or this call consent=ledger; or consent=False, if nobody has to be asked."
        )
    return None if ledger is False else ledger


def allowed(consent: Any, ids: CustomerIds, purpose: Purpose) -> NDArray[np.bool_]:
    """Return who may be used for a purpose, shape (n,); without a ledger, everybody.

    Raises
    ------
    InvalidArgumentError
        If the ledger does not answer for each.
    """
    if consent is None or consent is False:
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
