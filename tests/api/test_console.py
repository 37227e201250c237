"""The console: pages of the service in a real browser, over a small book, with nothing else on the network."""

import re
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from ringfence.api.access.audit import AuditLog
from support.console import DESK, HOSTILE, PHONE, browsing
from support.processes import PATIENCE_S
from support.service import bearer

ROOM = Path(str(files("ringfence.api.console")))


def cases(served):
    shown = bearer(served.keys["investigator"])
    return httpx.get(f"{served.address}/v1/cases", headers=shown, timeout=PATIENCE_S).json()["cases"]


@pytest.fixture(scope="module")
def ring(served):
    """The id of the case of the ring."""
    return next(case["id"] for case in cases(served) if "fraud_ring" in case["kinds"])


@pytest.fixture(scope="module")
def circle(served):
    """The id of the case of the three companies that guarantee each other around."""
    return next(case["id"] for case in cases(served) if "guarantee_circle" in case["kinds"])


# -- pages


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_loads_in_both_languages_without_an_error_and_no_wider_than_its_window(
    console_browser, served, ring, size
):
    with browsing(console_browser, served, size) as seen:
        page = seen.sign_in(language="zh")
        for title in ("预警", "Alerts"):
            seen.loaded("alerts")
            assert page.text_content("h1") == title
            for place in (f"case?id={ring}", "explore", "guarantees", "dashboard", "alerts"):
                seen.go(place)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
            other_language(seen)
        assert (seen.messages, seen.strangers()) == ([], [])


def other_language(seen):
    """Show the page in the other language by the button in the bar."""
    seen.page.evaluate("document.querySelector('.page').classList.add('old')")
    seen.page.click("#bar .who button[lang]")


def test_nothing_serious_stands_in_the_way_of_people_who_cannot_see_well(console_browser, served, ring):
    with browsing(console_browser, served) as seen:
        seen.page.goto(served.address)
        seen.page.wait_for_selector("form")
        found = {"sign-in": serious(seen.page)}
        seen.sign_in(language="zh")
        found["alerts"] = serious(seen.loaded("alerts"))
        found["case"] = serious(seen.go(f"case?id={ring}"))
        for language in ("zh", "en"):
            for place in ("guarantees", "dashboard", "explore?node=company:C0"):
                found[language, place] = serious(seen.go(place))
            other_language(seen)
        assert found == {place: [] for place in found}


