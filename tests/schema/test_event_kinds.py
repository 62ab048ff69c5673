"""The kinds of interaction, and the words that stand for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.schema import Direction, Event, EventKind, columns_of, kind_of_event
from customerintel.schema.event_kinds import WAY_OF_KIND, is_known_event
from customerintel.schema.event_names import ALIASES, folded

NOON = "2024-05-01T12:00:00"
#: Events of the Segment Spec, by the kind that they are of.
SPEC = {
    "delivered": ["Email Delivered"],
    "open": ["Email Opened"],
    "click": ["Email Link Clicked"],
    "bounce": ["Email Bounced"],
    "spam_report": ["Email Marked as Spam"],
    "opt_out": ["Unsubscribed"],
    "page_view": [
        "page", "screen", "Products Searched", "Product List Viewed", "Product List Filtered",
        "Promotion Viewed", "Promotion Clicked", "Product Clicked", "Product Viewed",
        "Cart Viewed", "Product Added to Wishlist", "Product Removed from Wishlist",
    ],
    "cart_add": ["Product Added", "Wishlist Product Added to Cart"],
    "cart_remove": ["Product Removed"],
    "checkout": [
        "Checkout Started", "Checkout Step Viewed", "Checkout Step Completed",
        "Payment Info Entered", "Coupon Entered", "Coupon Applied", "Coupon Denied",
        "Coupon Removed",
    ],
    "purchase": ["Order Completed"],
    "return": ["Order Refunded", "Order Cancelled"],
    "referral": ["Product Shared", "Cart Shared", "Invite Sent"],
    "review": ["Product Reviewed"],
    "login": ["Signed In"],
    "chat": ["Live Chat Conversation Started", "Live Chat Message Sent"],
    "other": [
        "identify", "group", "alias", "Order Updated", "Account Created", "Account Deleted",
        "Signed Up", "Signed Out", "Account Added User", "Account Removed User",
        "Trial Started", "Trial Ended",
    ],
}  # fmt: skip
SAME = [
    ("open", "email_open", "email_opened", "opened", "OPEN", "Email Opened", "email-opened"),
    ("delivered", "email_delivered", "Email  Delivered", "EMAIL-DELIVERED"),
    ("click", "clicked", "email_click", "link clicked", "Email Link Clicked"),
    ("opt_out", "opt-out", "opted_out", "unsubscribe", "Unsubscribed", "Opt Out"),
    ("survey_sent", "nps survey sent", "NPS_SENT", "survey_invitation"),
    ("review", "Product Reviewed", "rating", "reviewed"),
    ("purchase", "Order Completed", "order", "sale"),
    ("call", "phone_call", "Phone Call", "phone"),
    ("support_request", "ticket", "support", "Ticket Created"),
    ("dispute", "chargeback", "charge-back", "Payment Disputed"),
    ("escalation", "escalated", "ticket escalated"),
    ("special_request", "special request", "custom request"),
    ("feedback", "Feedback Submitted", "survey answered"),
    ("community", "forum post", "community_post"),
]


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in SPEC.items() for name in names]
)
def test_the_names_of_the_segment_spec(kind, name):
    snake = name.lower().replace(" ", "_")
    assert kind_of_event(name).value == kind_of_event(snake).value == kind
    assert is_known_event(name)


@pytest.mark.parametrize("words", SAME, ids=lambda words: words[0])
def test_words_for_one_kind(words):
    assert {kind_of_event(word).value for word in words} == {words[0]}


@pytest.mark.parametrize("kind", EventKind)
def test_each_kind_is_known_by_its_own_name(kind):
    assert kind_of_event(kind.value) is kind_of_event(kind.value.replace("_", " ").title()) is kind


def test_no_alias_is_the_name_of_another_kind():
    own = {folded(kind.value): kind.value for kind in EventKind}
    assert {
        name for name in ALIASES if own.get(folded(name), ALIASES[name]) != ALIASES[name]
    } == set()


def test_no_two_aliases_of_different_kinds_are_looked_up_alike():
    by_fold = {}
    for name, kind in ALIASES.items():
        assert by_fold.setdefault(folded(name), kind) == kind


@given(st.sampled_from(sorted(ALIASES)), st.data())
def test_case_and_separators_do_not_count(name, data):
    joints = st.sampled_from(["_", "-", " ", "  ", ""])
    written = "".join(
        data.draw(joints) if letter == "_" else data.draw(st.sampled_from([letter, letter.upper()]))
        for letter in name
    )
    assert kind_of_event(f" {written} ").value == ALIASES[name]


@given(st.text(min_size=1).filter(folded))
def test_a_record_and_the_contract_of_columns_agree_on_any_word(word):
    form = columns_of(Event)["kind"].form
    assert Event(customer_id=1, timestamp=NOON, kind=word).kind.value == form.parse(word)
    assert kind_of_event(word).value == form.parse(word)


def test_ways():
    assert set(WAY_OF_KIND) == set(EventKind)
    out = {kind.value for kind, way in WAY_OF_KIND.items() if way is Direction.OUTBOUND}
    assert out == {"email_sent", "delivered", "bounce", "survey_sent"}
    unknown = {kind.value for kind, way in WAY_OF_KIND.items() if way is None}
    assert unknown == {"call", "other"}
