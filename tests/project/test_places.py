"""No file names a place that only one machine has, or where packages come from."""

import re

# Needles are put together here, so that this file does not hold them itself.
FOLDERS = re.compile("|".join(rf"(?<![\w.~/-])/{name}/" for name in ("home", "root", "work", "Users")))
REGISTRIES = re.compile(
    "|".join(
        r"\.".join(parts)
        for parts in (
            ("pypi", "(org|python|tuna|io)"),
            ("pythonhosted", "org"),
            ("npmjs", "(org|com)"),
            ("maven", "(org|apache)"),
            ("anaconda", "(org|com)"),
            ("crates", "io"),
            ("proxy", "golang"),
            ("rubygems", "org"),
        )
    )
)


def named_places(text):
    """``(line, place)`` of every machine's folder and every registry's address in a text."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in (*FOLDERS.finditer(line), *REGISTRIES.finditer(line)):
            yield number, match.group()


def test_no_file_names_a_machines_folder_or_a_registry(root, files):
    found = []
    for name in files:
        text = (root / name).read_text("utf-8", errors="replace")
        found += [f"{name}:{line}: {place}" for line, place in named_places(text)]
    assert not found, "\n".join(found)


def test_the_guard_sees_places_and_lets_words_be():
    slash, dot = "/", "."
    for place in (
        f"{slash}home{slash}li",
        f'"{slash}root{slash}x"',
        f"file:{slash}work{slash}",
        f"https://pypi{dot}org/simple",
        f"https://registry.npmjs{dot}org",
        f"https://repo1.maven{dot}org/maven2",
    ):
        assert list(named_places(place)), place
    words = ("use: own{0}work{0}other", "https:{0}{0}example.org{0}home{0}", "~{0}work{0}x", "demo{0}work{0}")
    assert list(named_places(", ".join(words).format(slash))) == []
