"""What tests of guarantee structures ask, and how they read what was found."""

from ringfence.detectors.guarantees.detector import GUARANTEE
from support.detecting import findings


def find(book, as_of="2026-06-30", **params):
    """The findings of a book, best first."""
    return findings(GUARANTEE, book.snapshot(as_of), **params)


def shapes(findings):
    """``kind members`` without the prefix, in order; ``*`` marks the contracted view."""
    return sorted(
        finding.kind.removeprefix("guarantee_") + "*" * (finding.view == "contracted") + " " + keys(finding)
        for finding in findings
    )


def keys(finding):
    """The members' keys."""
    return " ".join(member["node"].partition(":")[2] for member in finding.members)


def one(findings, kind, view="raw"):
    """The only finding of a kind and view."""
    (finding,) = [finding for finding in findings if finding.kind == f"guarantee_{kind}" and finding.view == view]
    return finding
