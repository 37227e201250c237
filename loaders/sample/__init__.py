"""The synthetic loan book: tables that look like real lending, with frauds and innocent likenesses that are known."""

from .book import write_sample

__all__ = ["write_sample"]
