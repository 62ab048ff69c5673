"""One line of a transaction log."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.forms import ChoiceForm
from customerintel.schema.kinds import Currency, Id, Moment, Number, Text
from customerintel.schema.record import Record
from customerintel.schema.rules import MESSAGES, Problem

__all__ = ["GoodsFormat", "Transaction", "TransactionKind"]


class TransactionKind(StrEnum):
    """What a line of the log stands for."""

    SALE = "sale"
    RETURN = "return"
    REFUND = "refund"
    CANCELLATION = "cancellation"
    RENEWAL = "renewal"


class GoodsFormat(StrEnum):
    """How the goods reach the customer."""

    PHYSICAL = "physical"
    DIGITAL = "digital"


_KIND_ALIASES: Final = {
    "purchase": "sale",
    "order": "sale",
    "returned": "return",
    "refunded": "refund",
    "cancel": "cancellation",
    "cancelled": "cancellation",
    "canceled": "cancellation",
    "cancelation": "cancellation",
    "renew": "renewal",
    "renewed": "renewal",
    "subscription_renewal": "renewal",
}
_Kind = Annotated[TransactionKind, ChoiceForm(TransactionKind, _KIND_ALIASES)]
_Format = Annotated[GoodsFormat, ChoiceForm(GoodsFormat)]

_KEY = Tag(Category.IDENTITY, PII.DIRECT)
_DID = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL)
_GIVEN = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL, nullable=False)
_THING = Tag(Category.QUANTITATIVE, PII.NONE)
_WHERE = Tag(Category.DESCRIPTIVE, PII.QUASI)


class Transaction(Record):
    """A sale, a return, a refund, a cancellation or a renewal.

    Where `amount` is absent and both `quantity` and `unit_price` are given, `amount` is
    their product. A field that is absent and one that is null differ for `amount` and
    `kind`: absent means "this log does not say", null is refused.

    Examples
    --------
    >>> line = Transaction(customer_id=7, timestamp="2011-12-09", quantity=2, unit_price=3.5)
    >>> line.amount, line.kind.value
    (7.0, 'sale')
    >>> line
    Transaction(customer_id='**********', timestamp=datetime.datetime(2011, 12, 9, 0, 0, ...
    """

    customer_id: Annotated[Id, _KEY]
    """Integer (64 bits) or text that is not empty; blanks around a text are kept."""
    timestamp: Annotated[Moment, _DID]
    """When it happened, in UTC; without a zone it is taken as UTC."""
    amount: Annotated[Number | None, _GIVEN] = None
    """Money of the line, in `currency`; negative for money given back."""
    order_id: Annotated[Id | None, _DID] = None
    """Lines with the same order id are one transaction."""
    kind: Annotated[_Kind, _GIVEN] = TransactionKind.SALE
    """What the line stands for; words are read in any case, with common aliases."""
    category: Annotated[Text | None, _THING] = None
    """Category of the product."""
    sku: Annotated[Text | None, _THING] = None
    """Identifier of the product."""
    channel: Annotated[Text | None, _DID] = None
    """Where it was bought: shop, web, app."""
    promo: Annotated[Text | None, _DID] = None
    """Promotion that applied."""
    cost: Annotated[Number | None, _THING] = None
    """What the goods of the line cost the business, in `currency`."""
    discount: Annotated[Number | None, _DID] = None
    """Money taken off, in `currency`."""
    currency: Annotated[Currency | None, _THING] = None
    """ISO 4217 code of three letters, upper-cased."""
    quantity: Annotated[Number | None, _DID] = None
    """Number of units; negative for units given back."""
    unit_price: Annotated[Number | None, _THING] = None
    """Price of one unit, in `currency`."""
    format: Annotated[_Format | None, _DID] = None
    """Physical or digital goods."""
    location: Annotated[Text | None, _WHERE] = None
    """Shop or place of the purchase."""

    def _agree(self) -> None:
        """Fill in the amount from quantity and unit price."""
        if self.amount is not None or self.quantity is None or self.unit_price is None:
            return
        amount = self.quantity * self.unit_price
        if amount in (float("inf"), float("-inf")):
            self._refuse(Problem.NON_FINITE, "amount", MESSAGES[Problem.NON_FINITE])
        self.__dict__["amount"] = amount
