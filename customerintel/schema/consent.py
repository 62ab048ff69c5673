"""One entry of the consent record, which only ever grows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.forms import ChoiceForm
from customerintel.schema.kinds import Digest, Id, Moment, Text
from customerintel.schema.record import Record
from customerintel.schema.rules import Problem

__all__ = ["Consent", "ConsentStatus", "LegalBasis", "Purpose"]


class Purpose(StrEnum):
    """What personal data are used for. Consent is given for each purpose by itself."""

    SERVICE = "service"
    ANALYTICS = "analytics"
    PERSONALISATION = "personalisation"
    EMAIL_MARKETING = "email_marketing"
    AD_MATCHING = "ad_matching"
    PROFILING = "profiling"
    RESEARCH = "research"


class LegalBasis(StrEnum):
    """The six legal bases of Regulation (EU) 2016/679 (GDPR), Article 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class ConsentStatus(StrEnum):
    """What changes: a use is allowed, no longer allowed, or objected to (Article 21)."""

    GRANT = "grant"
    WITHDRAW = "withdraw"
    OBJECT = "object"


_PURPOSES = {
    "personalization": "personalisation",
    "marketing_email": "email_marketing",
    "e_mail_marketing": "email_marketing",
    "marketing": "email_marketing",
}
_BASES = {
    "legitimate_interest": "legitimate_interests",
    "vital_interest": "vital_interests",
    "public_interest": "public_task",
}
_STATUSES = {
    "granted": "grant",
    "withdrawn": "withdraw",
    "withdrawal": "withdraw",
    "revoke": "withdraw",
    "revoked": "withdraw",
    "objected": "object",
    "objection": "object",
}
_Purpose = Annotated[Purpose, ChoiceForm(Purpose, _PURPOSES)]
_Basis = Annotated[LegalBasis, ChoiceForm(LegalBasis, _BASES)]
_Status = Annotated[ConsentStatus, ChoiceForm(ConsentStatus, _STATUSES)]

_KEY = Tag(Category.IDENTITY, PII.DIRECT)
_ENTRY = Tag(Category.IDENTITY, PII.BEHAVIOURAL)
_NOTICE = Tag(Category.IDENTITY, PII.NONE)
_PROOF = Tag(Category.IDENTITY, PII.DIRECT)


class Consent(Record):
    """One change for one customer and one purpose. Later entries never overwrite earlier ones.

    Examples
    --------
    >>> entry = Consent(customer_id="c1", purpose="email-marketing", basis="consent",
    ...                 status="granted", timestamp="2024-05-01T12:00:00+02:00")
    >>> entry.purpose.value, entry.status.value, entry.timestamp.hour
    ('email_marketing', 'grant', 10)
    """

    customer_id: Annotated[Id, _KEY]
    """Whose entry it is."""
    purpose: Annotated[_Purpose, _ENTRY]
    """The one use that the entry is about."""
    basis: Annotated[_Basis, _ENTRY]
    """Legal basis of the use."""
    status: Annotated[_Status, _ENTRY]
    """What the entry changes."""
    timestamp: Annotated[Moment, _ENTRY]
    """From when it holds, in UTC."""
    notice_version: Annotated[Text | None, _NOTICE] = None
    """Version of the notice that the customer saw."""
    notice_hash: Annotated[Digest | None, _NOTICE] = None
    """SHA-256 of that notice, 64 hexadecimal digits."""
    channel: Annotated[Text | None, _ENTRY] = None
    """Where it was said: web form, call, letter."""
    source: Annotated[Text | None, _ENTRY] = None
    """System that recorded it."""
    evidence_ref: Annotated[Text | None, _PROOF] = None
    """Where the proof is kept (Article 7(1)): a reference, not the proof itself."""
    expires_at: Annotated[Moment | None, _ENTRY] = None
    """When it ends by itself, in UTC; later than `timestamp`."""

    def _agree(self) -> None:
        """Check that an entry ends after it began."""
        if self.expires_at is not None and self.expires_at <= self.timestamp:
            advice = "an entry ends after the moment from which it holds"
            self._refuse(Problem.OUT_OF_RANGE, "expires_at", advice)
