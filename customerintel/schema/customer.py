"""Who a customer is. Everything but the id is optional, and most of it is masked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from annotated_types import Ge, Le

from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.forms import ChoiceForm
from customerintel.schema.kinds import Count, Email, Id, Moment, Phone, SecretText, Text
from customerintel.schema.record import Record
from customerintel.schema.rules import Problem

__all__ = ["Address", "Customer", "CustomerKind", "Gender"]


class CustomerKind(StrEnum):
    """Whether the customer is a person or a business."""

    B2C = "b2c"
    B2B = "b2b"


class Gender(StrEnum):
    """Gender as stated by the customer."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNDISCLOSED = "undisclosed"


_KINDS = {"consumer": "b2c", "person": "b2c", "business": "b2b", "company": "b2b"}
_GENDERS = {
    "f": "female",
    "woman": "female",
    "m": "male",
    "man": "male",
    "diverse": "other",
    "non_binary": "other",
    "nonbinary": "other",
    "unknown": "undisclosed",
}
_Kind = Annotated[CustomerKind, ChoiceForm(CustomerKind, _KINDS)]
_Gender = Annotated[Gender, ChoiceForm(Gender, _GENDERS)]

_WHO = Tag(Category.IDENTITY, PII.DIRECT)
_ALMOST_WHO = Tag(Category.IDENTITY, PII.QUASI)
_ACCOUNT = Tag(Category.IDENTITY, PII.NONE)
_TRAIT = Tag(Category.DESCRIPTIVE, PII.QUASI)
_INNER = Tag(Category.DESCRIPTIVE, PII.SENSITIVE)
_ORIGIN = Tag(Category.DESCRIPTIVE, PII.NONE)


class Address(Record):
    """A postal address. Every part is masked.

    Examples
    --------
    >>> Address(street="1 Long Lane", city="Oxford")
    Address(street='**********', city='**********')
    """

    street: Annotated[SecretText | None, _WHO] = None
    """Street and number, with what else stands above the city."""
    city: Annotated[SecretText | None, _WHO] = None
    """City or village."""
    region: Annotated[SecretText | None, _WHO] = None
    """State, province or county."""
    postcode: Annotated[SecretText | None, _WHO] = None
    """Postal code in full."""
    country: Annotated[SecretText | None, _WHO] = None
    """Country."""


class Customer(Record):
    """A person or a business that buys.

    ``name``, ``email``, ``phone``, ``address``, ``social_handles``, ``source_ids`` and
    ``company_name`` are secrets: masked in every repr and in every dump (``model_dump``,
    ``model_dump_json``), and read on purpose with ``customer.email.get_secret_value()``.
    Dumps hold all other fields as they are: ``customer_id``, because tables are joined by it
    (make it a pseudonym, see `pseudonymise`), and traits such as ``birth_year``, ``postcode``
    or ``lifestyle``, which the repr masks. To dump without them, give ``exclude``.

    Examples
    --------
    >>> customer = Customer(customer_id=7, email=" Jane@Example.org ", birth_year=1980)
    >>> customer
    Customer(customer_id='**********', email='**********', birth_year='**********')
    >>> customer.email.get_secret_value()
    'jane@example.org'
    >>> customer.model_dump(mode="json", exclude_none=True)
    {'customer_id': 7, 'email': '**********', 'birth_year': 1980}
    """

    customer_id: Annotated[Id, _WHO]
    """Integer (64 bits) or text; better a pseudonym than a name."""
    source_ids: Annotated[dict[str, SecretText] | None, _WHO] = None
    """Ids of the same customer in other systems, by system."""
    kind: Annotated[_Kind | None, _ACCOUNT] = None
    """Person or business."""
    name: Annotated[SecretText | None, _WHO] = None
    """Full name."""
    email: Annotated[Email | None, _WHO] = None
    """Address, trimmed and lower-cased."""
    phone: Annotated[Phone | None, _WHO] = None
    """International number (ITU-T E.164), blanks and dashes removed."""
    address: Annotated[Address | None, _WHO] = None
    """Postal address."""
    social_handles: Annotated[dict[str, SecretText] | None, _WHO] = None
    """Names in social networks, by network."""
    birth_year: Annotated[Annotated[Count, Ge(1850), Le(2200)] | None, _ALMOST_WHO] = None
    """Year of birth; the day is not kept because it points to a person too well."""
    gender: Annotated[_Gender | None, _ALMOST_WHO] = None
    """As stated by the customer."""
    postcode: Annotated[Text | None, _ALMOST_WHO] = None
    """Postal code, best cut to its first digits."""
    area_code: Annotated[Text | None, _ALMOST_WHO] = None
    """Code of a statistical or sales area."""
    created_at: Annotated[Moment | None, _ACCOUNT] = None
    """When the account was opened, in UTC."""
    status: Annotated[Text | None, _ACCOUNT] = None
    """State of the account."""
    company_id: Annotated[Id | None, _ALMOST_WHO] = None
    """Identifier of the company that the customer belongs to."""
    company_name: Annotated[SecretText | None, _WHO] = None
    """Name of that company; of a one-person business it is a person's name."""
    industry: Annotated[Text | None, _ALMOST_WHO] = None
    """Industry of that company."""
    position: Annotated[Text | None, _ALMOST_WHO] = None
    """Position in that company."""
    household_size: Annotated[Annotated[Count, Ge(1), Le(1000)] | None, _TRAIT] = None
    """Persons in the household."""
    family_status: Annotated[Text | None, _TRAIT] = None
    """Such as single or married."""
    life_stage: Annotated[Text | None, _TRAIT] = None
    """Such as student, parent or retired."""
    occupation: Annotated[Text | None, _TRAIT] = None
    """Profession."""
    lifestyle: Annotated[tuple[Text, ...] | None, _INNER] = None
    """Tags of lifestyle and interests; they may tell religion, health or politics."""
    provenance: Annotated[Text | None, _ORIGIN] = None
    """Where the traits come from."""
    collected_at: Annotated[Moment | None, _ORIGIN] = None
    """When the traits were collected, in UTC."""
    updated_at: Annotated[Moment | None, _ACCOUNT] = None
    """When this record was last changed, in UTC."""
    valid_from: Annotated[Moment | None, _ACCOUNT] = None
    """From when this version of the customer holds, in UTC."""
    valid_to: Annotated[Moment | None, _ACCOUNT] = None
    """Until when it holds, in UTC; None for the present version."""

    def _agree(self) -> None:
        """Check that a version ends after it began."""
        if self.valid_from is not None and self.valid_to is not None:
            if self.valid_to > self.valid_from:
                return
            advice = "a version of a customer ends after it began"
            self._refuse(Problem.OUT_OF_RANGE, "valid_to", advice)
