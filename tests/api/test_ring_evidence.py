"""The evidence file of a fraud ring: it is seen as one, rare ties heavier, hubs told in words, every row listed."""

import json
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from ringfence.api.evidence.page import evidence_page
from ringfence.graph.model import Finding
from ringfence.graph.times import to_iso
from support.things import things_of
from support.toy import NOW, Book

HOSTILE = '<img src=x onerror="window.hit=1">'
MARKUP = "</i><b>&lt;&amp;厂"


def token(number):
    return f"tok_{number:032x}"


def ring():
    """Five people: all on one handset, three of them on an account, two in one home that six others share; A lists B,
    four name a factory where forty work. Phones, names and addresses are tokens, as in a store."""
    masks = {token(n): mask for n, mask in enumerate(["张*", "王*", "李*", "欧阳*", "赵*"], 10)}
    masks |= {token(1): "138****4232", token(2): "浙江省杭州市****", token(3): "****9981", token(4): "****4232"}
    book = Book(masks=masks | {token(5): "****7766"})
    for number, person in enumerate("ABCDE"):
        book.person(person, mobile=token(1) if person == "B" else None, name=token(10 + number))
        book.application(
            person, f"JJ{number}", f"2026-05-0{number + 1} 09:30:00", device=token(4), imei=token(3) if number else None
        )
        if person != "E":
            book.employed(person, "杭州顺达劳务派遣有限公司")
    book.application("A", "JJ8", "2026-05-08", device=token(4)).application("A", "JJ9", "2026-05-09", device=token(4))
    book.loan("A", "L1", 2e4, "2026-05-10", account=token(5)).loan("C", "L2", 3e4, "2026-05-11", account=token(5))
    book.owns("D", token(5)).lives("D", token(2)).lives("E", token(2)).contact("A", token(1), "朋友")
    book.email("E", "e@x")
    for number in range(36):
        book.person(f"Z{number}").employed(f"Z{number}", "杭州顺达劳务派遣有限公司")
        if number < 4:
            book.lives(f"Z{number}", token(2))
    return book


def finding_of(snapshot, members="ABCDE", seed=None, **more):
    """A finding whose evidence is every relationship of its members' rows."""
    rows = snapshot.evidence(np.arange(snapshot.edge_count))
    evidence = [row for row in rows if not any(":Z" in row[end] for end in ("source", "target"))]
    if seed is not None:
        evidence = random.Random(seed).sample(evidence, len(evidence))
    data = {
        "reason_zh": "五人共用一部手机",
        "reason_en": "five people on one handset",
        "score": 0.91,
        "colour": "red",
        "as_of": to_iso(NOW),
        "detector": "fraud-ring",
        "version": "1",
        "measures": {"members": 5.0, "handsets": 1.0, "amount": 50_000.0, "strength": 12.5},
    }
    people = [{"node": f"applicant:{key}", "role": "member"} for key in members]
    things = things_of(snapshot, [person["node"] for person in people])
    return Finding("fraud_ring", people, evidence=evidence, things=things, **{**data, **more}).as_dict()


@pytest.fixture
def seen(opened):
    snapshot = ring().snapshot()
    return opened(finding_of(snapshot), snapshot)


def drawn(seen):
    return {node["id"]: node for node in seen.nodes if not node["id"].startswith("label:")}


def tie(seen, person, thing):
    found = [e for e in seen.edges if (e["from"], e["to"]) == (f"applicant:{person}", thing)]
    assert len(found) == 1, found
    return found[0]


HANDSET = f"device:{token(3)} device:{token(4)}"
ACCOUNT, HOME = f"account:{token(5)}", f"address:{token(2)}"


def test_it_opens_with_the_network_cut_and_shows_people_and_what_they_share(seen):
    assert set(drawn(seen)) == {*(f"applicant:{key}" for key in "ABCDE"), HANDSET, ACCOUNT, HOME}
    assert [url for url in seen.requests if not url.startswith(("data:", "blob:"))] == [seen.path.as_uri()]
    assert seen.messages == [] and seen.dialogs == []


def test_a_handset_is_one_thing_with_both_its_numbers_and_how_many_use_it(seen):
    assert drawn(seen)[HANDSET]["label"] == "手机 ****4232\nIMEI ****9981\n<i>本案5人 / 全库5人</i>"
    assert drawn(seen)[HOME]["label"] == "地址 浙江省杭州市****\n<i>本案2人 / 全库6人</i>"
    for words in ("手机 Handset ****4232", "IMEI IMEI ****9981", "5 here / 5 in all", "欧阳* D"):
        assert words in drawn(seen)[HANDSET]["title"]


