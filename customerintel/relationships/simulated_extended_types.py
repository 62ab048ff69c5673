"""The behaviour of the fifteen further types in the simulated shop."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from customerintel.relationships.simulated_behaviour import Answers, Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FURTHER"]

# fmt: off
#: Behaviour of the types beyond the six, by key.
FURTHER: Final[Mapping[str, Behaviour]] = MappingProxyType(
    {
        "stranger": Behaviour(
            # one order as a guest, and no more
            answers=Answers(
                satisfaction=0.55, trust=0.42, powerlessness=0.25, love=0.10, self_connection=0.08,
                interdependence=0.06, commitment=0.08, intimacy=0.05, partner_quality=0.46,
                recommend=0.40,
            ),
            mistaken_for=("acquaintance", "basic_exchange", "courtship"),
            gap=160, life=120, single=0.75, categories=2.0, promo=0.35, call=0.2, chat=0.2,
            support=0.4, requests=0.05, ideas=0.02, feedback=0.1, reviews=0.1, comments=0.03,
            posts=0.02, referrals=0.03, community=0.02, visits=2.0, logins=0.2, warmth=0.0,
            opens=0.08, clicks=0.08, opts_out=0.03, replies=0.25, contract=0.01, lingers=15,
        ),
        "acquaintance": Behaviour(
            # comes now and then, for an offer
            answers=Answers(
                satisfaction=0.56, trust=0.48, powerlessness=0.26, love=0.22, self_connection=0.17,
                interdependence=0.14, commitment=0.18, intimacy=0.12, partner_quality=0.50,
                recommend=0.45,
            ),
            mistaken_for=("buddy", "basic_exchange", "stranger"),
            gap=105, evenness=1.1, burst=1.0, life=900, age=0.62, categories=3.5, promo=0.62,
            call=0.15, chat=0.2, support=0.2, requests=0.05, ideas=0.03, feedback=0.1,
            reviews=0.15, comments=0.12, posts=0.06, referrals=0.08, community=0.06, visits=3.0,
            logins=1.2, warmth=0.05, opens=0.22, clicks=0.24, opts_out=0.008, replies=0.5,
            contract=0.02,
        ),
        "courtship": Behaviour(
            # on trial: new here, asks and compares
            answers=Answers(
                satisfaction=0.64, trust=0.50, powerlessness=0.22, love=0.44, self_connection=0.36,
                interdependence=0.20, commitment=0.28, intimacy=0.26, partner_quality=0.60,
                recommend=0.55,
            ),
            mistaken_for=("fling", "buddy", "stranger"),
            wishes=("courtship", "best_friend", "committed_partner"),
            gap=45, evenness=1.2, life=700, age=0.14, single=0.15, categories=3.5, novelty=0.32,
            promo=0.38, returns=0.10, call=1.0, chat=2.2, support=1.8, requests=0.4, ideas=0.1,
            feedback=0.5, reviews=0.4, comments=0.3, visits=18.0, logins=6.0, warmth=0.15,
            opens=0.52, clicks=0.44, contract=0.02, exit_fee=0.01,
        ),
        "committed_partner": Behaviour(
            # exclusive by choice: everything here, at full price, through bad times
            answers=Answers(
                satisfaction=0.84, trust=0.86, powerlessness=0.18, love=0.80, self_connection=0.76,
                interdependence=0.84, commitment=0.92, intimacy=0.64, partner_quality=0.84,
                recommend=0.84,
            ),
            mistaken_for=("best_friend", "business_partner", "disciple"),
            gap=16, evenness=3.2, burst=1.0, life=2600, age=0.80, single=0.0, categories=9.5,
            novelty=0.08, promo=0.07, returns=0.03, leaves=0.02, call=0.5, chat=0.7, support=0.6,
            ideas=0.25, feedback=0.6, reviews=0.6, comments=0.3, posts=0.25, referrals=0.6,
            community=0.35, visits=5.0, logins=7.0, warmth=0.35, opens=0.52, clicks=0.32,
            opts_out=0.001, replies=1.6, contract=0.20,
        ),
        "convenience": Behaviour(
            # good enough, and not worth a change: narrow and silent
            answers=Answers(
                satisfaction=0.52, trust=0.48, powerlessness=0.42, love=0.10, self_connection=0.09,
                interdependence=0.42, commitment=0.44, intimacy=0.07, partner_quality=0.46,
                recommend=0.34,
            ),
            mistaken_for=("basic_exchange", "captive", "acquaintance"),
            gap=30, evenness=3.6, burst=1.0, life=2000, age=0.78, single=0.0, categories=1.9,
            novelty=0.03, promo=0.14, returns=0.02, complains=0.15, leaves=0.15, call=0.1,
            chat=0.06, support=0.12, requests=0.03, ideas=0.02, feedback=0.04, reviews=0.04,
            comments=0.02, posts=0.01, referrals=0.02, community=0.02, visits=0.9, logins=1.5,
            warmth=-0.02, opens=0.08, clicks=0.07, opts_out=0.006, replies=0.45, contract=0.45,
            exit_fee=0.16, imposed=0.20,
        ),
        "captive": Behaviour(
            # cannot get out: bound and angry
            answers=Answers(
                satisfaction=0.24, trust=0.24, powerlessness=0.84, love=0.12, self_connection=0.10,
                interdependence=0.50, commitment=0.32, intimacy=0.12, partner_quality=0.24,
                recommend=0.14,
            ),
            mistaken_for=("convenience", "adversary", "dependent"),
            wishes=("basic_exchange", "stranger"),
            gap=29, evenness=3.6, burst=1.0, life=2000, age=0.74, single=0.0, categories=2.6,
            novelty=0.04, promo=0.12, complains=0.66, grumbles=0.03, leaves=0.02, escalates=0.26,
            settled=0.55, call=1.5, chat=0.7, support=1.2, requests=0.2, disputes=0.25,
            ideas=0.04, feedback=0.4, reviews=0.3, comments=0.2, referrals=0.02, community=0.04,
            visits=2.0, logins=3.0, warmth=-0.42, opens=0.16, clicks=0.10, opts_out=0.012,
            contract=0.80, exit_fee=0.62, imposed=0.36, replies=1.0,
        ),
        "dependent": Behaviour(
            # cannot do without: very often, and alarmed when something is out of stock
            answers=Answers(
                satisfaction=0.58, trust=0.56, powerlessness=0.68, love=0.72, self_connection=0.60,
                interdependence=0.90, commitment=0.80, intimacy=0.46, partner_quality=0.60,
                recommend=0.56,
            ),
            mistaken_for=("committed_partner", "fan", "captive"),
            gap=9, evenness=1.8, burst=1.4, life=1600, age=0.62, single=0.0, categories=4.0,
            novelty=0.06, promo=0.16, complains=0.5, grumbles=0.012, leaves=0.03, escalates=0.2,
            call=2.2, chat=1.8, support=2.6, requests=0.9, feedback=0.4, visits=22.0, logins=22.0,
            warmth=0.0, opens=0.56, clicks=0.44, opts_out=0.001, referrals=0.18,
        ),
        "secret_affair": Behaviour(
            # a private pleasure: by the discreet way, and not a word about it
            answers=Answers(
                satisfaction=0.70, trust=0.58, powerlessness=0.34, love=0.74, self_connection=0.40,
                interdependence=0.32, commitment=0.36, intimacy=0.62, partner_quality=0.60,
                recommend=0.20,
            ),
            mistaken_for=("fling", "compartment_friend", "fan"),
            gap=42, evenness=1.0, burst=1.9, life=800, categories=2.2, novelty=0.12, promo=0.14,
            returns=0.02, discreet=0.45, call=0.06, chat=0.5, support=0.25, requests=0.15,
            ideas=0.03, feedback=0.12, reviews=0.06, comments=0.03, posts=0.01, referrals=0.02,
            community=0.02, visits=14.0, logins=9.0, warmth=0.2, opens=0.26, clicks=0.40,
            opts_out=0.025, replies=0.45, contract=0.03,
        ),
        "ex_friend": Behaviour(
            # was close; something broke, and there is silence
            answers=Answers(
                satisfaction=0.24, trust=0.26, powerlessness=0.42, love=0.34, self_connection=0.28,
                interdependence=0.22, commitment=0.12, intimacy=0.34, partner_quality=0.26,
                recommend=0.18,
            ),
            mistaken_for=("adversary", "old_friend", "stranger"),
            wishes=("best_friend", "stranger", "buddy"),
            gap=22, evenness=1.8, life=300, age=0.84, single=0.0, categories=6.0, promo=0.14,
            complains=0.6, leaves=0.55, breaks=0.85, escalates=0.24, settled=0.40, call=0.8,
            chat=0.9, support=0.7, feedback=0.8, reviews=0.6, comments=0.4, posts=0.2,
            referrals=0.4, community=0.3, visits=5.0, logins=4.0, warmth=-0.12, opens=0.28,
            clicks=0.16, opts_out=0.02, lingers=40, replies=0.6, contract=0.03,
        ),
        "adversary": Behaviour(
            # out to harm: disputes, says so in public, and goes on after the last order
            answers=Answers(
                satisfaction=0.10, trust=0.10, powerlessness=0.56, love=0.05, self_connection=0.06,
                interdependence=0.16, commitment=0.08, intimacy=0.08, partner_quality=0.10,
                recommend=0.04,
            ),
            mistaken_for=("captive", "ex_friend", "commanding"),
            wishes=("stranger", "commanding"),
            gap=55, evenness=1.1, life=420, age=0.6, categories=3.5, promo=0.30, returns=0.24,
            complains=0.85, grumbles=0.10, leaves=0.30, breaks=0.5, escalates=0.45, settled=0.5,
            call=1.6, chat=0.9, support=0.8, requests=0.4, disputes=1.1, ideas=0.03, feedback=0.6,
            reviews=1.1, comments=0.9, posts=0.9, referrals=0.02, community=0.2, visits=3.0,
            logins=2.0, warmth=-0.62, opens=0.24, clicks=0.10, opts_out=0.022, lingers=200,
            replies=0.9,
        ),
        "teammate": Behaviour(
            # a goal in common: use of what helps, and company of others
            answers=Answers(
                satisfaction=0.70, trust=0.68, powerlessness=0.18, love=0.46, self_connection=0.60,
                interdependence=0.58, commitment=0.56, intimacy=0.40, partner_quality=0.68,
                recommend=0.70,
            ),
            mistaken_for=("business_partner", "buddy", "disciple"),
            gap=30, evenness=2.0, life=1300, categories=5.5, promo=0.22, call=0.3, chat=0.8,
            support=0.5, ideas=0.55, feedback=0.8, reviews=0.45, comments=1.0, posts=0.5,
            referrals=0.5, community=2.4, visits=8.0, logins=18.0, warmth=0.24, opens=0.44,
            clicks=0.34, replies=1.4,
        ),
        "compartment_friend": Behaviour(
            # a friend for one occasion: one category, one season, every year
            answers=Answers(
                satisfaction=0.72, trust=0.62, powerlessness=0.20, love=0.50, self_connection=0.34,
                interdependence=0.24, commitment=0.38, intimacy=0.34, partner_quality=0.64,
                recommend=0.62,
            ),
            mistaken_for=("buddy", "old_friend", "secret_affair"),
            gap=16, evenness=1.6, life=1800, age=0.80, single=0.02, season=0.65, categories=1.6,
            novelty=0.04, promo=0.22, call=0.2, chat=0.4, support=0.3, ideas=0.1, feedback=0.3,
            reviews=0.4, comments=0.3, posts=0.2, referrals=0.3, community=0.25, visits=4.0,
            logins=2.5, warmth=0.22, opens=0.26, clicks=0.22, contract=0.03,
        ),
        "disciple": Behaviour(
            # learns: reads everything and follows advice
            answers=Answers(
                satisfaction=0.80, trust=0.84, powerlessness=0.44, love=0.66, self_connection=0.66,
                interdependence=0.56, commitment=0.66, intimacy=0.40, partner_quality=0.86,
                recommend=0.80,
            ),
            mistaken_for=("fan", "committed_partner", "teammate"),
            gap=30, evenness=1.9, life=1500, age=0.62, categories=6.5, novelty=0.26, promo=0.12,
            returns=0.02, complains=0.15, leaves=0.06, call=0.5, chat=1.2, support=1.6, ideas=0.08,
            feedback=0.3, reviews=0.5, comments=0.4, posts=0.3, referrals=0.5, community=0.7,
            visits=20.0, logins=9.0, warmth=0.34, opens=0.72, clicks=0.56, opts_out=0.001,
            replies=1.5,
        ),
        "fan": Behaviour(
            # adores from afar: launches, and everybody shall know
            answers=Answers(
                satisfaction=0.82, trust=0.66, powerlessness=0.34, love=0.92, self_connection=0.84,
                interdependence=0.50, commitment=0.56, intimacy=0.36, partner_quality=0.72,
                recommend=0.92,
            ),
            mistaken_for=("disciple", "best_friend", "fling"),
            gap=48, evenness=0.9, burst=2.2, life=1200, categories=5.0, novelty=0.30, promo=0.08,
            returns=0.03, leaves=0.06, call=0.1, chat=0.4, support=0.3, ideas=0.3, feedback=0.4,
            reviews=1.1, comments=2.2, posts=3.0, referrals=1.0, community=1.1, visits=18.0,
            logins=7.0, warmth=0.55, opens=0.64, clicks=0.52, opts_out=0.001, lingers=150,
            replies=1.6, contract=0.02,
        ),
        "old_friend": Behaviour(
            # rare, warm, since ever: always the same thing
            answers=Answers(
                satisfaction=0.74, trust=0.74, powerlessness=0.18, love=0.60, self_connection=0.48,
                interdependence=0.20, commitment=0.50, intimacy=0.48, partner_quality=0.68,
                recommend=0.66,
            ),
            mistaken_for=("best_friend", "compartment_friend", "acquaintance"),
            gap=88, evenness=1.8, burst=1.0, life=3000, age=0.88, single=0.01, categories=2.2,
            novelty=0.03, promo=0.08, returns=0.02, leaves=0.05, call=0.35, chat=0.2, support=0.2,
            requests=0.05, ideas=0.06, feedback=0.25, reviews=0.25, comments=0.2, posts=0.1,
            referrals=0.3, community=0.12, visits=1.8, logins=1.2, warmth=0.34, opens=0.28,
            clicks=0.14, opts_out=0.002, replies=0.9, contract=0.02,
        ),
    }
)
# fmt: on
