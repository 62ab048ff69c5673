"""Terms and conditions that cannot be made: class and whole message."""

from __future__ import annotations

import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.live import (
    Absence,
    Count,
    Drop,
    On,
    P,
    Predicate,
    Relationship,
    Rise,
    Segment,
    Sequence,
)
from customerintel.live.composition import And, Compare, Not

BIG = Predicate(lambda row: True, name="big")


#: What is given: a call, the class and the whole message.
CASES = {
    "a lambda without a name": (
        lambda: Predicate(lambda row: True),
        InvalidArgumentError,
        (
            "A lambda has no name, by which one version of a rule is told from the next. Give "
            "name='…', or a function of its own."
        ),
    ),
    "an event without name and kind": (
        lambda: On(None),
        InvalidArgumentError,
        ("On has a fault:\n- give the name of an event or a kind, one of the two."),
    ),
    "an event with both": (
        lambda: On("Visit", kind="visit"),
        InvalidArgumentError,
        ("On has a fault:\n- give the name of an event or a kind, one of the two."),
    ),
    "an event whose name is a number": (
        lambda: On(5),
        InvalidArgumentError,
        ("On has a fault:\n- event must be a text that is not empty; got int."),
    ),
    "an event whose name is blank": (
        lambda: On(" "),
        InvalidArgumentError,
        ("On has a fault:\n- event must be a text that is not empty; got an empty text."),
    ),
    "an event whose name has no letter": (
        lambda: On("--"),
        InvalidArgumentError,
        ("On has a fault:\n- event must hold a letter or a digit."),
    ),
    "an event name of two lines": (
        lambda: On("a\nb"),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- event must be one line of at most 512 characters that can be printed."
        ),
    ),
    "an event name that is huge": (
        lambda: On("a" * 600),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- event must be one line of at most 512 characters that can be printed."
        ),
    ),
    "a kind that nobody knows": (
        lambda: On.kind("moon landing"),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- kind must be one of the kinds of event: email_sent, delivered, open, click, "
            "bounce, spam_report, opt_out, page_view, visit, login, cart_add, cart_remove, "
            "cart_abandon, checkout, purchase, return, call, chat, complaint, support_request, "
            "review, comment, social_post, referral, idea, survey_sent, escalation, "
            "special_request, dispute, feedback, community, other."
        ),
    ),
    "an event that depends on the customer": (
        lambda: On("Visit", where=Segment("At Risk")),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- where of On reads the properties of the event alone, such as P('total') > 20; "
            "Segment('At Risk') belongs into the where of the rule."
        ),
    ),
    "a property as a whole condition": (
        lambda: On("Visit", where=P("x")),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- where must be a condition; got P alone. Compare it, such as P(...) >= 3."
        ),
    ),
    "a predicate in an event": (
        lambda: On("Visit", where=BIG),
        InvalidArgumentError,
        (
            "On has a fault:\n"
            "- where of On reads the properties of the event alone, such as P('total') > 20; "
            "Predicate('big') belongs into the where of the rule."
        ),
    ),
    "an absence of nothing": (
        lambda: Absence(3, None, 30),
        InvalidArgumentError,
        (
            "Absence has 3 faults:\n"
            "- after must be On(...) or the name of an event; got int.\n"
            "- of must be On(...) or the name of an event; got NoneType.\n"
            "- within must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, "
            "h, d, w), or a timedelta; got 30."
        ),
    ),
    "an absence of no length": (
        lambda: Absence("A", "B", "0m"),
        InvalidArgumentError,
        (
            "Absence has a fault:\n"
            "- within must be longer than nothing and at most 100 years; got '0m'."
        ),
    ),
    "an absence of negative length": (
        lambda: Absence("A", "B", "-30m"),
        InvalidArgumentError,
        (
            "Absence has a fault:\n"
            "- within must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, "
            "h, d, w), or a timedelta; got '-30m'."
        ),
    ),
    "an absence of centuries": (
        lambda: Absence("A", "B", "99999d"),
        InvalidArgumentError,
        (
            "Absence has a fault:\n"
            "- within must be longer than nothing and at most 100 years; got '99999d'."
        ),
    ),
    "an absence without unit": (
        lambda: Absence("A", "B", "30"),
        InvalidArgumentError,
        (
            "Absence has a fault:\n"
            "- within must be a number with its unit, such as '30m', '12h' or '7d' (units s, m, "
            "h, d, w), or a timedelta; got '30'."
        ),
    ),
    "a sequence of one step": (
        lambda: Sequence("A", within="1h"),
        InvalidArgumentError,
        ("Sequence has a fault:\n- a sequence has from 2 to 16 steps; got 1. For one, use On."),
    ),
    "a sequence of a number": (
        lambda: Sequence("A", 3, within="1h"),
        InvalidArgumentError,
        ("Sequence has a fault:\n- each step must be On(...) or the name of an event; got int."),
    ),
    "a drop of nothing that counts": (
        lambda: Drop("Visit", "14d", by=0.5),
        InvalidArgumentError,
        ("Drop has a fault:\n- measure must be Count(...) or Sum(...); got str."),
    ),
    "a drop of a count with a window": (
        lambda: Drop(Count("Visit", "7d"), "14d", by=0.5),
        InvalidArgumentError,
        ("Drop has a fault:\n- measure must have no window of its own: give the window beside it."),
    ),
    "a drop by more than all": (
        lambda: Drop(Count("Visit"), "36h", by=2, at_least=0),
        InvalidArgumentError,
        (
            "Drop has 3 faults:\n"
            "- window must be whole days: it is looked at when a day ends.\n"
            "- at_least must be more than 0; from nothing, there is no share to fall or rise by.\n"
            "- by must be more than 0 and at most 1."
        ),
    ),
    "a drop against something else": (
        lambda: Drop(Count("Visit"), "14d", "last year", by=0.5),
        InvalidArgumentError,
        ("Drop has a fault:\n- versus must be 'previous', the window before."),
    ),
    "a rise by nothing": (
        lambda: Rise(Count("Visit"), "9999d", by=0),
        InvalidArgumentError,
        ("Rise has 2 faults:\n- window must be at most 2,048 days.\n- by must be more than 0."),
    ),
    "a drop by a word": (
        lambda: Drop(Count("Visit"), "14d", by="half"),
        InvalidArgumentError,
        ("Drop has a fault:\n- by must be a finite number; got str."),
    ),
    "a segment without a name": (
        lambda: Segment(*[]),
        InvalidArgumentError,
        ("Segment has a fault:\n- names must be at least one name; got none."),
    ),
    "a relationship that is a number": (
        lambda: Relationship("buddy", 3),
        InvalidArgumentError,
        ("Relationship has a fault:\n- each of names must be a text that is not empty; got int."),
    ),
    "conditions joined with 'and'": (
        lambda: Segment("a") and Segment("b"),
        InvalidArgumentError,
        (
            "A condition of a rule is neither true nor false by itself. Join conditions with "
            "'&', '|' and '~' (not 'and', 'or', 'not'), with brackets around each comparison, "
            "and write a < x < b as (x > a) & (x < b)."
        ),
    ),
    "forgotten brackets": (
        lambda: Segment("a") & P("x") > 20,
        InvalidArgumentError,
        (
            "'&' and '|' join conditions; got P without a comparison. Put brackets around each "
            "comparison, as in Segment('At Risk') & (P('cart_total') > 20)."
        ),
    ),
    "a term joined first": (
        lambda: P("x") & Segment("a"),
        InvalidArgumentError,
        (
            "'&' and '|' join conditions; got P without a comparison. Put brackets around each "
            "comparison, as in Segment('At Risk') & (P('cart_total') > 20)."
        ),
    ),
    "one condition joined with nothing": (
        lambda: And([Segment("a")]),
        InvalidArgumentError,
        ("And has a fault:\n- parts must be at least two conditions; got 1."),
    ),
    "no condition denied": (
        lambda: Not("a"),
        InvalidArgumentError,
        ("Not has a fault:\n- part must be a condition, such as On('Visit'); got str."),
    ),
    "a comparison made by hand": (
        lambda: Compare("x", "bigger", 3),
        InvalidArgumentError,
        (
            "Compare has 2 faults:\n"
            "- left must be a term, such as Count('Visit', window='7d') or P('cart_total'); got "
            "str.\n"
            "- op must be one of gt, ge, lt, le, eq, ne."
        ),
    ),
    "a predicate that cannot be called": (
        lambda: Predicate(3, name="three", reads="x"),
        InvalidArgumentError,
        (
            "Predicate has 2 faults:\n"
            "- function must be callable with a RowView; got int.\n"
            "- reads must be names; got str."
        ),
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message
