"""What customers want, what they are given, and the action that follows."""

from __future__ import annotations

import numpy as np
import pytest
from relationships.gap_shops import FOUR, MONTHLY, WEEKLY, log_of, mails, shop
from relationships.hand_made import history_of, sure_of

from customerintel.exceptions import DataQualityWarning
from customerintel.relationships import gap_actions
from customerintel.relationships.classification import classify
from customerintel.relationships.delivered import delivered_to, on_scale_of
from customerintel.relationships.gap_actions import ACTIONS, DIRECTIONS, Case, act, distances
from customerintel.relationships.gap_comparison import gaps
from customerintel.relationships.ranks import Scale
from customerintel.relationships.relationship_type import DIMENSIONS
from customerintel.relationships.simulation import simulate
from customerintel.relationships.type_registry import types
from customerintel.tables.survey_log import SurveyLog

D = {name: place for place, name in enumerate(DIMENSIONS)}


def test_a_rank_is_the_quantile_of_the_prototypes():
    ranks = np.array([0.0, 0.125, 0.25, 0.5, 0.875, 0.99, np.nan])
    # four values at 1/8, 3/8, 5/8 and 7/8, in any order
    found = on_scale_of(np.array([0.9, 0.1, np.nan, 0.5, 0.3]), ranks)
    np.testing.assert_allclose(found, [0.1, 0.1, 0.2, 0.4, 0.9, 0.9, np.nan])
    assert on_scale_of(np.array([0.4]), ranks[:2]).tolist() == [0.4, 0.4]
    assert np.isnan(on_scale_of(np.array([np.nan]), ranks)).all()


def test_a_base_as_a_whole_is_treated_like_the_types_as_a_whole():
    values = np.random.default_rng(1).gamma(2.0, size=6_000)
    for own in types("core").prototypes[:, [D["intensity"], D["socio_emotional"]]].T:
        found = on_scale_of(own, Scale.of(values).rank(values))
        assert found.mean() == pytest.approx(own.mean(), abs=0.001)
        assert (found.min(), found.max()) == (own.min(), own.max())


def scaled(name, ranks):
    return on_scale_of(types("core").prototypes[:, D[name]], np.array(ranks)).tolist()


def test_intensity_is_messages_per_month_and_none_is_least():
    table = shop([*mails(1, WEEKLY), *mails(2, MONTHLY), *mails(9, WEEKLY)])
    found = delivered_to(table).levels[:, D["intensity"]]
    np.testing.assert_allclose(found, scaled("intensity", [0.875, 0.625, 0.25, 0.25]))


def test_a_message_that_was_sent_and_delivered_counts_once():
    sent = [(1, day, "email_sent", "outbound", "email", "a") for day in MONTHLY]
    both = delivered_to(shop([*mails(1, MONTHLY), *sent, *mails(2, MONTHLY)]))
    assert both.levels[0, D["intensity"]] == both.levels[1, D["intensity"]]


def test_persons_and_messages_outside_campaigns_are_socio_emotional():
    rows = [*mails(1, MONTHLY), *mails(2, MONTHLY, None)]
    rows += [(3, day, "call", "outbound", "phone", None) for day in MONTHLY]
    found = delivered_to(shop(rows)).levels[:, D["socio_emotional"]]
    np.testing.assert_allclose(found[:3], scaled("socio_emotional", [1 / 6, 1 / 2, 5 / 6]))
    assert found[0] < found[1] < found[2]
    assert np.isnan(found[3])


def test_regular_messages_have_duration():
    odd = ["2024-02-01", "2024-02-02", "2024-02-03", "2024-11-01", "2024-11-02"]
    found = delivered_to(shop([*mails(1, WEEKLY), *mails(2, odd), *mails(3, odd[:3])]))
    duration = found.levels[:, D["duration"]]
    np.testing.assert_allclose(duration[:2], scaled("duration", [0.75, 0.25]))
    assert np.isnan(duration[2:]).all()


