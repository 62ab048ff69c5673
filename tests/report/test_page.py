"""The page: what it holds, what it must never hold, and where it is written."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from report.report_logs import few

import customerintel as ci
from customerintel import report
from customerintel.audit.core_set import core_customers
from customerintel.report.page import Note
from customerintel.report.warnings_told import told
from customerintel.tables.notices import warn_caller

ALL = (
    "headline", "segments", "core", "three_rs", "lenses", "cohorts", "unevenness", "outlook",
    "worth", "data_quality", "definitions",
)  # fmt: skip
#: Elements that are never closed.
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Tree(HTMLParser):
    """Checks that what is opened is closed, and collects ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("href", "src") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tree(page) -> Tree:
    found = Tree()
    found.feed(page.html)
    found.close()
    return found


def test_every_section_is_there_in_order(shop_page):
    assert shop_page.sections == ALL
    at = [shop_page.html.index(f'<section id="{name}"') for name in ALL]
    assert at == sorted(at)


@pytest.mark.parametrize("made", ["shop_page", "library_page"])
def test_elements_are_closed_and_ids_are_of_one_element(made, request):
    found = tree(request.getfixturevalue(made))
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    anchors = {link[1:] for link in found.links if link.startswith("#")}
    assert anchors <= set(found.ids)


@pytest.mark.parametrize("made", ["shop_page", "library_page"])
def test_nothing_is_loaded_from_anywhere(made, request):
    page = request.getfixturevalue(made)
    outside = [link for link in tree(page).links if not link.startswith(("#", "data:"))]
    assert outside == []
    assert not re.search(r"@import|url\((?!#)|<iframe|<object|fetch\(|XMLHttp", page.html)
    # names of XML vocabularies are no addresses that are visited
    assert not re.search(r"https?://(?!www\.w3\.org/)", page.html)
    assert len(page.html.encode()) < 3_000_000


def test_the_title_is_a_text_and_no_html(shop_page):
    assert "<h1>Tea &amp; &lt;Coffee&gt;</h1>" in shop_page.html
    assert "<Coffee>" not in shop_page.html
    assert "<Coffee>" not in shop_page._repr_html_()


def test_no_customer_can_be_found(shop_page, library_page):
    assert "7400" not in re.sub(r'(points|d|x|y|transform)="[^"]*"', "", shop_page.html)
    assert "customer_id" not in shop_page.html
    assert "under 10" in shop_page.html


def test_ids_are_named_only_if_asked():
    page = report.build(few(60), include_ids=True, churn=False, value=False)
    core = core_customers(few(60).as_of(str(page.moment)[:10]))
    assert "personal data" in page.html
    for one in core.customer_id.tolist():
        assert f">{one}</th>" in page.html


@pytest.mark.parametrize("made", ["shop_page", "library_page"])
def test_every_chart_has_words_a_table_and_the_colours_of_the_page(made, request):
    html = request.getfixturevalue(made).html
    charts = re.findall(r"<figure .*?</figure>", html, re.DOTALL)
    assert len(charts) >= 12
    for one in charts:
        svg = re.search(r"<svg.*?</svg>", one, re.DOTALL)[0]
        assert len(re.search(r'role="img" aria-label="([^"]*)"', svg)[1]) > 30
        assert "<figcaption><b>" in one
        assert one.count("<tr>") > 1
        assert not re.search(r"#[0-9a-f]{6}\b", svg)
        assert "<image" not in svg
        assert len(svg) < 60_000


def test_money_is_left_out_where_there_is_none(library_page):
    html = library_page.html
    assert "The log has no amounts" in html
    assert "There is no customer value: the log has no amounts." in html
    assert "Net spend" not in html
    assert ">nan" not in html.lower()
    assert "outlook" not in library_page.sections


def test_the_same_log_makes_the_same_page():
    made = [report.build(few(40), churn=False).html for _ in range(2)]
    assert made[0] == made[1]


def test_a_moment_hides_what_comes_later():
    log = few(40)
    early = report.build(log, as_of="2023-05-01", churn=False, value=False)
    narrowed = report.build(log.as_of("2023-05-01"), churn=False, value=False)
    assert early.html == narrowed.html
    assert "rows after the last day of this report were not looked at" in early.html
    assert "1\u00a0May\u00a02023" in early.html
    assert "July" not in early.html


def test_warnings_are_told_on_the_page_and_do_not_leak(monkeypatch):
    from customerintel.report.sections import core

    usual = core.section

    def warning(material):
        warn_caller("Something <odd> about the rows.")
        warn_caller("Something <odd> about the rows.")
        return usual(material)

    monkeypatch.setattr(core, "section", warning)
    page = report.build(few(), churn=False, value=False)
    assert [one.text for one in page.notes].count("Something <odd> about the rows.") == 1
    assert page.notes[0].section == "core"
    told = page.html[page.html.index('<section id="data_quality"') :]
    assert "Something &lt;odd&gt; about the rows." in told
    assert "Core customers" in told


