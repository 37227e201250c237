"""The evidence file, opened in a real browser with the network cut: what it shows, and what it never does."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from ringfence.api.evidence.page import evidence_page, evidence_rows, write_page
from ringfence.graph.errors import UserError
from ringfence.graph.model import ALWAYS, FOREVER, Finding
from ringfence.graph.times import parse_moment, to_iso
from support.toy import NOW, Book, Fact

NAMES = {
    "A": "杭州恒源纺织有限公司",
    "B": "绍兴金盛化纤有限公司",
    "C": "宁波远洋贸易有限公司",
    "D": "台州宏达机械有限公司",
    "E": "温州正大鞋业有限公司",
}
HOSTILE = {
    "H1": '<img src=x onerror="window.hit=1">',
    "H2": "</script><script>window.hit=2</script>",
    "H3": '<!-- <script> "&amp;" href=javascript:window.hit=3',
    "H4": '" onmouseover="window.hit=4',
}


def finding_of(snapshot, kind="guarantee_cycle", members=None, positions=None, **more):
    """A finding whose evidence is every relationship of the snapshot."""
    evidence = snapshot.evidence(np.arange(snapshot.edge_count) if positions is None else positions)
    nodes = members or sorted({item[end] for item in evidence for end in ("source", "target")})
    data = {
        "reason_zh": "首尾相接的循环担保",
        "reason_en": "guarantees that close a cycle",
        "score": 0.8213,
        "colour": "orange",
        "as_of": to_iso(NOW),
        "detector": "guarantee",
        "version": "1",
        "thread": "0123456789abcdef",
        "measures": {"cycles": 1.0, "arcs_per_party": 1.25, "some_new_measure": 3.0},
    }
    roles = [{"node": node, "role": "party"} for node in nodes]
    return Finding(kind, roles, evidence=evidence, **{**data, **more}).as_dict()


def cycle():
    book = Book()
    for key, text in NAMES.items():
        book.company(key, name=text)
    book.guarantee("A", "B", 12_000_000, currency="CNY", start="2025-03-01", end="2027-03-01")
    book.guarantee("B", "C", 99_999_999, currency="CNY")
    book.guarantee("C", "D", 60_000_000, currency="CNY").guarantee("C", "D", 50_000_000, currency="CNY")
    book.guarantee("C", "D", 10_000_000, currency="CNY")
    book.guarantee("D", "E", currency="CNY")
    return book.guarantee("E", "A", 3_000_000, currency="USD")


def arc_labels(seen):
    return sorted(node["label"] for node in seen.nodes if node["id"].startswith("label:"))


def painted(seen, selector="#picture canvas"):
    """How many pixels of the canvas have ink, by colour."""
    return seen.page.evaluate(
        """selector => {
            const canvas = document.querySelector(selector);
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let ink = 0, red = 0;
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] > 200 && data[i] + data[i + 1] + data[i + 2] < 600) ink++;
                if (data[i + 3] > 200 && data[i] > 150 && data[i + 1] < 60 && data[i + 2] < 60) red++;
            }
            return {ink, red, all: data.length / 4};
        }""",
        selector,
    )


def tooltips(seen):
    """The tooltip of every node and every arc's label, opened with the mouse."""
    texts = []
    for node in seen.nodes:
        spot = seen.page.evaluate(
            "at => document.getElementById('picture').network.canvasToDOM(at)", {"x": node["x"], "y": node["y"]}
        )
        seen.page.locator("#picture canvas").hover(position=spot)
        seen.page.wait_for_function(
            """title => {
                const tip = document.querySelector("div.vis-tooltip");
                return tip && tip.style.visibility === "visible" && tip.innerText === title;
            }""",
            arg=node["title"],
        )
        texts.append(seen.page.inner_text("div.vis-tooltip"))
    return texts