def test_reciprocity_is_answers_by_their_speed():
    ask = "support_request"
    rows = [
        (1, "2024-05-01T00:00", ask, "inbound", "email", None),
        (1, "2024-05-01T06:00", "delivered", "outbound", "email", None),
        (2, "2024-05-01T00:00", ask, "inbound", "email", None),
        (2, "2024-05-05T00:00", "delivered", "outbound", "email", None),
        (3, "2024-05-01T00:00", ask, "inbound", "email", None),
        (3, "2024-05-01T06:00", "delivered", "outbound", "email", "a campaign is no answer"),
        (4, "2024-12-30T00:00", ask, "inbound", "email", None),
    ]
    found = delivered_to(shop(rows)).levels[:, D["reciprocity"]]
    np.testing.assert_allclose(found[:3], scaled("reciprocity", [5 / 6, 1 / 2, 1 / 6]))
    assert np.isnan(found[3])  # it may still be answered
    settled = ["2024-05-03T00:00", None, "2024-05-01T01:00", None, None, None, None]
    found = delivered_to(shop(rows, resolved_at=settled)).levels[:, D["reciprocity"]]
    assert found[1] > found[0]  # a quarter of a day still comes before two
    assert found[2] == scaled("reciprocity", [1 / 6])[0]


def test_an_answer_to_another_customer_is_none():
    rows = [
        (1, "2024-05-01T00:00", "idea", "inbound", "email", None),
        (2, "2024-05-01T01:00", "delivered", "outbound", "email", None),
    ]
    rows.append((2, "2024-05-01T00:00", "idea", "inbound", "email", None))
    found = delivered_to(shop(rows)).levels[:, D["reciprocity"]]
    np.testing.assert_allclose(found[:2], scaled("reciprocity", [0.25, 0.75]))


def test_valence_is_settled_less_open_complaints():
    rows = [(who, f"2024-05-0{k}", "complaint", "inbound", "email", None)
            for who, n in ((1, 2), (2, 3), (3, 1)) for k in range(1, n + 1)]  # fmt: skip
    settled = ["2024-05-09", "2024-05-09", None, None, None, "2025-03-01"]
    found = delivered_to(shop(rows, resolved_at=settled))
    np.testing.assert_allclose(found.levels[:3, D["valence"]], [2 / 3, -3 / 4, -1 / 2])
    assert np.isnan(found.levels[3, D["valence"]])
    assert found.open_complaints.tolist() == [0, 3, 1, 0]


def test_the_tone_of_what_is_sent_is_valence_too():
    rows = [
        *mails(1, MONTHLY[:2]),
        *mails(2, MONTHLY[:2]),
        (2, "2024-03-05", "complaint", "inbound", "email", None),
    ]
    feeling = [0.5, -0.1, None, -0.5, -1.0]
    settled = [None, None, None, None, "2024-03-06"]
    history = history_of(FOUR)
    log = log_of(rows, sentiment=feeling, resolved_at=settled)
    table = sure_of(("buddy",) * 4, history=history, interactions=log)
    valence = delivered_to(table).levels[:, D["valence"]]
    np.testing.assert_allclose(valence[:2], [0.2, (0.5 - 0.5) / 2], atol=1e-7)
    assert np.isnan(valence[2:]).all()


def test_messages_all_of_one_moment_have_no_regularity():
    found = delivered_to(shop(mails(1, ["2024-02-01"] * 6)))
    assert np.isnan(found.levels[:, D["duration"]]).all()


def test_lock_in_is_power_and_takes_voluntariness():
    table = shop(mails(1, MONTHLY), columns={"lock_in": [1.0, 0.0, np.nan, 0.5]})
    found = delivered_to(table).levels
    np.testing.assert_array_equal(found[:, D["power"]], [1, 0, np.nan, 0.5])
    np.testing.assert_array_equal(found[:, D["voluntariness"]], [0, 1, np.nan, 0.5])