def serious(page):
    """What axe finds that is serious or critical: the rule and where."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], [node["target"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_every_text_stands_in_both_languages_and_is_used(seen):
    texts = seen.page.evaluate("import('/console/js/words.js').then((words) => words.TEXTS)")
    assert [key for key, pair in texts.items() if len(pair) != 2 or not all(pair)] == []
    sources = "\n".join(path.read_text("utf-8") for path in ROOM.rglob("*.js"))
    named = set(re.findall(r'\bt\("([\w.]+)"', sources)) | set(re.findall(r'"([\w]+\.[\w.]+)"(?=[ ,:)])', sources))
    made = tuple(re.findall(r"\bt\(`([\w.]+)\$\{", sources))
    assert set(re.findall(r'\bt\("([\w.]+)"', sources)) - texts.keys() == set()
    assert [key for key in texts if key not in named and not key.startswith(made) and not key.endswith(".title")] == []


def test_files_are_those_of_the_room_and_nothing_beside_it(served):
    asked = {name: httpx.get(f"{served.address}/console/{name}") for name in ("js/main.js", "vis-network.js", "x.js")}
    assert [answer.status_code for answer in asked.values()] == [200, 200, 404]
    for outside in ("files.py", "..%2fsettings.py", "%2fetc%2fpasswd", "js/..%2f..%2fsettings.py"):
        assert httpx.get(f"{served.address}/console/{outside}").status_code == 404
    policy = asked["js/main.js"].headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


# -- signing in


def test_a_wrong_key_is_refused_in_one_line_and_the_key_stays_in_its_tab(console_browser, served):
    with browsing(console_browser, served) as seen:
        seen.page.goto(served.address)
        seen.page.fill("input[name=key]", "rf_wrong")
        seen.page.keyboard.press("Enter")
        assert "no such key" in seen.page.text_content(".failure")
        page = seen.sign_in()
        key = served.keys["investigator"]
        assert key in page.evaluate("JSON.stringify(sessionStorage)")
        assert key not in page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href")
        page.click("#bar .who button:last-child")
        page.wait_for_selector("form.sign-in")
        assert page.evaluate("sessionStorage.length") == 0


def test_what_a_role_may_not_do_is_not_offered(console_browser, served, ring):
    with browsing(console_browser, served) as seen:
        seen.sign_in("auditor")
        page = seen.go(f"case?id={ring}")
        assert page.locator(".do button").all_inner_texts() == ["导出证据", "下一件"]
        page.click(".side tbody tr:first-child")
        page.wait_for_selector(".node dl")
        assert page.locator(".node .quiet").count() == 0


def test_who_may_not_read_cases_is_told_who_may(console_browser, served):
    with browsing(console_browser, served) as seen:
        page = seen.sign_in("viewer")
        page.wait_for_selector(".failure")
        assert "viewer" not in page.text_content(".failure").partition(":")[2]


# -- a case


def test_a_name_from_the_data_is_text_and_never_runs(seen, circle):
    page = seen.go(f"case?id={circle}")
    assert page.locator("td", has_text=HOSTILE).count() > 0
    assert page.evaluate("window.hacked") is None


def test_a_row_marks_its_place_in_the_picture_and_a_node_marks_its_rows(seen, ring):
    page = seen.go(f"case?id={ring}")
    page.click(".side tbody tr:has-text('R3')")
    marked = page.locator("section:has(> h2:has-text('证据明细')) tr[aria-selected=true]")
    assert marked.count() > 0 and all("R3" in text or "王*" in text for text in marked.all_inner_texts())
    page.locator("section:has(> h2:has-text('证据明细')) tr", has_text="使用设备").first.click()
    chosen = page.evaluate("document.querySelector('.drawn').network.getSelection()")
    assert len(chosen["nodes"]) == 2 and len(chosen["edges"]) == 1


def test_replaying_shows_what_had_happened_and_moves_nothing(seen, ring):
    page = seen.go(f"case?id={ring}")
    where = "document.querySelector('.drawn').network.getPositions()"
    edges = "document.querySelector('.drawn').network.body.data.edges"
    faint = f"{edges}.get({{filter: (edge) => edge.color.opacity < 0.2}}).length"
    before = page.evaluate(where)
    slider = page.locator(".replay input")
    assert page.evaluate(faint) == 0
    slider.focus()
    page.keyboard.press("Home")
    assert page.evaluate(faint) > 0 and page.evaluate(where) == before
    page.keyboard.press("End")
    assert page.evaluate(faint) == 0 and page.evaluate(where) == before


def test_the_graph_is_reached_by_keys(seen, ring):
    page = seen.go(f"case?id={ring}")
    network = "document.querySelector('.drawn').network"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.placeholder") == "在图中查找（按 / 键）"
    page.keyboard.type("R5")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{network}.getSelectedNodes()") == ["applicant:R5"]
    page.focus(".drawn")
    scale, view = page.evaluate(f"{network}.getScale()"), page.evaluate(f"{network}.getViewPosition()")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{network}.getScale()") > scale
    assert page.evaluate(f"{network}.getViewPosition()")["x"] > view["x"]
    page.keyboard.press("n")
    assert page.evaluate(f"{network}.getSelectedNodes()") != ["applicant:R5"]
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash").startswith("#/explore?node=")


def test_a_masked_value_is_shown_for_a_reason_that_is_on_record(seen, served, ring):
    page = seen.go(f"case?id={ring}")
    page.click(".side tbody tr:has-text('R0')")
    page.click("[aria-label='查看完整的手机号']")
    page.fill("dialog textarea", "call the member")
    page.click("dialog .primary")
    assert page.text_content(".revealed") == "13700000000"
    (entry,) = [one for one in audit(served) if one["action"] == "api.revealed"]
    assert (entry["subject"], entry["reason"]) == ("applicant:R0 mobile", "call the member")


def audit(served):
    return AuditLog(Path(served.store.removeprefix("sqlite:///") + ".audit.db")).entries()


def test_from_the_top_alert_to_the_next_one_it_takes_twelve_clicks_at_most(console_browser, served, ring):
    with browsing(console_browser, served) as seen:
        clicks = []
        page = seen.sign_in(language="zh")  # the key, Enter

        def click(what, **more):
            clicks.append(what)
            page.click(what, **more)

        seen.loaded("alerts")
        click("tbody tr:first-child a")
        seen.loaded("case")
        click(".side tbody tr:has-text('R3')")
        click("text=在探查中打开")
        seen.loaded("explore")
        click("text=作为路径端点")
        page.fill("[data-search]", "applicant:R7")
        page.keyboard.press("Enter")
        page.wait_for_selector(".chosen .code:has-text('R7')")
        click("text=作为路径端点")
        click("text=查最短路径")
        page.wait_for_selector(".told:has-text('最短路径')")
        clicks.append("back")
        page.go_back()
        seen.loaded("case")
        click(".do .primary")
        page.fill("dialog textarea", "tied to a confirmed fraudster by a handset")
        click("dialog .primary")
        page.wait_for_selector(".head dd:has-text('确认欺诈')")
        with page.expect_download() as pack:
            click("text=导出证据")
        assert pack.value.suggested_filename == f"case-{ring}.html"
        click("text=下一件")
        page.wait_for_url(lambda url: "case?id=" in url and ring not in url)
        assert len(clicks) <= 12 and (seen.messages, seen.strangers()) == ([], [])


# -- the queue


def test_the_queue_is_opened_by_keys_and_narrowed_by_the_address(seen):
    page = seen.go("alerts")
    page.focus("tbody tr:first-child")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("Enter")
    seen.loaded("case")
    assert page.evaluate("location.hash") == f"#/case?id={second}"
    page = seen.go("alerts?kind=fraud_ring")
    assert page.locator("tbody tr").count() == 1 and "团伙" in page.text_content("tbody tr")


def test_nobody_is_told_that_there_are_no_cases_before_they_are_read(seen):
    page = seen.go("dashboard")
    held = []
    page.route("**/v1/cases?*", lambda route: held.append(route))
    page.evaluate("location.hash = '#/alerts'")
    page.wait_for_selector(".page.alerts tbody td")
    assert page.text_content(".page.alerts tbody") == "正在读取…"
    for route in held:
        route.continue_()
    page.unroute("**/v1/cases?*")
    page.wait_for_selector(".page.alerts tbody a")


def test_the_budget_says_what_a_team_can_open_today(seen):
    page = seen.go("alerts")
    assert page.input_value(".budget input") == "20"  # as the policy says
    page.fill(".budget input", "1")
    page.keyboard.press("Enter")
    assert page.locator("tr.last-within").count() == 1
    assert page.locator("tr.beyond").count() == page.locator("tbody tr").count() - 1
    assert "%" in page.text_content(".budget")


def test_several_cases_are_decided_at_once_and_one_is_put_off(seen, ring):
    page = seen.go("alerts")
    before = page.locator("tbody tr").count()
    for box in page.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()
    page.click(".batch button >> nth=0")
    page.fill("dialog textarea", "one account")
    page.click("dialog .primary")
    page.wait_for_selector("tbody td:has-text('确认欺诈') >> nth=1")
    page.check(f"tr[data-key='{ring}'] input")
    page.click(".batch button >> nth=1")
    page.fill("dialog input[type=date]", "2026-12-31")
    page.fill("dialog textarea", "waits for the bank")
    page.click("dialog .primary")
    page.wait_for_selector(f"tr[data-key='{ring}']", state="detached")
    assert page.locator("tbody tr").count() == before - 1
    page = seen.go("alerts?state=snoozed")
    assert page.locator("tbody tr").count() == 1 and "推迟至 2026-12-31" in page.text_content("tbody tr")