def test_it_opens_with_the_network_cut_asks_for_nothing_and_draws(opened):
    snapshot = cycle().snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    ink = painted(seen)
    assert seen.page.evaluate("navigator.onLine") is False
    assert [url for url in seen.requests if not url.startswith(("data:", "blob:"))] == [seen.path.as_uri()]
    assert seen.messages == [] and seen.dialogs == []
    assert ink["ink"] > 2000 and ink["red"] > 500, ink


def test_its_bytes_are_utf8_say_so_and_name_no_address_to_fetch():
    snapshot = cycle().snapshot()
    html = evidence_page(finding_of(snapshot), snapshot)
    assert '<meta charset="utf-8">' in html[:200] and NAMES["A"] in html
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe" not in policy
    assert not re.findall(r"<link|<iframe|<base|\bsrc=|@import|url\(", html.split("<script>")[0])
    assert "bootstrap" not in html and "cdn" not in html.lower().split("<script>")[0]


def test_the_heading_says_what_was_found_in_both_languages(opened):
    snapshot = cycle().snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    header = seen.page.inner_text("header")
    for text in (
        "循环担保", "Guarantee cycle", "首尾相接的循环担保", "guarantees that close a cycle", "橙 · 暂缓",
        "Orange · hold", "0.82", "2026-06-30 00:00:00+08:00", "guarantee 1", "0123456789abcdef",
        finding_of(snapshot)["id"],
    ):  # fmt: skip
        assert text in header


def test_arrows_carry_amounts_in_chinese_units_with_their_currency(opened):
    snapshot = cycle().snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    assert arc_labels(seen) == sorted(["1200万元", "1亿元", "3份 共1.2亿元", "金额未知", "300万美元"])
    assert {(edge["from"], edge["to"]) for edge in seen.edges} == {
        (f"company:{a}", f"company:{b}") for a, b in ("AB", "BC", "CD", "DE", "EA")
    }
    assert all(edge["arrows"] == {"to": edge["arrows"]["to"]} for edge in seen.edges)


@pytest.mark.parametrize(
    ("contracts", "label"),
    [
        ([(5e6, {"currency": "CNY"}), (None, {"currency": "CNY"})], "2份 共500万元，另1份金额未知"),
        ([(None, {}), (None, {})], "2份 金额未知"),
        ([(5e6, {"currency": "CNY"}), (2e6, {"currency": "USD"})], "2份 共500万元＋200万美元"),
        ([(1e6, {"currency": "CNY", "form": "maximum", "cap": 2e8})], "最高额2亿元"),
        ([(8500, {})], "8,500"),
        ([(5e6, {"counter_of": "K9"})], "反担保 500万"),
        ([(1.5e12, {"currency": "人民币"})], "1.5万亿元"),
    ],
)
def test_parallel_contracts_are_summed_and_what_is_unknown_is_said(contracts, label):
    book = Book()
    for amount, cells in contracts:
        book.guarantee("A", "B", amount, **cells)
    snapshot = book.snapshot()
    nodes = re.search(r'id="nodes">(.*?)</script>', evidence_page(finding_of(snapshot), snapshot))[1]
    assert [n["label"] for n in json.loads(nodes) if n["id"].startswith("label:")] == [label]


def test_a_clique_that_guarantees_in_equal_measure_is_drawn_with_double_arrows(opened):
    book = Book()
    people = [f"applicant:P{i}" for i in range(6)]
    for guarantor in people:
        for borrower in people:
            if guarantor != borrower:
                book.guarantee(guarantor, borrower, 100_000, currency="CNY", joint_group_id="J1")
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, "guarantee_joint"), snapshot)
    assert arc_labels(seen) == ["各10万元"] * 15
    assert all(set(edge["arrows"]) == {"to", "from"} for edge in seen.edges) and len(seen.edges) == 15
    assert seen.page.locator(".sources tbody tr").count() == 30


