from __future__ import annotations

import numpy as np
import pytest

from customerintel.exceptions import InvalidArgumentError
from customerintel.lookalike.audience_fairness import fairness_of
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


def test_few_people_are_not_told_of(people):
    band = people["age_band"].copy()
    band[:4] = "very old"
    scores = np.random.default_rng(0).permutation(np.linspace(1.0, 0.0, N))
    fairness = fairness_of(
        scores, scores > 0.8, read_traits({"a": band}, names=["a"]),
        read_traits({"noise": people["noise"]}), level=0.95, min_cell=10, kind=Kind("dict"),
    )  # fmt: skip
    rates = fairness.groups["a"]
    hidden = [name for name, gone in zip(rates.group, rates.suppressed, strict=True) if gone]
    # the four, and the next smallest, without whom the total would tell them
    assert "very old" in hidden
    assert len(hidden) == 2
    assert np.isnan(rates.ratio[rates.suppressed]).all()


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
