"""The page of the features says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import customerintel as ci
from customerintel.tables.feature_definitions import features_for

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "features.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+) \| (.+?) \| (.+?) \|$", re.MULTILINE)

HISTORY = ci.TransactionLog.from_frame(
    {"customer_id": [1, 1], "timestamp": ["2024-01-05", "2024-01-09"]}
).as_of("2024-02-01")


def test_every_feature_has_its_row():
    rows = {name: rest for name, *rest in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert tuple(rows) == HISTORY.features().names
    for name, feature in features_for((30, 90, 180), 90).items():
        unit, formula, source, undefined = rows[name]
        assert formula
        assert (unit, source, undefined) == (feature.unit, feature.source, feature.undefined), name


def test_every_feature_has_one_line():
    definitions = HISTORY.features(windows=(7,), ahead=28).definitions
    assert definitions["gap_mean"] == (
        "recency / frequency: the mean gap [days]; defined here; NaN: without a repeat purchase"
    )
    assert definitions["spend_7d"].startswith("net amount of the rows of the last 7 days [money]")
    assert "in the 28 days after" in definitions["season_share"]
    for line in definitions.values():
        assert "\n" not in line
        assert line.count("; NaN: ") == 1


def test_the_sources_are_told_in_full():
    text = PAGE.read_text(encoding="utf-8")
    cited = " ".join(feature.source for feature in features_for((), 90).values())
    for year in set(re.findall(r"\d{4}", cited)):
        assert re.search(rf"^- .*\({year}\)\. ", text, re.MULTILINE), year