def test_two_things_of_one_text_are_told_apart_by_a_number(opened):
    """A second home whose mask and numbers of users are those of the first."""
    book, other = ring(), token(6)
    book.masks[other] = book.masks[token(2)]
    for person in ("A", "B", *(f"Z{number}" for number in range(4))):
        book.lives(person, other)
    snapshot = book.snapshot()
    texts = [node["label"].split("\n")[0] for node in drawn(opened(finding_of(snapshot), snapshot)).values()]
    homes = sorted(text for text in texts if text.startswith("地址"))
    assert homes == ["地址 浙江省杭州市**** #1", "地址 浙江省杭州市**** #2"]


def test_applications_and_loans_stand_in_the_ties_tooltip_with_dates_files_and_rows(seen):
    title = tie(seen, "A", HANDSET)["title"]
    for words in (
        "张* A — 手机 ****4232 IMEI ****9981",
        "进件 Application JJ0",
        "2026-05-01 09:30:00",
        "2026-05-08",
        "JJ9",
        "ties.csv:",
    ):
        assert words in title, title
    money = tie(seen, "C", ACCOUNT)["title"]
    for words in ("贷款 Loan L2", "借款", "放款至", "30,000", "2026-05-11"):
        assert words in money, money
    assert [node["label"] for node in seen.nodes if node["id"].startswith("label:")] == ["×3", "联系人·朋友"]


def test_the_rarer_a_thing_in_the_whole_book_the_heavier_its_ties(seen):
    account, handset, home = (tie(seen, "D", thing) for thing in (ACCOUNT, HANDSET, HOME))
    assert account["width"] > handset["width"] > home["width"]
    assert account["color"]["color"] == handset["color"]["color"] != home["color"]["color"]
    assert drawn(seen)[HANDSET]["borderWidth"] > drawn(seen)[HOME]["borderWidth"]
    legend = seen.page.inner_text(".legend")
    for words in ("仅本案使用", "used by these alone", "另有少数人使用", "线越粗", "the thicker, the fewer"):
        assert words in legend


def test_who_lists_the_phone_of_another_points_at_them(seen):
    (arrow,) = [edge for edge in seen.edges if edge["arrows"]["to"]["enabled"]]
    assert (arrow["from"], arrow["to"]) == ("applicant:A", "applicant:B")
    for words in ("联系人 lists contact", "张* A → 王* B", "朋友", "ties.csv:"):
        assert words in arrow["title"]
    assert "填为联系人" in seen.page.inner_text(".legend") and "lists as contact" in seen.page.inner_text(".legend")


def test_two_who_list_each_other_have_one_line_with_two_heads(opened):
    book = ring().person("A", mobile="139").contact("B", "139", "同事")
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot), snapshot)
    (line,) = [edge for edge in seen.edges if edge["arrows"]["to"]["enabled"]]
    assert line["arrows"]["from"]["enabled"] and "张* A → 王* B" in line["title"] and "王* B → 张* A" in line["title"]
    assert "联系人·同事、朋友" in [node["label"] for node in seen.nodes]


def test_a_hub_is_told_in_words_and_everything_is_in_the_table(seen):
    text = seen.page.inner_text(".drawing")
    assert "单位 杭州顺达劳务派遣有限公司（本案4人 / 全库40人）" in text
    assert "Also shared, by too many to draw" in text and "Employer (4 here / 40 in all)" in text
    assert "另有 1 项只有一名成员使用" in text and "Things that only one member uses, not drawn: 1." in text
    rows = seen.page.locator(".sources tbody tr:not(.about)").all_inner_texts()
    assert len(rows) == len(finding_of(ring().snapshot())["evidence"]) == 32
    assert sum("就职 works at" in row for row in rows) == 4


def test_measures_are_said_in_the_words_of_a_ring(seen):
    text = seen.page.inner_text("main")
    for words in (
        "成员数 Members",
        "共用手机数 Handsets shared",
        "期间借款金额 Amount borrowed in that time",
        "凑巧这样相连有多罕见",
    ):
        assert words in text
    assert "担保" not in text