def test_distances_are_parts_of_the_span_over_what_both_have():
    wanted = np.array([[1, 0.5, 0, 0.5, np.nan, 0, 0, 0.5]])
    given = np.array([[-1, 0.5, 1, np.nan, 1, np.nan, np.nan, 0.5]])
    gap, nearer = distances(wanted, given)
    assert gap[0] == pytest.approx(np.sqrt((1 + 0 + 0.25 + 0) / 4))
    assert nearer[0] == 0.0
    assert np.isnan(distances(wanted, np.where(np.arange(8) == 1, given, np.nan))[0][0])
    poles = np.array([[1, 1, 1, 1, 1, 1, 1, 1], [-1, 0, -1, 0, 0, 0, 0, 0]], float)
    assert distances(poles[:1], poles[1:])[0][0] == 1.0


def case(**said):
    n = max((len(np.atleast_1d(v)) for v in said.values()), default=1)
    no = np.zeros(n, bool)
    given = dict.fromkeys(("leaving", "complaint", "locked", "powerless", "negative"), no)
    given |= {"gap": np.full(n, 0.1), "closeness": np.zeros(n)}
    return Case(**{**given, **{name: np.atleast_1d(value) for name, value in said.items()}})


YES = np.array([True])


@pytest.mark.parametrize(
    ("said", "action", "rule"),
    [
        ({"leaving": YES, "complaint": YES, "negative": YES}, "release", 1),
        ({"complaint": YES, "locked": YES, "powerless": YES}, "repair", 2),
        ({"locked": YES, "negative": YES}, "release", 3),
        ({"locked": YES, "powerless": YES}, "release", 3),
        ({"locked": YES}, "reinforce", 8),
        ({"powerless": YES}, "reinforce", 8),
        ({"negative": YES, "gap": np.array([np.nan])}, "repair", 4),
        ({"gap": np.array([np.nan])}, "unknown", 5),
        ({"gap": np.array([0.4]), "closeness": np.array([0.3])}, "respect distance", 6),
        ({"gap": np.array([0.4]), "closeness": np.array([-0.3])}, "shift", 7),
        ({"gap": np.array([0.4])}, "shift", 7),
        ({"gap": np.array([0.2]), "closeness": np.array([0.3])}, "reinforce", 8),
    ],
    ids=lambda given: "+".join(given) if isinstance(given, dict) else str(given),
)
def test_the_first_rule_that_holds_decides(said, action, rule):
    actions, rules = act(case(**said))
    assert (ACTIONS[actions[0]], rules[0]) == (action, rule)


def test_every_rule_has_words():
    from customerintel.relationships.gap_words import RULES

    assert sorted(RULES) == list(range(1, 9))
    assert gap_actions.LEAST_DIMENSIONS == 2


def flooded(**more):
    """Customer 1 is flooded, 2 is called by a person, 3 gets a letter now and then."""
    rows = mails(1, WEEKLY)
    rows += [(2, day, "call", "outbound", "phone", None) for day in MONTHLY]
    rows += mails(3, ["2024-03-01", "2024-06-01", "2024-09-02", "2024-12-01"])
    for who in (1, 2, 3):
        rows.append((who, "2024-05-01T00:00", "idea", "inbound", "email", None))
    rows.append((2, "2024-05-01T00:30", "call", "outbound", "phone", None))
    return shop(rows, **more)


def test_who_is_flooded_is_left_in_peace_and_who_is_forgotten_is_approached():
    table = flooded(desired=["basic_exchange", "best_friend", "best_friend", None])
    found = table.gaps()
    frame = found.to_frame()
    assert frame["customer_id"].tolist() == [1, 2, 3]
    assert frame["desired"].tolist() == ["basic_exchange", "best_friend", "best_friend"]
    assert frame["observed"].tolist() == ["buddy"] * 3
    assert frame["direction"].tolist() == ["too close", "mismatch", "too distant"]
    assert frame["action"].tolist() == ["respect distance", "shift", "shift"]
    assert found.gap[2] > found.gap[1]
    assert frame["reason"].tolist()[0].startswith("the treatment is closer than what is wanted; ")
    assert "reciprocity: wanted 1.00, treated as 0.25" in frame["reason"].tolist()[2]


