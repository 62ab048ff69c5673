"""The page in a real browser: nothing is loaded, nothing overflows, all can be read."""

from __future__ import annotations

import shutil

import pytest

from customerintel.report.markup import Card, cards
from customerintel.report.numbers import money
from customerintel.report.page import Section, assemble

WIDTHS = {"telephone": (390, 844), "desk": (1280, 900)}
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--no-first-run",
)  # fmt: skip
#: Relative luminance and contrast of WCAG 2.1, of text on what lies behind it.
CONTRAST = """(selector) => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = parse(c).map((v) => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; const p = parse(c);
    if (p.length < 4 || p[3] > 0) return c; } return 'rgb(255,255,255)'; };
  return Math.min(...[...document.querySelectorAll(selector)].map((e) => {
    const a = light(getComputedStyle(e).color), b = light(behind(e));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }));
}"""


@pytest.fixture(scope="module")
def browser():
    """Chromium, if there is one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "google-chrome", "chromium-browser")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=path, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["shop_page", "library_page"])
def saved(request, tmp_path_factory):
    """A page and its file."""
    page = request.getfixturevalue(request.param)
    return page, page.save(tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def opened(browser, saved):
    """Return what opens the file and notes what goes wrong."""
    contexts, wrong = [], []

    def open_(width="desk", scheme="light", *, script=True):
        wide, high = WIDTHS[width]
        context = browser.new_context(
            viewport={"width": wide, "height": high},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        tab = context.new_page()

        def route(asked):
            if asked.request.url.startswith("file://"):
                asked.continue_()
            else:
                wrong.append(asked.request.url)
                asked.abort()

        tab.route("**/*", route)
        tab.on("console", lambda told: wrong.append(told.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.goto(saved[1].as_uri())
        return tab

    yield open_
    for one in contexts:
        one.close()
    assert wrong == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_section_is_seen_and_nothing_overflows(opened, saved, width):
    tab = opened(width)
    wide = WIDTHS[width][0]
    for name in saved[0].sections:
        box = tab.locator(f"section#{name}").bounding_box()
        assert box["height"] > 60
        assert box["width"] <= wide
    assert tab.evaluate("document.documentElement.scrollWidth") <= wide
    # texts of charts stay inside, and can be read
    outside = """[...document.querySelectorAll('svg.chart')].flatMap((svg) => {
      const box = svg.getBoundingClientRect();
      return [...svg.querySelectorAll('text')].filter((t) => { const b = t.getBoundingClientRect();
        return b.left < box.left - 1 || b.right > box.right + 1 || b.top < box.top - 1
          || b.bottom > box.bottom + 1; }).map((t) => t.textContent); })"""
    assert tab.evaluate(outside) == []
    size = """Math.min(...[...document.querySelectorAll('svg.chart text')].map((t) => {
      const m = t.getScreenCTM();
      return parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.a, m.b); }))"""
    assert tab.evaluate(size) >= 8.0
    # long tables are open where there is room
    folded = tab.locator("details.wide:not([open])").count()
    assert (folded == 0) == (width == "desk")
    # also with all tables open
    tab.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= wide


@pytest.mark.parametrize("wide", [320, 390])
def test_long_amounts_stay_in_their_cards(browser, tmp_path, wide):
    made = [28_911_407.9, 123_456.0, -998_765.4, 1.5e300, 8.91e14]
    body = cards([Card("Net spend", money(x, "EUR")) for x in made])
    body += cards([Card("Customers", "x" * 60)])
    path = tmp_path / "cards.html"
    path.write_text(
        assemble("A shop", "", [Section("one", "One", "One", body=body)], moment="2024-01-01"),
        encoding="utf-8",
    )
    tab = browser.new_page(viewport={"width": wide, "height": 800})
    tab.goto(path.as_uri())
    out = """[...document.querySelectorAll('.card')].filter((e) => e.scrollWidth > e.clientWidth
      || e.getBoundingClientRect().right > innerWidth).length"""
    assert tab.evaluate("document.documentElement.scrollWidth") <= wide
    assert tab.evaluate(out) == 0
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(opened, scheme):
    tab = opened("desk", scheme)
    back = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, back[4:-1].split(","))) < 200) == (scheme == "dark")
    for what in ("p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "a", "summary", "figcaption"):
        assert tab.evaluate(CONTRAST, f"main {what}, header {what}") >= 4.5, what
    # charts follow the theme of the page, which can be changed
    line = "getComputedStyle(document.querySelector('svg.chart text')).fill"
    ink = tab.evaluate(line)
    tab.click("button.theme")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != back
    assert tab.evaluate(line) != ink


def test_it_is_read_without_a_script(opened, saved):
    tab = opened("telephone", script=False)
    assert tab.locator("main > section").count() == len(saved[0].sections)
    assert not tab.locator("button.theme").is_visible()
    tab.locator("figure summary").first.click()
    assert tab.locator("figure table").first.is_visible()
    charts = tab.locator("figure").count()
    assert charts >= 12
    assert tab.locator("figure svg[role=img][aria-label]").count() == charts
    assert tab.locator("figure table").count() == charts


def test_where_there_is_room_the_table_stands_beside_a_chart_that_is_alone(opened):
    tab = opened("desk", script=False)
    drawn = tab.locator("#fig-lorenz svg").bounding_box()
    told = tab.locator("#fig-lorenz table").bounding_box()
    assert told["x"] >= drawn["x"] + drawn["width"]
    assert not tab.locator("#fig-lorenz summary").is_visible()
    # all long tables are open
    assert tab.locator("details.wide").count() >= 1
    assert all(one.is_visible() for one in tab.locator("details.wide table").all())
    narrow = opened("telephone", script=False)
    assert not narrow.locator("#fig-lorenz table").is_visible()
    assert not narrow.locator("details.wide table").first.is_visible()
    assert narrow.locator("details.wide summary").first.is_visible()


def test_print_opens_all_tables_and_hides_what_is_clicked(opened):
    tab = opened("desk", "dark")
    tab.emulate_media(media="print")
    assert not tab.locator("nav").is_visible()
    assert not tab.locator("button.theme").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator("figure table").first.is_visible()
    assert not tab.locator("summary").first.is_visible()
    # about as wide as paper
    tab.set_viewport_size({"width": 688, "height": 970})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 688
    apart = """[...document.querySelectorAll('figure')].filter((f) => f.querySelector('table')
      .getBoundingClientRect().right > f.getBoundingClientRect().right + 1).map((f) => f.id)"""
    assert tab.evaluate(apart) == []