def test_people_stand_around_what_they_share(seen):
    boxes = {
        name: seen.page.evaluate("id => document.getElementById('picture').network.getBoundingBox(id)", name)
        for name in drawn(seen)
    }
    names = sorted(boxes)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            a, b = boxes[one], boxes[other]
            apart = a["right"] < b["left"] or b["right"] < a["left"] or a["bottom"] < b["top"] or b["bottom"] < a["top"]
            assert apart, (one, other)
    people = [boxes[name] for name in names if name.startswith("applicant:")]
    for thing in (boxes[HANDSET], boxes[ACCOUNT], boxes[HOME]):
        assert min(p["left"] for p in people) < thing["left"] < thing["right"] < max(p["right"] for p in people)
        assert min(p["top"] for p in people) < thing["top"] < thing["bottom"] < max(p["bottom"] for p in people)


def opacities(seen):
    """By ends, how much each line is to be seen now."""
    edges = seen.page.evaluate("document.getElementById('picture').network.body.data.edges.get()")
    return {(edge["from"], edge["to"]): edge["color"]["opacity"] for edge in edges}


def test_the_ties_of_whom_or_what_the_mouse_is_on_stand_out_until_it_leaves(seen):
    before = opacities(seen)
    at = drawn(seen)[ACCOUNT]
    spot = seen.page.evaluate(
        "at => document.getElementById('picture').network.canvasToDOM(at)", {"x": at["x"], "y": at["y"]}
    )
    seen.page.locator("#picture canvas").hover(position=spot)
    pointed = opacities(seen)
    assert {tie for tie, opacity in pointed.items() if opacity > 0.1} == {tie for tie in before if tie[1] == ACCOUNT}
    seen.page.locator("#picture canvas").hover(position={"x": 3, "y": 3})
    assert opacities(seen) == before


def test_in_a_narrow_window_the_picture_is_no_higher_than_it_can_fill(seen):
    def height():
        return seen.page.evaluate("document.getElementById('picture').clientHeight")

    view = """() => {
        const network = document.getElementById("picture").network;
        return [network.getScale(), network.getViewPosition().y].map(number => Math.round(100 * number));
    }"""
    wide, before = height(), seen.page.evaluate(view)
    seen.page.set_viewport_size({"width": 500, "height": 800})
    seen.page.wait_for_function("before => document.getElementById('picture').clientHeight < before", arg=wide)
    assert 200 < height() < wide / 2
    seen.page.wait_for_function(f"([scale, y]) => ({view})()[0] < scale && ({view})()[1] === y", arg=before)
    seen.page.set_viewport_size({"width": 1280, "height": 900})
    seen.page.wait_for_function("before => document.getElementById('picture').clientHeight === before", arg=wide)
    seen.page.wait_for_function(f"before => String(({view})()) === String(before)", arg=before)


def test_names_that_are_markup_stay_text_in_what_is_shared(opened):
    book = Book()
    for person in "ABCDE":
        book.person(person, name=HOSTILE).employed(person, MARKUP).contact(person, "138", HOSTILE)
    book.person("F", mobile="139", name="己").contact("A", "139", HOSTILE)
    snapshot = book.snapshot()
    seen = opened(finding_of(snapshot, "ABCDEF"), snapshot)
    lines = seen.page.evaluate(
        """id => document.getElementById("picture").network.body.nodes[id].labelModule.lines
            .map(line => line.blocks.map(block => block.text).join(""))""",
        f"employer:{MARKUP}",
    )
    assert [line.replace("\u2060", "") for line in lines] == [f"单位 {MARKUP}", "本案5人 / 全库5人"]
    assert any(HOSTILE in edge["title"] for edge in seen.edges)
    assert seen.page.evaluate("window.hit") is None and seen.messages == [] and seen.dialogs == []
    assert seen.page.locator("main img:not(#printed), main i:not(.mark):not(.line)").count() == 0


