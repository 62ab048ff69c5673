"""The behaviour of the six worked types in the simulated shop."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from customerintel.relationships.simulated_behaviour import Answers, Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CORE"]

# fmt: off
#: Behaviour of the six worked types, by key.
CORE: Final[Mapping[str, Behaviour]] = MappingProxyType(
    {
        "basic_exchange": Behaviour(
            # good and dependable, without a thought: a rhythm, and nothing to say
            answers=Answers(
                satisfaction=0.64, trust=0.58, powerlessness=0.26, love=0.16, self_connection=0.15,
                interdependence=0.28, commitment=0.38, intimacy=0.12, partner_quality=0.56,
                recommend=0.50,
            ),
            mistaken_for=("buddy", "acquaintance", "convenience", "business_partner"),
            gap=34, evenness=4.0, burst=1.0, life=1100, categories=3.4, novelty=0.05, promo=0.28,
            returns=0.04, call=0.3, chat=0.25, support=0.35, requests=0.08, ideas=0.04,
            feedback=0.10, reviews=0.12, comments=0.06, posts=0.04, referrals=0.06,
            community=0.05, visits=1.7, logins=2.8, warmth=0.02, opens=0.14, clicks=0.13,
            opts_out=0.008, replies=0.6,
        ),
        "business_partner": Behaviour(
            # solves problems jointly: long, broad, with ideas and a line to somebody
            answers=Answers(
                satisfaction=0.68, trust=0.70, powerlessness=0.20, love=0.38, self_connection=0.42,
                interdependence=0.66, commitment=0.68, intimacy=0.42, partner_quality=0.70,
                recommend=0.66,
            ),
            mistaken_for=("teammate", "basic_exchange", "best_friend", "committed_partner"),
            gap=21, evenness=3.4, burst=1.0, life=1700, age=0.66, single=0.01, categories=9.0,
            novelty=0.12, promo=0.12, returns=0.05, complains=0.45, leaves=0.12, call=2.2, chat=0.9,
            support=1.0, requests=0.5, ideas=1.3, feedback=1.0, reviews=0.35, comments=0.3,
            posts=0.06, referrals=0.3, community=0.35, visits=4.0, logins=7.0, warmth=0.15,
            opens=0.40, clicks=0.32, replies=1.5, contract=0.35, exit_fee=0.10,
        ),
        "fling": Behaviour(
            # excitement at each contact: a burst of new things, then silence
            answers=Answers(
                satisfaction=0.66, trust=0.46, powerlessness=0.24, love=0.66, self_connection=0.50,
                interdependence=0.30, commitment=0.20, intimacy=0.34, partner_quality=0.52,
                recommend=0.62,
            ),
            mistaken_for=("buddy", "fan", "courtship", "secret_affair"),
            gap=85, evenness=0.8, burst=3.6, life=280, age=0.5, single=0.05, categories=5.0,
            novelty=0.36, promo=0.26, returns=0.09, leaves=0.4, call=0.25, chat=0.6,
            support=0.4, requests=0.15, ideas=0.08, feedback=0.25, reviews=0.5, comments=0.6,
            posts=1.0, referrals=0.3, community=0.2, visits=13.0, logins=4.0, warmth=0.30,
            opens=0.44, clicks=0.42, opts_out=0.008, replies=0.8, contract=0.03,
        ),
        "best_friend": Behaviour(
            # intimate and mutual: talks, refers, forgives
            answers=Answers(
                satisfaction=0.80, trust=0.80, powerlessness=0.18, love=0.76, self_connection=0.68,
                interdependence=0.60, commitment=0.70, intimacy=0.74, partner_quality=0.80,
                recommend=0.84,
            ),
            mistaken_for=("committed_partner", "buddy", "old_friend", "business_partner"),
            gap=29, evenness=1.8, life=1700, age=0.68, single=0.01, categories=5.5, novelty=0.20,
            promo=0.16, returns=0.04, complains=0.30, leaves=0.05, call=0.6, chat=2.1,
            support=0.6, requests=0.2, ideas=0.35, feedback=1.3, reviews=0.9, comments=0.8,
            posts=0.4, referrals=1.3, community=0.7, visits=6.0, logins=5.0, warmth=0.46,
            opens=0.54, clicks=0.36, opts_out=0.002, replies=1.8,
        ),
        "buddy": Behaviour(
            # easy and not binding: keeps coming, to others as well
            answers=Answers(
                satisfaction=0.68, trust=0.60, powerlessness=0.22, love=0.42, self_connection=0.34,
                interdependence=0.32, commitment=0.28, intimacy=0.30, partner_quality=0.60,
                recommend=0.62,
            ),
            mistaken_for=("acquaintance", "basic_exchange", "compartment_friend", "best_friend"),
            gap=50, evenness=1.5, burst=1.2, life=1100, age=0.6, categories=4.5, novelty=0.14,
            promo=0.52, returns=0.05, call=0.1, chat=0.5, support=0.2, requests=0.06, ideas=0.06,
            feedback=0.3, reviews=0.4, comments=0.9, posts=0.3, referrals=0.35, community=0.5,
            visits=7.0, logins=3.0, warmth=0.18, opens=0.34, clicks=0.26, contract=0.03,
        ),
        "commanding": Behaviour(
            # orders, and is served: requests, no patience
            answers=Answers(
                satisfaction=0.46, trust=0.44, powerlessness=0.14, love=0.30, self_connection=0.46,
                interdependence=0.42, commitment=0.42, intimacy=0.22, partner_quality=0.46,
                recommend=0.42,
            ),
            mistaken_for=("business_partner", "adversary", "basic_exchange"),
            wishes=("commanding", "business_partner"),
            gap=30, evenness=1.2, burst=1.4, life=1000, categories=4.5, novelty=0.10, promo=0.18,
            returns=0.17, complains=0.60, grumbles=0.035, leaves=0.20, escalates=0.34,
            settled=0.80, call=2.4, chat=1.2, support=1.6, requests=2.3, disputes=0.15,
            ideas=0.15, feedback=0.5, reviews=0.35, comments=0.2, posts=0.1, referrals=0.12,
            community=0.08, visits=3.5, logins=4.0, warmth=-0.16, opens=0.30, clicks=0.20,
            opts_out=0.007, replies=1.0,
        ),
    }
)
# fmt: on
