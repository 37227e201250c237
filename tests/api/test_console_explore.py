"""The console's pages Explore, Guarantees and Dashboard in a real browser, over a small book."""

import json
from pathlib import Path

import pytest
from support.console import DESK, HOSTILE, PHONE, browsing

POSITIONS = "document.querySelector('.drawn').network.getPositions()"
LABELS = "document.querySelector('.drawn').network.body.data.nodes.get().map(({ label }) => label)"


def explore(seen, *nodes):
    """The page Explore begun with these nodes, the last of which is chosen."""
    page = seen.go("explore?" + "&".join(f"node={node}" for node in nodes))
    page.wait_for_selector(f".chosen .code:has-text('{nodes[-1].partition(':')[2]}')")
    return page


def drawn(page):
    """How many nodes the page says that it shows."""
    return int(page.text_content(".count").split()[1])


# -- Explore


def test_a_search_puts_a_node_in_and_opens_it(seen):
    page = seen.go("explore")
    page.keyboard.press("/")
    page.keyboard.type("company:C0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chosen .code:has-text('C0')")
    assert {"company:C0", "company:C1", "company:C2"} <= page.evaluate(POSITIONS).keys()


def test_opening_a_node_moves_none_that_stands_by_a_pixel(seen):
    page = explore(seen, "applicant:R0")
    before = page.evaluate(POSITIONS)
    page.evaluate("document.querySelector('.drawn').network.moveNode('applicant:R0', 333, -77)")
    for node in [node for node in before if node.startswith(("device:", "application:"))]:
        stood = page.evaluate(POSITIONS)
        explore_more(page, node)
        stands = page.evaluate(POSITIONS)
        assert {name: stands[name] for name in stood} == stood
    assert len(stands) > len(before)
    assert stands["applicant:R0"] == {"x": 333, "y": -77}


def explore_more(page, node):
    """Open a node as a double click on it does."""
    page.evaluate(f"document.querySelector('.drawn').network.body.emitter.emit('doubleClick', {{ nodes: ['{node}'] }})")
    page.wait_for_selector(f".chosen .code:has-text('{node.partition(':')[2]}')")


def test_undo_goes_back_to_what_stood_before(seen):
    page = explore(seen, "company:C0")
    before = page.evaluate(POSITIONS)
    page.click(".chosen button:has-text('移出')")
    page.wait_for_selector(".chosen", state="detached")
    assert "company:C0" not in page.evaluate(POSITIONS)
    page.click("text=撤销")
    page.wait_for_selector(f".count:has-text('图中 {len(before)} 个')")
    assert page.evaluate(POSITIONS) == before


def test_shortest_paths_between_ends_come_in_and_stand_out(seen):
    page = explore(seen, "applicant:R0")
    page.click("text=作为路径端点")
    page.fill("[data-search]", "applicant:R2")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chosen .code:has-text('R2')")
    page.click("text=作为路径端点")
    page.click("text=查最短路径")
    page.wait_for_selector(".told:has-text('最短路径')")
    nodes = "document.querySelector('.drawn').network.body.data.nodes.get()"
    faint = page.evaluate(f"{nodes}.filter(({{ opacity }}) => opacity < 1).length")
    assert 0 < faint < drawn(page)


def test_a_view_is_kept_shared_and_opened_with_its_places(seen, served, console_browser):
    page = explore(seen, "company:C0")
    page.evaluate("document.querySelector('.drawn').network.moveNode('company:C0', -640, 210)")
    page.click("text=保存视图")
    page.fill("dialog input[name=name]", "甲公司周围")
    page.select_option("dialog select", "yes")
    page.click("dialog .primary")
    page.wait_for_selector(".done:has-text('已保存')")
    stood = page.evaluate(POSITIONS)
    with browsing(console_browser, served) as other:
        theirs = other.sign_in(role="viewer", language="zh")
        other.go("explore")
        theirs.click(".views-box summary")
        theirs.click("text=甲公司周围")
        theirs.wait_for_selector(".done:has-text('已打开')")
        assert theirs.evaluate(POSITIONS) == stood