def test_every_source_row_is_listed_with_its_file_row_amount_and_dates(opened):
    snapshot = cycle().snapshot()
    finding = finding_of(snapshot)
    seen = opened(finding, snapshot)
    rows = seen.page.locator(".sources tbody tr").all_inner_texts()
    assert len(rows) == len(finding["evidence"]) == 7
    for item, row in zip(finding["evidence"], rows, strict=True):
        assert item["uid"] in row and item["file"] in row and f"\t{item['row']}\t" in row
    assert "1200万元" in rows[0] and "CNY 12,000,000" in rows[0] and "2025-03-01 – 2027-03-01" in rows[0]
    assert NAMES["A"] in rows[0] and NAMES["B"] in rows[0]
    assert "金额未知" in rows[5]


def test_members_measures_bounds_and_the_innocent_twin_are_shown(opened):
    snapshot = cycle().snapshot()
    cut = {"bound": "max_cycle_length", "limit": 8, "skipped": "counting of cycles longer than 8", "could_change": True}
    seen = opened(finding_of(snapshot, innocent_twin="parent_subsidiary", truncated=[cut]), snapshot)
    text = seen.page.inner_text("main")
    for words in (
        "当事方 party", "company:A", "担保环数 Cycles", "some_new_measure", "1.25", "母公司与子公司",
        "最长担保环 longest cycle counted", "counting of cycles longer than 8", "可能 yes",
    ):  # fmt: skip
        assert words in text
    plain = opened(finding_of(snapshot), snapshot)
    assert "Bounds that limited" not in plain.page.inner_text("main")


def test_chinese_labels_are_drawn_with_a_chinese_font(opened):
    """Chromium tells which font drew a text of the page; the picture's text is as wide as that font sets it, and two
    characters look different, which the boxes for missing glyphs do not."""
    snapshot = cycle().snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": ".reason"})["nodeId"]
    fonts = [font["familyName"] for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    assert any("CJK" in name or "Hei" in name or "Han" in name for name in fonts), fonts
    drawn = seen.page.evaluate(
        """font => {
            const draw = text => {
                const canvas = document.createElement("canvas");
                const context = canvas.getContext("2d");
                context.font = font;
                context.fillText(text, 5, 40);
                return canvas.toDataURL();
            };
            return [draw("担"), draw("保"), draw("\\u{10fffd}")];
        }""",
        "32px " + next(n for n in seen.nodes if n["id"] == "company:A")["font"]["face"],
    )
    assert len(set(drawn)) == 3


def test_names_that_are_markup_stay_text_everywhere(opened):
    book = Book()
    for key, text in HOSTILE.items():
        book.company(key, name=text)
    book.guarantees("H1>H2 H2>H3 H3>H4", 5e6, currency="<b>XX</b>", contract_id="<i>K</i>")
    book.guarantee("H4", "H1", 5e6, currency="CNY")
    snapshot = book.snapshot()
    seen = opened(
        finding_of(
            snapshot,
            reason_zh="</h1>" + HOSTILE["H1"],
            reason_en=HOSTILE["H2"],
            innocent_twin=HOSTILE["H3"],
            truncated=[{"bound": HOSTILE["H1"], "limit": 1, "skipped": HOSTILE["H2"], "could_change": False}],
            measures={HOSTILE["H1"]: 1.0},
        ),
        snapshot,
    )
    tips = tooltips(seen)
    for text in HOSTILE.values():
        assert text in seen.page.inner_text("main")
        assert any(text in tip for tip in tips), text
    labels = {node["label"].replace("\n", "").replace(" ", "") for node in seen.nodes}
    assert {HOSTILE[key].replace(" ", "") for key in ("H1", "H2", "H4")} | {"500万<B>XX</B>"} <= labels
    assert any("<i>K</i>" in tip for tip in tips)
    assert seen.page.inner_text(".reason") == "</h1>" + HOSTILE["H1"]
    injected = "main img:not(#printed), main script, main b b, .sources i, div.vis-tooltip :not(br)"
    assert seen.page.locator(injected).count() == 0
    assert seen.page.evaluate("window.hit") is None and seen.dialogs == [] and seen.messages == []


def test_a_blocked_script_would_be_noticed_here(browser, tmp_path):
    """The policy of the page really is in force: a handler put into it does not run."""
    snapshot = cycle().snapshot()
    path = tmp_path / "tampered.html"
    html = evidence_page(finding_of(snapshot), snapshot)
    path.write_text(html.replace("</main>", "<img src=x onerror='window.hit=1'><script>window.hit=2</script></main>"))
    page = browser.new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_selector("#picture[data-drawn]")
    assert page.evaluate("window.hit") is None
    assert any("Content Security Policy" in message for message in messages)
    page.close()


def test_control_and_direction_characters_are_left_out_of_names():
    book = Book().company("A", name="甲\u202e公司\x07\n有限").company("B", name="乙")
    snapshot = book.guarantees("A>B", 1.0).snapshot()
    html = evidence_page(finding_of(snapshot), snapshot)
    assert "甲公司 有限" in html and "\u202e" not in html and "\\u202e" not in html and "\x07" not in html


def test_people_are_masked_and_drawn_apart_from_companies(opened):
    token, phone = f"tok_{7:032x}", f"tok_{8:032x}"
    book = Book(masks={token: "张*", phone: "138****1234"}).company("A", name=NAMES["A"])
    book.person("P1", mobile=phone, name=token).guarantee("applicant:P1", "A", 5e6)
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, members=["applicant:P1", "company:A"]), snapshot)
    by_id = {node["id"]: node for node in seen.nodes}
    assert by_id["applicant:P1"]["shape"] == "ellipse" != by_id["company:A"]["shape"]
    assert by_id["applicant:P1"]["label"] == "张*\nP1"
    assert by_id[f"phone:{phone}"]["label"] == "电话\n138****1234"
    body = seen.page.inner_text("body")
    assert "张*" in body and "138****1234" in body


