"""The evidence pack of a case: one page that opens without a network and prints whole, and a workbook."""

import json
import re
from types import SimpleNamespace

import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.cli import app
from ringfence.graph.keys import load_key_file
from support.case_book import RING, write_ring_book
from support.sheets import sheet_rows
from typer.testing import CliRunner

NOTE = "见<script>window.hit=1</script>附件"


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """The ring's case, decided on, with a note that is a script; its page and its workbook."""
    folder = tmp_path_factory.mktemp("pack")
    store = ["--store", f"sqlite:///{folder}/book.db"]

    def run(*arguments):
        done = CliRunner().invoke(app, [*arguments, *store])
        assert done.exit_code == 0, done.output
        return done.stdout

    run("load", str(write_ring_book(folder / "book")))
    run("detect")
    ring, circle = json.loads(run("case", "list", "--format", "json"))
    run("case", "verdict", ring["id"], "confirmed", "--reason", "两部手机轮流申请", "--by", "王芳")
    run("case", "note", ring["id"], NOTE, "--by", "王芳")
    run("case", "show", ring["id"], "--html", str(folder / "ring.html"))
    run("case", "show", circle["id"], "--html", str(folder / "circle.html"))
    run("case", "show", ring["id"], "--format", "xlsx", "--output", str(folder / "ring.xlsx"))
    log = AuditLog(folder / "book.db.audit.db", load_key_file().derived("audit"))
    return SimpleNamespace(folder=folder, ring=ring, circle=circle, log=log, store=store)


@pytest.fixture(scope="module")
def page(pack, browser):
    """The ring's page in a browser that has no network."""
    page = browser.new_page()
    page.seen = []
    page.on("console", lambda message: page.seen.append(message.text))
    page.on("pageerror", lambda error: page.seen.append(str(error)))
    page.goto((pack.folder / "ring.html").as_uri())
    page.wait_for_selector("#picture[data-drawn]")
    yield page
    page.close()


def section(page, heading):
    """The text of the section under a heading, a line for each row of its tables, cells by single spaces."""
    (text,) = [s.inner_text() for s in page.locator("section").all() if s.inner_text().startswith(heading)]
    return [" ".join(line.split()) for line in text.splitlines()]


def test_it_says_which_case_it_is_and_where_the_audit_log_has_it(pack, page):
    head = page.inner_text("header")
    assert "案件 Case" in head and pack.ring["id"] in head and "8个主体，1项发现：团伙1项" in head
    assert "确认欺诈 confirmed" in head and "王芳" not in head
    row = int(re.search(r"审计记录 audit row\s+(\d+)", head)[1])
    (noted,) = [entry for entry in pack.log.entries(action="cli.case.show") if entry["entry"] == row]
    assert noted["subject"] == pack.ring["id"] and noted["detail"]["html"] is True


def test_each_finding_has_its_reasons_run_revision_and_policy(pack, page):
    part = pack.ring["parts"][0]
    told = "\n".join(section(page, "案件由下列发现组成"))
    assert f"finding {part['id']}" in told and "检测器 detector fraud-ring" in told
    assert "批次 / 运行 batch / run 1 / " in told and "数据版本 revision 1" in told and "政策 policy 20" in told
    assert "8名申请人" in told and "不成立 does not fit" in told


def test_loans_and_losses_are_told_with_their_currency(page):
    """R0 to R7 borrowed 20,000 to 27,000: 188,000 in all. R0 is overdue with 20,000, R1 is a loss of 21,000."""
    rows = section(page, "借款与损失")
    text = " ".join(rows)
    assert "18.8万元 CNY 188,000" in text
    assert "4.1万元 CNY 41,000" in text, "overdue"
    assert "2.1万元 CNY 21,000" in text, "written off"
    lines = page.locator(".loans tbody tr")
    assert lines.count() == 8
    first, last = (" ".join(lines.nth(place).inner_text().split()) for place in (0, 7))
    assert first.startswith("王* R7 LR7 2026-03-09 2.7万元 CNY 27,000"), "the largest balance stands first"
    assert last.startswith("王* R0 LR0 2026-03-02 2万元 CNY 20,000") and last.endswith("30 关注")


def test_the_timeline_tells_day_by_day_who_did_what(page):
    days = page.locator(".course tbody tr")
    assert [days.nth(n).locator("td").first.inner_text() for n in range(days.count())] == [
        f"2026-03-0{day}" for day in range(1, 10)
    ]
    second = " ".join(days.nth(1).inner_text().split())
    assert second.startswith("2026-03-02 申请 applied 1：王* R1"), "R1 applied as R0's loan was paid out"
    assert "借款 borrowed 1：王* R0" in second


