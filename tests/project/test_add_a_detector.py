"""The page that builds a detector step by step: every block of Python on it runs, in order."""

import re


def test_the_page_runs_from_beginning_to_end(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (root / "docs" / "add-a-detector.md").read_text("utf-8"), re.M | re.S
    )
    assert len(blocks) >= 8
    space = {"__name__": "add_a_detector"}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"block {number}", "exec"), space)
    assert "applications within" in capsys.readouterr().out
    space["store"].close()