def test_a_picture_is_saved_as_json_with_its_places_and_no_raw_value(seen):
    page = explore(seen, "applicant:R0")
    with page.expect_download() as saved:
        page.click("text=JSON")
    text = Path(saved.value.path()).read_text("utf-8")
    nodes = {node["node"]: node for node in json.loads(text)["nodes"]}
    assert nodes.keys() == page.evaluate(POSITIONS).keys()
    assert {"x", "y", "kind", "label"} <= nodes["applicant:R0"].keys()
    assert "13700000000" not in text


def test_kinds_are_hidden_and_shown_and_colours_have_marks(seen):
    page = explore(seen, "applicant:R0")
    page.click(".legend button:has-text('电话')")
    nodes = "document.querySelector('.drawn').network.body.data.nodes.get()"
    hidden = page.evaluate(f"{nodes}.filter(({{ hidden }}) => hidden).map(({{ id }}) => id)")
    assert hidden and all(node.startswith("phone:") for node in hidden)
    page.select_option("select[name=by]", "risk")
    labels = page.evaluate(LABELS)
    assert any(label.split("\n")[0] in ("■", "▲", "◆", "●") for label in labels)


def test_in_english_the_picture_is_in_english(console_browser, served):
    with browsing(console_browser, served) as seen:
        page = seen.sign_in(language="en")
        explore(seen, "company:C0")
        edges = "document.querySelector('.drawn').network.body.data.edges.get().map(({ label }) => label)"
        assert "CNY 1,000,000" in page.evaluate(edges)
        explore(seen, "applicant:R0")
        assert any(label.startswith("Phone\n") for label in page.evaluate(LABELS))
        circle(seen)
        assert "CNY 1,000,000" in page.evaluate(LABELS)
        told = page.text_content(".page")
        assert "担保圈贷款余额" in told and "Balance of the circle" in told
        assert (seen.messages, seen.strangers()) == ([], [])


# -- Guarantees


def circle(seen):
    """The page of the circle of three."""
    page = seen.go("guarantees")
    page.click("tbody a")
    page.wait_for_selector(".page.guarantees .head h1")
    page.wait_for_selector(".drawn[data-drawn]")
    return page


def test_a_default_is_followed_step_by_step_in_the_picture(seen):
    page = circle(seen)
    page.click(".side tbody tr:has-text('甲公司')")
    page.click("text=若 甲公司 违约")
    page.wait_for_selector(".plans .reason")
    assert any("✕ 违约" in label for label in page.evaluate(LABELS))
    page.click(".plans button:has-text('▶')")
    assert any("被代偿" in label for label in page.evaluate(LABELS))
    page.click("text=清除标示")
    assert not any("✕" in label for label in page.evaluate(LABELS))


def test_a_cut_plan_names_what_to_replace(seen):
    page = circle(seen)
    page.click("text=拆圈方案")
    page.wait_for_selector(".plans .plain li")
    assert "100万元" in page.text_content(".plans .plain li")


def test_the_supervisory_table_is_saved_and_a_name_that_is_a_formula_is_text(seen):
    page = seen.go("guarantees")
    with page.expect_download() as saved:
        page.click("text=CSV")
    head, row = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert head.startswith('"担保圈编号","担保圈名称"')
    assert len(row.split(",")) == len(head.split(","))


def test_a_hostile_name_is_text(seen):
    page = circle(seen)
    assert HOSTILE in page.text_content(".side")
    assert page.evaluate("window.hacked") is None


# -- Dashboard and all three


def test_the_dashboard_counts_open_cases_and_leads_to_them(seen):
    page = seen.go("dashboard")
    page.click(".figures a:has-text('1') >> nth=0")
    page.wait_for_selector(".page.alerts h1")
    assert "colour=" in page.evaluate("location.hash")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_with_pictures_are_no_wider_than_their_window(console_browser, served, size):
    with browsing(console_browser, served, size) as seen:
        for language in ("zh", "en"):
            page = seen.sign_in(language=language)
            for show in (lambda: explore(seen, "applicant:R0"), lambda: circle(seen)):
                show()
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert (seen.messages, seen.strangers()) == ([], [])