def test_who_guarantees_around_stands_out_and_who_is_no_member_steps_back(opened):
    book = cycle().company("F", name="湖州瑞丰").guarantee("B", "F", 5e6)
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, members=[f"company:{key}" for key in NAMES]), snapshot)
    by_id = {node["id"]: node for node in seen.nodes}
    assert by_id["company:A"]["color"]["border"] != by_id["company:F"]["color"]["border"]
    assert by_id["company:A"]["borderWidth"] > by_id["company:F"]["borderWidth"]
    assert by_id["company:F"]["shapeProperties"]["borderDashes"]
    widths = {(edge["from"][-1], edge["to"][-1]): edge["width"] for edge in seen.edges}
    assert widths["A", "B"] > widths["B", "F"]
    legend = seen.page.inner_text(".legend")
    assert "相互循环担保" in legend and "关联方，非成员" in legend


def test_a_counter_guarantee_closes_no_cycle(opened):
    book = Book().guarantee("A", "B", 5e6, contract_id="K1").guarantee("B", "A", 5e6, counter_of="K1")
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, "guarantee_chain"), snapshot)
    legend = seen.page.inner_text(".legend")
    assert "counter-guarantee" in legend and "相互循环担保" not in legend
    assert [bool(edge["dashes"]) for edge in seen.edges] == [False, True]


def test_a_picture_too_large_shows_its_core_says_so_and_lists_every_row(opened):
    ring = [f"R{i}" for i in range(5)]
    book = Book().guarantees(" ".join(f"{a}>{b}" for a, b in zip(ring, ring[1:] + ring[:1], strict=True)), 1e6)
    for i in range(480):
        book.guarantee("S", f"S{i:03}", 1e6)
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, "guarantee_circle"), snapshot)
    shown = {node["id"] for node in seen.nodes if not node["id"].startswith("label:")}
    assert len(shown) == 400 and {"company:S", *(f"company:{key}" for key in ring)} <= shown
    assert "核心的 400 个节点，另有 86 个节点、86 组关系未画" in seen.page.inner_text(".drawing")
    assert seen.page.locator(".sources tbody tr").count() == 485
    assert painted(seen)["ink"] > 5000