def test_an_open_complaint_comes_first():
    rows = [*mails(1, MONTHLY), (1, "2024-11-01", "complaint", "inbound", "email", None)]
    rows.append((2, "2024-11-01", "complaint", "inbound", "email", None))
    settled = [None] * (len(rows) - 1) + ["2024-11-02"]
    table = shop(rows, desired=["buddy"], resolved_at=settled)
    found = gaps(table)
    assert found.counts()["repair"] == 1
    assert found.to_frame()["reason"].tolist()[0].startswith("open complaints: 1")
    text = found.explain(1)
    assert text.startswith("Wants buddy; observed: buddy; treated as: ")
    assert "Action: repair" in text
    assert "Open complaints: 1." in text
    assert "intensity: wanted 0.35, treated as 0.90" in text
    assert "valence and power from -1 to 1, all others from 0 to 1" in text


def test_dissatisfaction_is_a_bad_relationship_and_low_ranks_are_not():
    columns = {"satisfaction": [0.2, 0.5, np.nan, 0.9]}
    table = shop(mails(1, MONTHLY), desired=["buddy"] * 4, columns=columns)
    rules = gaps(table).rule
    assert rules[0] == 4
    assert 4 not in rules[1:]
    assert "satisfaction 0.20" in gaps(table).to_frame()["reason"].tolist()[0]
    assert "Bad signs: satisfaction 0.20." in gaps(table).explain(1)


def test_the_reason_names_a_dimension_that_says_so():
    frame = flooded(desired=["basic_exchange", "best_friend", "best_friend", "buddy"]).gaps()
    told = frame.to_frame()
    for row in told.itertuples():
        if row.direction in ("too close", "too distant"):
            named = row.reason.split("; ")[1].split(":")[0].replace("-", "_")
            assert named in ("intensity", "socio_emotional", "reciprocity")
    assert "too distant" in told["direction"].tolist()


def test_who_is_bound_and_powerless_is_released():
    columns = {"lock_in": [1.0, 1.0, 0.0, 1.0], "powerlessness": [0.9, 0.5, 0.9, np.nan]}
    table = shop(mails(1, MONTHLY), desired=["buddy"] * 4, columns=columns)
    found = gaps(table).to_frame()["action"].tolist()
    assert found[0] == "release"
    assert "release" not in found[1:]


def test_who_wants_an_enemy_is_released():
    registry = types("extended")
    table = shop(mails(1, MONTHLY), registry=registry, desired=["adversary", "buddy"])
    assert gaps(table).to_frame()["action"].tolist()[0] == "release"


def test_words_are_resolved_by_the_registry_and_strange_ones_are_counted():
    table = shop(mails(1, MONTHLY), desired=["best friends", "soulmate", None, "buddy"])
    message = r"^1 of 3 customers want a type that the registry core@1 does not have"
    with pytest.warns(DataQualityWarning, match=message) as caught:
        found = gaps(table)
    assert "soulmate" not in str(caught[0].message)
    assert found.n_unknown_answers == 1
    assert found.to_frame()["desired"].tolist() == ["best_friend", "buddy"]


def test_a_survey_counts_as_of_the_tables_moment():
    answers = SurveyLog.from_frame(
        {
            "customer_id": [1, 1, 2, 9, 3],
            "timestamp": ["2024-03-01", "2024-06-01", "2025-02-01", "2024-03-01", "2024-03-01"],
            "desired_type": ["buddy", "fling", "buddy", "buddy", "best friend"],
        }
    )
    found = gaps(flooded(), answers)
    assert found.to_frame()["customer_id"].tolist() == [1, 3]
    assert found.to_frame()["desired"].tolist() == ["fling", "best_friend"]


