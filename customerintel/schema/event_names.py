"""By which names events are known: those of the Segment Spec, and what else is common."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["ALIASES", "folded"]

#: Other words for a kind of interaction, in lower case with underscores. The names of the
#: Segment Spec: "Email", "Ecommerce v2", "B2B SaaS", "Live Chat", "Mobile".
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "email_sent": "sent message_sent sms_sent push_notification_sent campaign_sent mail_sent",
        "delivered": (
            "email_delivered message_delivered mail_delivered sms_delivered "
            "push_notification_delivered push_notification_received"
        ),
        "open": "opened email_open email_opened mail_opened message_opened",
        "click": (
            "clicked email_click email_clicked email_link_click email_link_clicked link_clicked "
            "message_clicked push_notification_tapped"
        ),
        "bounce": (
            "bounced email_bounce email_bounced hard_bounce soft_bounce push_notification_bounced"
        ),
        "spam_report": (
            "spam spam_reported spam_complaint reported_as_spam marked_as_spam email_marked_as_spam"
        ),
        "opt_out": (
            "opted_out optout unsubscribe unsubscribed email_unsubscribe email_unsubscribed "
            "list_unsubscribe"
        ),
        "page_view": (
            "pageview page_viewed page screen screen_view screen_viewed product_viewed "
            "product_clicked product_list_viewed product_list_filtered products_searched "
            "promotion_viewed promotion_clicked cart_viewed product_added_to_wishlist "
            "product_removed_from_wishlist"
        ),
        "visit": (
            "visited session session_start session_started site_visit web_visit store_visit "
            "app_open app_opened application_opened"
        ),
        "login": "logged_in log_in signed_in sign_in signin",
        "cart_add": (
            "add_to_cart added_to_cart product_added cart_added wishlist_product_added_to_cart"
        ),
        "cart_remove": "remove_from_cart removed_from_cart product_removed cart_removed",
        "cart_abandon": "cart_abandoned cart_abandonment abandoned_cart",
        "checkout": (
            "checkout_started checkout_step_viewed checkout_step_completed begin_checkout "
            "payment_info_entered coupon_entered coupon_applied coupon_denied coupon_removed"
        ),
        "purchase": "purchased order ordered order_completed order_placed sale",
        "return": (
            "returned product_returned refund refunded order_refunded order_returned "
            "order_cancelled order_canceled"
        ),
        "call": "called phone phone_call telephone_call inbound_call outbound_call",
        "chat": (
            "chatted live_chat chat_started chat_message live_chat_conversation_started "
            "live_chat_message_sent live_chat_message_received live_chat_conversation_ended"
        ),
        "complaint": "complain complained complaint_filed complaint_opened grievance",
        "support_request": (
            "support support_ticket ticket ticket_created ticket_opened service_request "
            "support_case case_opened help_request"
        ),
        "escalation": ("escalate escalated ticket_escalated complaint_escalated case_escalated"),
        "special_request": "custom_request special_order special_wish",
        "dispute": (
            "disputed charge_dispute charge_disputed payment_disputed chargeback charge_back "
            "dispute_opened"
        ),
        "review": "reviewed product_review product_reviewed rating rated product_rated",
        "comment": "commented comment_posted",
        "feedback": (
            "feedback_given feedback_submitted survey_answered survey_completed "
            "survey_submitted nps_answered nps_survey_answered nps_survey_completed"
        ),
        "community": (
            "community_post community_posted forum_post forum_posted question_answered "
            "event_attended meetup_attended"
        ),
        "social_post": "social social_mention mention mentioned posted social_share",
        "referral": (
            "refer referred referral_sent invite_sent invited_friend friend_invited "
            "refer_a_friend product_shared cart_shared"
        ),
        "idea": "idea_submitted suggestion suggested feature_request proposal",
        "survey_sent": (
            "survey survey_invited survey_invitation survey_invite nps_sent nps_survey_sent "
            "csat_sent csat_survey_sent survey_delivered"
        ),
        # known, but about no interaction of its own
        "other": (
            "track identify group alias order_updated account_created account_deleted signed_up "
            "signed_out account_added_user account_removed_user trial_started trial_ended "
            "application_installed application_updated application_backgrounded"
        ),
    }
)
#: The kind of each name.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {name: kind for kind, names in _NAMES.items() for name in names.split()}
)

_SEPARATORS: Final = str.maketrans("", "", "-_")


def folded(name: str) -> str:
    """Return a name by which it is looked up: case, blanks, hyphens and underscores count not.

    Examples
    --------
    >>> folded("Email Opened") == folded("email_opened") == folded("EMAIL-OPENED")
    True
    """
    return "".join(name.translate(_SEPARATORS).casefold().split())
