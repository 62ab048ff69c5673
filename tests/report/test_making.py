"""Pages made at once, written whole, and told in words."""

from __future__ import annotations

import threading
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from report.report_logs import few

from customerintel import report
from customerintel.exceptions import InvalidArgumentError
from customerintel.report import markup
from customerintel.report import page as pages
from customerintel.report.charts import chart
from customerintel.report.drawing import columns, curves
from customerintel.report.markup import Card, cards
from customerintel.report.numbers import money, several
from customerintel.report.page import Note, Page
from customerintel.report.pictures import picture
from customerintel.report.sections import outlook, worth
from customerintel.report.warnings_told import in_plain_words, told

PAGE = Page("A shop", np.datetime64("2024-01-01"), "<!doctype html>\n", ("headline",), ())


def test_pages_made_at_once_are_alike_and_leave_nothing_behind():
    log = few(14)
    alone = report.build(log, churn=False, value=False).html
    looks, filters, show = dict(mpl.rcParams), list(warnings.filters), warnings.showwarning
    made: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: made.append(report.build(log, churn=False, value=False).html)
        )
        for _ in range(2)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [alone] * 2
    assert dict(mpl.rcParams) == looks
    assert warnings.filters == filters
    assert warnings.showwarning is show


def test_only_one_page_is_made_at_a_time(monkeypatch):
    from customerintel.report.sections import definitions

    running, most = [], []
    usual = definitions.section

    def watched(material):
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.05)
        running.pop()
        return usual(material)

    monkeypatch.setattr(definitions, "section", watched)
    log = few(14)
    threads = [
        threading.Thread(target=lambda: report.build(log, churn=False, value=False))
        for _ in range(2)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1, 1]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("before", encoding="utf-8")

    def full(self, other):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(pages.Path, "replace", full)
        with pytest.raises(InvalidArgumentError, match="No space left on device"):
            PAGE.save(target)
    assert target.read_text(encoding="utf-8") == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    assert PAGE.save(target) == target
    assert target.read_bytes() == b"<!doctype html>\n"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", ["a" * 300 + ".html", "a\0.html"], ids=["long", "null"])
def test_a_name_that_no_file_can_have_is_told(tmp_path, name):
    with pytest.raises(InvalidArgumentError, match="cannot be written"):
        PAGE.save(f"{tmp_path}/{name}")


def test_amounts_break_behind_their_currency():
    made = cards([Card("Spend", money(8_911_407.9, "EUR")), Card("Cost", money(-3480.2, "EUR"))])
    assert "<i>EUR</i> 8.91<i>\u00a0million</i>" in made
    assert "<i>\u2212EUR</i> 3,480<" in made
    assert "<dd>£17.50<" in markup.cards([Card("Spend", money(17.5, "£"))])
    assert "<dd>12\u00a0%<" in markup.cards([Card("Share", "12\u00a0%")])


def test_numbers_beyond_all_words_are_short():
    assert money(1.234e300) == "1.23\u00a0\u00d7\u00a010\u00b3\u2070\u2070"
    assert money(9.99e14) == "999\u00a0trillion"


def test_one_is_one():
    assert several(1, "row") == "1 row"
    assert several(7, "customer", least=10) == "under 10 customers"


EMPTY = {
    "columns": columns(["a", "b"], np.zeros(2), kind="count"),
    "curves": curves(np.arange(2.0), [("p", np.full(2, np.nan))], kind="percent"),
    "picture": picture(lambda ax: ax.plot([0, 1], [0, 0])),
    "no picture": picture(lambda ax: None),
}


@pytest.mark.parametrize("name", EMPTY)
def test_where_nothing_can_be_drawn_a_sentence_stands(name):
    made = chart("one", EMPTY[name], title="Title", says="Says.", head=["a"], rows=[["1"]])
    assert "<svg" not in made
    assert "There is nothing to draw" in made


WORDS = {
    "The ModifiedBetaGeoNBD fit ended on the boundary: a \u2192 0. The data do not tell its "
    "parameters apart, so there are no standard errors.": "no customer is ever lost for good",
    "1 repeat customer has a spend that is missing, zero or negative; their expected spend is "
    "NaN.": "have no value on this page",
    "rf has only 3 distinct values. See bin_sizes().": "Scores of that measure are coarse",
    "It is short. Give period='74d'.": "It is short.",
    "Set penalty=0.001.": "rest on little",
}


@pytest.mark.parametrize("text", WORDS)
def test_warnings_are_told_without_the_words_of_a_program(text):
    words = in_plain_words(text)
    assert WORDS[text] in words
    for jargon in ("NaN", "\u2192", "()", "=", "NBD", "1 repeat"):
        assert jargon not in words
    assert told([Note("core", text)], {}).count("<p>") >= 1


def test_numbers_and_verbs_of_small_groups_agree():
    said = told([Note("core", "1 customer has a total below 0."), Note("core", "x")], {})
    assert "Fewer than 10 customers have a total" in said
    twice = [Note("core", f"{n} customers have a total below 0.") for n in (3, 4)]
    assert told(twice, {}).count('class="told"') == 1


def test_tests_on_the_past_have_a_verdict():
    assert outlook._verdict(0.52, 0.43, 5_000) == "the outlook was rather too dark"
    assert outlook._verdict(0.33, 0.43, 5_000) == "the outlook was rather too bright"
    assert outlook._verdict(0.44, 0.43, 5_000) == "the outlook was about right"
    assert outlook._verdict(0.52, 0.43, 60) == "the outlook was about right"
    said = [
        worth._tested(worth._Found(None, x, 100.0, nobody_leaves=False)) for x in (70, 105, 130)
    ]
    assert [one.rpartition("it was ")[2] for one in said] == [
        "30\u00a0% too low.", "about right.", "30\u00a0% too high."
    ]  # fmt: skip


def test_a_model_in_which_nobody_leaves_is_told_of(shop_page):
    section = shop_page.html[shop_page.html.index('<section id="worth"') :]
    section = section[: section.index("</section>")]
    assert "no customer is ever lost for good" in section
    assert "Only the customers of today are counted" in section