def test_without_wishes_there_are_no_gaps_and_without_contacts_they_are_unknown():
    with pytest.warns(DataQualityWarning, match="No customer of the table has a desired type"):
        found = gaps(flooded())
    assert len(found) == 0
    assert len(found.to_frame()) == 0
    assert len(found.summary()) == 0
    assert repr(found).startswith("Gaps(customers=0, reinforce=0")
    table = sure_of(["buddy"] * 4, history=history_of(FOUR), desired=["buddy"])
    with pytest.warns(DataQualityWarning, match="The table has no interactions"):
        found = gaps(table)
    assert found.to_frame()["action"].tolist() == ["unknown"]
    assert found.to_frame()["delivered"].tolist() == ["unknown"]
    assert "too little is known of what is delivered" in found.explain(1)


def test_the_summary_counts_every_customer_once_and_flags_what_is_few():
    table = flooded(desired=["buddy", "buddy", "fling", "buddy"])
    found = table.gaps(n_min=3)
    for by in ("action", "delivered"):
        frame = found.summary(by)
        assert frame["customers"].sum() == 4
        np.testing.assert_allclose(
            frame.groupby("desired", observed=True)["share"].sum(), [1.0, 1.0]
        )
        assert (frame["few"] == (frame["customers"] < 3)).all()
        assert (
            (frame["share_low"] <= frame["share"]) & (frame["share"] <= frame["share_high"])
        ).all()


def test_it_shows_how_many_each_action_is_for():
    found = flooded(desired=["basic_exchange", "best_friend", "best_friend"]).gaps()
    assert repr(found).startswith("Gaps(customers=3, median_gap=0.425184, reinforce=0, shift=2, ")
    assert "<th>respect_distance</th><td>1</td>" in found._repr_html_()
    assert set(found.to_frame()["direction"]) <= set(DIRECTIONS)


def test_the_type_delivered_is_the_nearest_over_what_is_known():
    table = flooded(desired=["buddy"] * 4, columns={"lock_in": [0.0] * 4})
    found = table.gaps()
    prototypes = table.types.prototypes
    spans = np.array([2, 1, 2, 1, 1, 1, 1, 1])
    for row in range(3):
        apart = (prototypes - found.levels[row]) / spans
        want = np.sqrt(np.nanmean(apart**2, axis=1))
        assert found.types[found.delivered[row]] == table.labels[int(np.argmin(want))]
        assert found.gap[row] == pytest.approx(want[table.labels.index("buddy")])


def test_in_a_simulated_shop_treatments_fit_where_they_are_the_closest():
    shop = simulate(1500, seed=1)
    table = classify(
        shop.as_of(), interactions=shop.interactions, survey=shop.survey, customers=shop.customers
    )
    found = table.gaps()
    counts = found.counts()
    for action in ("reinforce", "shift", "repair", "respect distance"):
        assert 0.1 < counts[action] / len(found) < 0.6
    near = [D["intensity"], D["socio_emotional"], D["reciprocity"]]
    closeness = np.nanmean(found.levels[:, near], axis=1)
    top = closeness >= np.quantile(closeness, 0.9)
    fits = found.direction == DIRECTIONS.index("fitting")
    wanted, plain = (
        found.desired == found.types.index(key) for key in ("best_friend", "basic_exchange")
    )
    # closeness fits those who want it, and only those
    assert fits[wanted & top].mean() > 0.2 > 0.05 > fits[wanted & ~top].mean()
    assert not fits[plain & top].any()


def test_a_simulated_shop_has_an_action_for_everybody_who_said_what_they_want():
    shop = simulate(150, seed=3, days=400)
    table = classify(shop.as_of(), interactions=shop.interactions, survey=shop.survey)
    found = table.gaps(desired=shop.survey)
    ids, *_ = shop.survey.latest_words("desired_type", int(table.moment.astype(np.int64)))
    assert len(found) == len(ids)
    assert sum(found.counts().values()) == len(found)
    assert ((found.gap >= 0) & (found.gap <= 1) | np.isnan(found.gap)).all()
    levels = found.levels[~np.isnan(found.levels)]
    assert ((levels >= -1) & (levels <= 1)).all()
    # the survey that the table was made with says the same
    np.testing.assert_array_equal(table.gaps().action, found.action)
    for who in found.customer_id[:20]:
        text = found.explain(who)
        assert str(who) not in text
        assert "Action: " in text