def test_a_picture_too_small_to_read_whole_opens_at_the_telling_rows(opened):
    arcs = [(f"T{i}", f"T{i + 1}") for i in range(3)] + [("T0", f"X{i}") for i in range(350)]
    book = Book().guarantees(" ".join(f"{one}>{other}" for one, other in arcs))
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, kind="guarantee_chain"), snapshot)
    assert json.loads(seen.page.locator("#picture").get_attribute("data-telling"))[:4] == [
        f"company:T{i}" for i in range(4)
    ]
    scale = "document.getElementById('picture').network.getScale()"
    opened_at = seen.page.evaluate(scale)
    seen.page.click("#whole")
    assert seen.page.evaluate(scale) < opened_at


def test_names_are_those_of_the_findings_time_whenever_it_is_shown():
    renamed, finding_time = parse_moment("2026-06-01"), parse_moment("2026-05-01")
    book = Book().guarantee("A", "B", 5e6, start="2026-01-01")
    book.facts.append(Fact("companies", "company:A", "companies:A", ALWAYS, renamed, {"name": "旧名公司"}))
    book.facts.append(Fact("companies", "company:A", "companies:A", renamed, FOREVER, {"name": "新名公司"}))
    snapshot = book.snapshot()
    then = evidence_page(finding_of(snapshot, as_of=to_iso(finding_time)), snapshot)
    now = evidence_page(finding_of(snapshot), snapshot)
    assert "旧名公司" in then and "新名公司" not in then
    assert "新名公司" in now and "旧名公司" not in now


def test_evidence_comes_with_what_its_rows_say_and_unknown_rows_as_they_are():
    snapshot = Book().guarantee("A", "B", 5e6, start="2026-05-01").guarantee("A", "B", 7e6).snapshot()
    evidence = snapshot.evidence([0, 1])
    assert [row["amount"] for row in evidence_rows(snapshot, evidence)] == [5e6, 7e6]
    unknown = [{**evidence[0], "uid": "guarantees:nobody"}, {**evidence[0], "source": "company:nobody"}]
    assert evidence_rows(snapshot, unknown) == unknown


def test_the_same_finding_gives_the_same_bytes_in_every_process():
    snapshot = cycle().guarantees("C>F F>G G>C H>A", 1e6).snapshot()
    finding = finding_of(snapshot)
    program = """
import json, sys
from pathlib import Path
from ringfence.api.evidence.page import evidence_page
from ringfence.graph.snapshot import open_snapshot
with open(1, "wb") as output:
    output.write(evidence_page(json.load(sys.stdin), open_snapshot(Path(sys.argv[1]), 0)).encode())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(snapshot.folder)],
        input=json.dumps(finding).encode(),
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
    )
    assert done.stdout == evidence_page(finding, snapshot).encode()


def test_a_file_that_cannot_be_written_is_the_users_to_mend(tmp_path):
    with pytest.raises(UserError, match="name a file in a folder that exists"):
        write_page("<!DOCTYPE html>", tmp_path / "missing" / "evidence.html")


def test_a_finding_without_evidence_still_makes_a_page(opened):
    snapshot = Book().company("A", name="甲").snapshot()
    seen = opened(finding_of(snapshot, members=["company:A"], positions=[]), snapshot)
    assert seen.page.locator(".sources tbody tr").count() == 0 and painted(seen)["ink"] > 100


def test_the_picture_prints_as_an_image(opened):
    snapshot = cycle().snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    seen.page.emulate_media(media="print")
    assert seen.page.locator("#printed").is_visible() and not seen.page.locator("#picture").is_visible()
    assert seen.page.evaluate("document.getElementById('printed').naturalWidth") > 500