def test_other_warnings_are_not_swallowed(monkeypatch):
    import warnings

    from customerintel.report.sections import definitions

    def warning(material):
        warnings.warn("of another library", RuntimeWarning, stacklevel=1)

    monkeypatch.setattr(definitions, "section", warning)
    with pytest.warns(RuntimeWarning, match="of another library"):
        report.build(few(), churn=False, value=False)


def test_few_customers_are_not_shown_in_groups():
    page = report.build(few())
    assert "it needs 50 customers, and there are 12." in page.html
    assert "There are not yet two months with 10 new customers" in page.html
    assert set(page.sections) == set(ALL)


def test_one_day_is_a_page_too():
    table = {"customer_id": range(30), "timestamp": ["2024-05-01"] * 30, "amount": [5.0] * 30}
    page = report.build(ci.TransactionLog.from_frame({k: list(v) for k, v in table.items()}))
    assert set(page.sections) == set(ALL)
    assert ">nan" not in page.html.lower()


def test_formats_are_those_of_the_column_that_is_named():
    rng = np.random.default_rng(1)
    table = {
        "customer_id": rng.integers(0, 80, 900),
        "timestamp": np.datetime64("2023-01-01") + np.sort(rng.integers(0, 380, 900)),
        "category": rng.choice(["garden", "kitchen"], 900),
    }
    log = ci.TransactionLog.from_frame(table)
    page = report.build(log, formats="category", churn=False)
    chart = re.search(r'<figure id="fig-formats".*?</figure>', page.html, re.DOTALL)[0]
    assert "garden" in chart
    assert "No purchases by kitchen" in page.html
    assert 'id="fig-formats"' not in report.build(log, churn=False).html


def test_rejected_rows_are_counted_by_rule():
    table = {
        "customer_id": [one for k in range(10) for one in (k, k + 10.0, None, 4.0)],
        "timestamp": ["2024-01-05", "2024-02-01", "2024-02-05", "soon"] * 10,
        "amount": [9.5, 3.0, 2.0, 1.0] * 10,
    }
    log = ci.TransactionLog.from_frame(table, on_invalid="quarantine")
    html = report.build(log).html
    assert "no customer is named" in html
    assert "the date cannot be read" in html
    assert "20 of 40 rows (50\u00a0%) could not be used" in html


def test_a_page_is_written_and_shown_in_short(shop_page, tmp_path):
    path = shop_page.save(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == shop_page.html
    assert repr(shop_page).startswith("Page(title=Tea & <Coffee>, moment=2024-")
    assert "iframe" not in shop_page._repr_html_()
    assert len(shop_page._repr_html_()) < 1_000


def test_small_numbers_in_warnings_are_not_told():
    notes = [Note("core", "9 customers are odd. So are 12 customers and 3 repeat customers.")]
    html = told(notes, {"core": "Core customers"})
    assert "Fewer than 10 customers are odd. So are 12 customers" in html
    assert "and fewer than 10 repeat customers." in html
    assert "<b>Core customers</b>" in html
    assert "Nothing" in told([], {})


def row_of(ids, days, amount, **how):
    start = np.datetime64("2004-01-01")
    table = {"customer_id": ids, "timestamp": start + np.asarray(days), "amount": amount}
    return ci.TransactionLog.from_frame(table, **how)


RNG = np.random.default_rng(0)
WHO, WHEN = RNG.integers(0, 60, 200), RNG.integers(0, 300, 200)
ODD = {
    "one row each": lambda: row_of(range(11), [0] * 11, [5.0] * 11),
    "everybody once, all free": lambda: row_of(range(80), range(80), [0.0] * 80),
    "more returned than bought": lambda: row_of(WHO, WHEN, RNG.normal(-5.0, 6.0, 200)),
    "two days": lambda: row_of(WHO, WHEN % 2, RNG.gamma(2.0, 5.0, 200)),
    "texts, and a gap of three years": lambda: row_of(
        [f"<i>{one}" for one in WHO], WHEN + 1100 * (WHEN > 150), [9.0] * 200
    ),
    "more cohorts than can be read": lambda: row_of(WHO, WHEN * 25, [9.0] * 200),
}


@pytest.mark.parametrize("given", ODD)
def test_odd_logs_are_told_of_and_do_not_fail(given):
    page = report.build(ODD[given](), churn=False, cohort_period="week")
    assert set(page.sections) == set(ALL) - {"outlook"}
    assert tree(page).open == []
    # warnings may name a parameter that goes to infinity, or a value that is NaN
    told_apart = re.sub(r'<div class="told">.*?</div>', "", page.html, flags=re.DOTALL)
    assert not re.search(r">[^<]*\b(nan|NaN|inf|NaT|None)\b", told_apart)
    assert "<i>" not in re.sub(r"<i>\u00a0\w+</i>", "", page.html)
