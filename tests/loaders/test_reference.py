"""The reference page says what the declarations say."""

from pathlib import Path

from ringfence.loaders.schema.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(), (
        "write it anew: python -m ringfence.loaders.schema.reference > docs/tables.md"
    )
