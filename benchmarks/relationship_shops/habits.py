"""What customers of each type are known to do and to say, as a few words per type.

A type has one way of buying (one of several), and habits that most but not all of its customers
have. `SAYS` are answers that stand out; all others are in the middle.
"""

from __future__ import annotations

#: Ways of buying of a type, one of which a customer has; the first is twice as common.
BUYS = {
    "basic_exchange": ("as_needed", "regular"),
    "business_partner": ("long_regular", "regular"),
    "fling": ("burst",),
    "best_friend": ("long_regular", "as_needed"),
    "buddy": ("sporadic", "as_needed"),
    "commanding": ("regular", "as_needed"),
    "stranger": ("one_order",),
    "acquaintance": ("rare",),
    "courtship": ("trial",),
    "committed_partner": ("long_regular",),
    "convenience": ("long_regular", "regular"),
    "captive": ("regular", "long_regular"),
    "dependent": ("extreme",),
    "secret_affair": ("as_needed", "sporadic"),
    "ex_friend": ("broken",),
    "adversary": ("broken", "sporadic"),
    "teammate": ("campaigns", "regular"),
    "compartment_friend": ("season",),
    "disciple": ("regular", "as_needed"),
    "fan": ("launches",),
    "old_friend": ("old_rare",),
}
#: Habits of the basket and of contact.
DOES = {
    "basic_exchange": ("few_aisles", "quiet"),
    "business_partner": ("broad", "ideas", "account_contact", "reads"),
    "fling": ("novel", "reads", "browses"),
    "best_friend": ("full_price", "dialogue", "refers", "forgives", "reads"),
    "buddy": ("few_aisles", "deals", "glances"),
    "commanding": ("requests", "escalates", "calls", "grumbles"),
    "stranger": ("mute",),
    "acquaintance": ("deals", "glances"),
    "courtship": ("questions", "browses", "reads"),
    "committed_partner": ("broad", "full_price", "reads", "forgives", "refers"),
    "convenience": ("one_aisle", "quiet", "bound"),
    "captive": ("bound", "grumbles", "calls"),
    "dependent": ("panics", "browses", "reads"),
    "secret_affair": ("discreet", "browses", "full_price"),
    "ex_friend": ("last_straw", "quiet"),
    "adversary": ("disputes", "detracts", "grumbles"),
    "teammate": ("community", "dialogue", "glances"),
    "compartment_friend": ("one_aisle", "glances"),
    "disciple": ("follows", "reads", "browses"),
    "fan": ("shares", "one_aisle", "reads", "community"),
    "old_friend": ("one_aisle", "glances", "full_price"),
}
#: Items that are answered high (+) or low (-), one or two notches from the middle.
SAYS = {
    "basic_exchange": "satisfaction+ trust+ love-- intimacy-- self_connection-",
    "business_partner": "partner_quality++ trust+ satisfaction+ commitment+ love-",
    "fling": "love++ commitment-- satisfaction+ interdependence-",
    "best_friend": "intimacy++ trust++ love+ recommend++ partner_quality+ self_connection+",
    "buddy": "satisfaction+ commitment- interdependence- powerlessness-",
    "commanding": "powerlessness-- partner_quality- satisfaction- self_connection+",
    "stranger": "intimacy-- love-- commitment-- interdependence-- self_connection--",
    "acquaintance": "commitment- love- intimacy- recommend-",
    "courtship": "trust- recommend+ interdependence- love+",
    "committed_partner": "commitment++ love+ trust++ interdependence++ partner_quality++",
    "convenience": "love-- commitment+ self_connection-- powerlessness+",
    "captive": "powerlessness++ satisfaction-- trust- recommend-- partner_quality-",
    "dependent": "interdependence++ powerlessness+ love++ commitment+",
    "secret_affair": "love++ recommend-- self_connection- satisfaction+",
    "ex_friend": "trust-- partner_quality- satisfaction- commitment-- intimacy+",
    "adversary": "satisfaction-- recommend-- trust-- love-- partner_quality--",
    "teammate": "self_connection++ partner_quality+ satisfaction+ recommend+",
    "compartment_friend": "satisfaction++ interdependence- commitment-",
    "disciple": "partner_quality++ trust++ powerlessness+ recommend+",
    "fan": "love++ self_connection++ recommend++ intimacy-",
    "old_friend": "love+ trust++ intimacy+ interdependence--",
}
#: Pairs that customers themselves mix up.
ALIKE = (
    ("buddy", "compartment_friend"), ("fan", "disciple"), ("teammate", "compartment_friend"),
    ("committed_partner", "best_friend"), ("acquaintance", "basic_exchange"),
    ("convenience", "basic_exchange"), ("captive", "adversary"), ("fling", "courtship"),
    ("old_friend", "best_friend"), ("buddy", "basic_exchange"), ("buddy", "best_friend"),
    ("business_partner", "best_friend"), ("commanding", "business_partner"),
    ("stranger", "acquaintance"), ("ex_friend", "adversary"), ("secret_affair", "fling"),
    ("dependent", "fan"),
)  # fmt: skip
EVERY_HABIT = tuple(dict.fromkeys(habit for habits in DOES.values() for habit in habits))
