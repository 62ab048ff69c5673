from __future__ import annotations

import itertools

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.audience_fairness import fairness_of
from customerintel.lookalike.count_ranges import CountRanges
from customerintel.lookalike.proxies import Groups, cramers_v, groups_of
from customerintel.tables.kinds import Kind
from customerintel.tables.traits import read_traits

N = 4_000


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(4)
    band = rng.integers(0, 3, N)
    return {
        "age_band": np.array(["young", "middle", "old"], object)[band],
        "income": rng.normal(size=N) + 1.5 * band,
        "noise": rng.normal(size=N),
        "city": np.array([f"c{k}" for k in rng.integers(0, 5, N)], object),
    }


@pytest.fixture(scope="module")
def found(people):
    scores = people["income"] + 2.0 * np.random.default_rng(5).normal(size=N)
    selected = scores > np.quantile(scores, 0.8)
    return fairness_of(
        scores, selected,
        read_traits({"age_band": people["age_band"]}, names=["age_band"]),
        read_traits({k: people[k] for k in ("income", "noise", "city")}),
        level=0.95, min_cell=10, kind=Kind("dict"),
    ), selected  # fmt: skip


def test_rates_are_those_of_plain_counting(people, found):
    fairness, selected = found
    rates = fairness.groups["age_band"]
    for k, band in enumerate(rates.group):
        mine = people["age_band"] == band
        if rates.suppressed[k]:
            assert np.isnan(rates.rate[k])
            continue
        assert rates.eligible[k] == mine.sum()
        assert rates.selected[k] == (mine & selected).sum()
        assert rates.rate[k] == pytest.approx(selected[mine].mean())
    top = np.nanargmax(rates.rate)
    assert rates.group[top] == "old"
    assert rates.ratio[top] == 1.0
    assert rates.below_four_fifths[rates.group.index("middle")]
    shares = [
        [(people["age_band"][m] == b).mean() for b in ("young", "middle", "old")]
        for m in (selected, slice(None))
    ]
    assert fairness.total_variation["age_band"] == pytest.approx(
        np.abs(np.subtract(*shares)).sum() / 2
    )


def test_what_stands_in_for_an_attribute_comes_first(found):
    fairness, _ = found
    proxies = fairness.proxies["age_band"]
    assert next(iter(proxies)) == "income"
    assert proxies["income"] > 0.4 > 0.06 > max(proxies["noise"], proxies["city"])
    assert fairness.score_association["age_band"] > 0.3


def audit(scores, selected, **columns):
    return fairness_of(
        scores, selected, read_traits(columns, names=[*columns]),
        read_traits({"noise": np.arange(len(scores)) % 97}), level=0.95, min_cell=10,
        kind=Kind("dict"),
    )  # fmt: skip


def test_few_people_are_told_of_together_or_not_at_all(people):
    scores = np.random.default_rng(0).permutation(np.linspace(1.0, 0.0, N))
    few, some = people["age_band"].copy(), people["age_band"].copy()
    few[:4] = "very old"
    some[:4], some[4:11] = "very old", None
    # eleven people who are chosen with others, and four who are not to be told
    found = audit(scores, scores > 0.5, few=few, some=some)
    a, b = found.groups["few"], found.groups["some"]
    assert a.group == ("middle", "old", "young", "(too few to tell)")
    assert np.isnan([a.eligible[-1], a.selected[-1], a.ratio_upper[-1]]).all()
    assert a.suppressed.tolist() == [False, False, False, True]
    # the four are in no number of the other attribute either, whose last seven are too few then
    assert b.group[-1] == "(too few to tell)"
    assert found.n_eligible == N - 11 == a.eligible[:3].sum() == b.eligible[:3].sum()
    alone = audit(scores, scores > 0.5, some=some)
    assert alone.groups["some"].group == ("middle", "old", "young", "(others)")
    assert alone.groups["some"].eligible[-1] == 11.0


def test_few_who_were_selected_are_judged_by_a_bound():
    band = np.repeat(np.array(["f", "m"], object), [2_308, 3_054])
    selected = np.zeros(len(band), bool)
    selected[:5] = selected[-263:] = True
    found = audit(selected + 0.0, selected, g=band)
    rates = found.groups["g"]
    assert np.isnan(rates.selected).all()
    assert rates.suppressed.tolist() == [True, False]
    # at most nine of the 268, beside 259 at least
    assert rates.ratio_upper[0] == pytest.approx((9 / 2_308) / (259 / 3_054))
    assert rates.below_four_fifths.tolist() == [True, False]
    assert rates.rate[1] == pytest.approx(263 / 3_054)
    assert rates.lowest_ratio == rates.ratio_upper[0]
    assert found.total_variation["g"] <= abs(2_308 / len(band) - 5 / 268)
    assert found.total_variation["g"] == pytest.approx(2_308 / len(band) - 9 / 268)