def test_rows_are_grouped_by_the_thing_or_the_loan_they_are_about(page):
    groups = page.locator(".sources tr.about")
    names = [" ".join(groups.nth(n).inner_text().split()) for n in range(groups.count())]
    assert len([name for name in names if name.startswith("设备 Device")]) == 2, "the two handsets"
    assert names.index("贷款 Loan LR0 1") > max(n for n, name in enumerate(names) if name.startswith("设备"))
    body = page.locator(".sources tbody", has=page.locator("tr.about", has_text="设备")).first
    users = {re.search(r"N?R\d", line)[0] for line in body.inner_text().splitlines() if "applications.csv" in line}
    assert len(users) == 4, "each handset is used by four of the eight"


def test_what_was_decided_and_noted_is_told_and_a_note_is_no_script(page):
    told = " ".join(section(page, "处置记录"))
    assert "王芳 结论：确认欺诈 verdict: confirmed 两部手机轮流申请" in told
    assert f"王芳 备注 note {NOTE}" in told
    assert page.evaluate("window.hit") is None and page.seen == []


def test_it_prints_whole_wherever_the_picture_was_moved_to(page, tmp_path):
    """Seven times closer, the canvas shows a corner; the paper has all of it: no ink at the edges, ink inside."""
    before = page.get_attribute("#printed", "src")
    for _ in range(7):
        page.click("#closer")
    page.pdf(path=tmp_path / "pack.pdf", prefer_css_page_size=True)
    assert page.get_attribute("#printed", "src") == before
    inside, edges = page.evaluate(
        """() => {
            const image = document.getElementById("printed"), canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            const drawn = canvas.getContext("2d");
            drawn.drawImage(image, 0, 0);
            const {data} = drawn.getImageData(0, 0, canvas.width, canvas.height);
            let inside = 0, edges = 0;
            for (let y = 0; y < canvas.height; y++) for (let x = 0; x < canvas.width; x++) {
                const at = 4 * (y * canvas.width + x);
                if (data[at + 3] < 128) continue;
                if (Math.min(x, y, canvas.width - 1 - x, canvas.height - 1 - y) < 8) edges++; else inside++;
            }
            return [inside, edges];
        }"""
    )
    assert edges == 0 and inside > 20_000
    assert (tmp_path / "pack.pdf").read_bytes().startswith(b"%PDF")


def test_two_people_of_one_name_are_told_apart(page):
    nodes = json.loads(page.text_content("#nodes"))
    people = [node["label"] for node in nodes if node["id"].startswith("applicant:")]
    assert sorted(people) == [f"王*\n{key}" for key in RING]


def test_a_case_of_two_findings_draws_them_as_one(pack, browser):
    assert len(pack.circle["parts"]) == 2
    page = browser.new_page()
    page.goto((pack.folder / "circle.html").as_uri())
    page.wait_for_selector("#picture[data-drawn]")
    assert page.locator("article").count() == 2 and page.locator("canvas").count() == 1
    assert page.locator(".sources tbody tr:not(.about)").count() == 3, "the three contracts, each once"
    assert "成员没有在册借款" in page.inner_text(".owed")
    page.close()


def test_no_raw_personal_value_is_in_it(pack):
    html = (pack.folder / "ring.html").read_text("utf-8")
    for raw in ("王R", "13700000", "13600000", "6222020000000000", "柳巷"):
        assert raw not in html.replace("王芳", ""), raw


def test_the_workbook_has_a_sheet_each_for_members_loans_ties_and_rows(pack):
    content = (pack.folder / "ring.xlsx").read_bytes()
    members, loans, ties, rows = (sheet_rows(content, name) for name in ("members", "loans", "ties", "rows"))
    assert [row["member"] for row in members] == [f"applicant:{key}" for key in RING]
    assert [row["balance"] for row in members] == [20_000 + 1000 * place for place in range(8)]
    assert (members[1]["written_off"], members[1]["currency"], members[1]["name"]) == (21_000, "CNY", "王*")
    assert {row["loan"]: (row["borrower"], row["five_class"]) for row in loans}["loan:LR1"] == ("applicant:R1", "损失")
    assert len([tie for tie in ties if tie["members"] == tie["users"] == 4]) >= 2, "the two handsets"
    assert {row["file"] for row in rows} >= {"applications.csv", "loans.csv"}
    assert len({row["uid"] + row["relation"] + row["target"] for row in rows}) == len(rows)


def test_a_workbook_and_its_file_are_named_together(pack):
    done = CliRunner().invoke(app, ["case", "show", pack.ring["id"], "--format", "xlsx", *pack.store])
    assert done.exit_code == 2 and "say --format xlsx and --output FILE together" in done.stderr