def test_who_else_uses_a_thing_stands_in_a_table_and_in_its_tooltip_as_text(opened):
    book = ring().owns("Y", token(5)).person("Y", name=HOSTILE)
    snapshot = book.snapshot()
    finding = finding_of(snapshot)
    for thing in finding["things"]:
        homes = [f"applicant:Z{number}" for number in range(4)]
        thing["others"] = {ACCOUNT: ["applicant:Y"], HOME: homes}.get(thing["nodes"][0], [])
    seen = opened(finding, snapshot)
    table = seen.page.locator("section", has_text="他人使用 Used by others too").last
    assert f"账户 Account ****7766\t3\t1\t{HOSTILE} Y" in table.inner_text()
    assert "地址 Address 浙江省杭州市****\t2\t4\tZ0、Z1、Z2、Z3" in table.inner_text()
    # who uses what too many use is counted
    assert "杭州顺达劳务派遣有限公司\t4\t36\t—" in table.inner_text()
    title = next(node["title"] for node in seen.nodes if node["id"] == ACCOUNT)
    assert title.endswith(f"他人 others：{HOSTILE} Y")
    assert seen.dialogs == [] and seen.page.evaluate("window.hit") is None


def test_a_ring_of_hundreds_shows_its_core_whole_and_says_what_it_left_out(opened):
    book = Book()
    for number in range(430):
        book.application(f"A{number:03}", f"P{number}", device="d")
    snapshot = book.snapshot()
    started = time.process_time()
    seen = opened(finding_of(snapshot, [f"A{number:03}" for number in range(430)]), snapshot)
    assert time.process_time() - started < 30
    assert len(drawn(seen)) == 400 and "device:d" in drawn(seen)
    text = seen.page.inner_text(".drawing")
    assert "核心的 400 个节点，另有 31 个节点、31 组关系未画" in text
    assert "press ＋ to come closer" in text and "telling part" not in text


def test_people_outside_of_the_ring_that_its_evidence_names_step_back(opened):
    snapshot = ring().snapshot()
    seen = opened(finding_of(snapshot, "ABCD"), snapshot)
    assert drawn(seen)["applicant:E"]["shapeProperties"]["borderDashes"]
    assert "本案4人 / 全库5人" in drawn(seen)[HANDSET]["label"]
    assert "关联方，非成员" in seen.page.inner_text(".legend")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_evidence_changes_nothing_but_the_table(seed):
    snapshot = ring().snapshot()

    def picture(finding):
        page = evidence_page(finding, snapshot)
        return re.findall(r'id="(?:nodes|edges)">.*?</script>', page, re.S)

    assert picture(finding_of(snapshot, seed=seed)) == picture(finding_of(snapshot)), f"seed {seed}"


def test_the_same_ring_gives_the_same_bytes_in_every_process(tmp_path):
    snapshot = ring().snapshot()
    finding = finding_of(snapshot)
    program = """
import json, sys
from pathlib import Path
from ringfence.api.evidence.page import evidence_page
from ringfence.graph.snapshot import open_snapshot
with open(1, "wb") as output:
    output.write(evidence_page(json.loads(sys.argv[2]), open_snapshot(Path(sys.argv[1]), 0)).encode())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(snapshot.folder), json.dumps(finding)],
        env={**os.environ, "PYTHONHASHSEED": "54321"},
        capture_output=True,
        check=True,
    )
    assert done.stdout == evidence_page(finding, snapshot).encode()


def test_another_key_file_leaves_the_picture_as_it_was():
    """Tokens are fresh in every key file: what is drawn, and where, is not."""

    def picture(shift):
        book = ring()
        new = {token(n): token((n * 7919 + shift) % 1000) for n in range(20)} if shift else {}
        text = {old: fresh for old, fresh in new.items() if old in book.masks}

        def renamed(value):
            for old, fresh in text.items():
                if isinstance(value, str) and old in value:
                    return value.replace(old, fresh)
            return value

        book = Book(
            [replace(t, source=renamed(t.source), target=renamed(t.target), uid=renamed(t.uid)) for t in book.ties],
            [replace(f, cells={k: renamed(v) for k, v in f.cells.items()}) for f in book.facts],
            {renamed(key): mask for key, mask in book.masks.items()},
        )
        snapshot = book.snapshot()
        page = evidence_page(finding_of(snapshot), snapshot)
        nodes, edges = (json.loads(re.search(rf'id="{k}">(.*?)</script>', page)[1]) for k in ("nodes", "edges"))
        back = {node["id"]: (node["label"], node["x"], node["y"], node["title"]) for node in nodes}
        return sorted(back.values()), [
            (back[e["from"]], back[e["to"]], e["width"], e["title"], e["smooth"]) for e in edges
        ]

    assert picture(13) == picture(0)