def test_what_cannot_be_compared_is_not_called_fair():
    band = np.full(300, "f", object)
    band[:4] = "m"
    scores = np.linspace(1.0, 0.0, 300)
    found = audit(scores, scores > 0.5, g=band)
    assert np.isnan(found.groups["g"].lowest_ratio)
    assert np.isnan(found.to_frame("attributes")["lowest_ratio"]).all()
    assert "below_four_fifths=unknown" in repr(found)
    # thirty people of whom one to nine are selected may be below four fifths, or not
    band[:], band[55:85] = "f", "x"
    rates = audit(scores, scores > 0.8, g=band).groups["g"]
    assert np.isnan(rates.lowest_ratio)
    assert not rates.known[rates.group.index("x")]


@pytest.mark.parametrize("n", [1, 5, 12, 40])
def test_a_handful_of_people_are_not_told_of(n):
    scores = np.linspace(1.0, 0.0, n)
    selected = np.arange(n) < max(1, n // 10)
    band = np.array(["a", "b", "c"], object)[np.arange(n) % 3]
    found = audit(scores, selected, g=band, one=np.full(n, "x", object))
    for part in found.parts:
        found.to_frame(part)
    rates = found.groups["g"]
    shown = rates.eligible[~np.isnan(rates.eligible)]
    assert (shown >= 10).all()
    assert np.isnan(rates.selected).all()
    assert np.isnan(rates.lowest_ratio)
    assert "below_four_fifths=unknown" in repr(found)


def test_no_arithmetic_tells_a_small_number():
    """Whoever sees what is shown, and the size of the audience, tries all that can be."""
    k, eligible = 4, np.array([12, 15, 40])
    for chosen in itertools.product(range(13), range(16), (0, 2, 9, 25, 38)):
        counts = np.array(chosen)
        small = ((counts > 0) & (counts < k)) | ((counts < eligible) & (eligible - counts < k))
        if not small.any():
            continue
        ranges = CountRanges.of(eligible, counts, k)
        assert (ranges.hidden >= small).all()
        assert ((ranges.low <= counts) & (counts <= ranges.high)).all()
        each = [range(int(a), int(b) + 1) for a, b in zip(ranges.low, ranges.high, strict=True)]
        fits = [one for one in itertools.product(*each) if sum(one) == counts.sum()]
        for place in np.flatnonzero(small):
            assert len({one[place] for one in fits}) > 1


def test_the_association_of_two_attributes_is_that_of_scipy():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 3, 500), rng.integers(0, 4, 500)
    right[:200] = left[:200]
    from scipy.stats import chi2_contingency
    from scipy.stats.contingency import crosstab

    table = crosstab(left, right).count
    phi = chi2_contingency(table, correction=False).statistic / 500 - 6 / 499
    expected = np.sqrt(phi / (min(3 - 4 / 499, 4 - 9 / 499) - 1))
    assert cramers_v(Groups(left, ("",) * 3), Groups(right, ("",) * 4)) == pytest.approx(expected)
    assert np.isnan(cramers_v(Groups(left * 0, ("",)), Groups(right, ("",) * 4)))


def test_a_number_is_told_of_by_its_quarters():
    groups = groups_of(read_traits({"x": np.array([*range(99), np.nan])}), "x", quantiles=4)
    assert groups.names == (
        "up to 24.5",
        "over 24.5 to 49",
        "over 49 to 73.5",
        "over 73.5",
        "(not given)",
    )
    assert np.bincount(groups.codes).tolist() == [25, 25, 24, 25, 1]


def test_tables(found):
    fairness, _ = found
    groups = fairness.to_frame()
    assert list(groups)[:3] == ["attribute", "group", "eligible"]
    assert fairness.to_frame("attributes")["lowest_ratio"][0] < 0.8
    assert fairness.to_frame("proxies")["trait"][0] == "income"
    assert repr(fairness).startswith("Fairness(eligible=4,000, selected=800")
    assert "<table>" in fairness._repr_html_()
    with pytest.raises(InvalidArgumentError, match="part must be one of 'groups'"):
        fairness.to_frame("group")
