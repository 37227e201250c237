"""Who may do what: roles, actions, and the one table between them. What the table does not allow is refused."""

from __future__ import annotations

from collections.abc import Iterable

ROLES = {
    "viewer": "reads findings and the graph behind them, masked; keeps views of it",
    "investigator": "a viewer who works on cases, screens applications and reveals a field for a stated reason",
    "supervisor": "an investigator who also sees the jobs",
    "engineer": "a program or its keeper: screens, writes rows, runs jobs, reads metrics; sees no findings",
    "auditor": "reads what a viewer reads, and cases; changes nothing",
    "admin": "does everything but reveal personal values",
}
"""What each role is for."""

ANONYMOUS = "anonymous"
"""What a caller without a key or token is: no role that can be given."""

_ALL = frozenset(ROLES)
_READERS = frozenset({"viewer", "investigator", "supervisor", "auditor", "admin"})
_CASE_WORKERS = frozenset({"investigator", "supervisor", "admin"})
_KEEPERS = frozenset({"engineer", "admin"})

ACTIONS: dict[str, frozenset[str]] = {
    "service.describe": _ALL | {ANONYMOUS},
    "service.probe": _ALL | {ANONYMOUS},
    "service.measure": _KEEPERS,
    "status.read": _ALL,
    "findings.read": _READERS,
    "graph.read": _READERS,
    "views.keep": _READERS - {"auditor"},
    "cases.read": _READERS - {"viewer"},
    "cases.work": _CASE_WORKERS,
    "screen.ask": _CASE_WORKERS | _KEEPERS,
    "rows.write": _KEEPERS,
    "jobs.read": _KEEPERS | {"supervisor"},
    "jobs.run": _KEEPERS,
    "personal.reveal": frozenset({"investigator", "supervisor"}),
}
"""By action the roles that may do it."""

SHOWS_NO_DATA = frozenset({"service.describe", "service.probe", "service.measure", "status.read"})
"""Actions that are done every few seconds and show nothing of the book; all others are audited."""


def may(roles: Iterable[str], action: str) -> bool:
    """Whether any of the roles allows an action; an action that is not in the table is nobody's.

    >>> may({"viewer"}, "findings.read"), may({"viewer"}, "cases.work"), may({"admin"}, "no.such")
    (True, False, False)
    """
    return bool(ACTIONS.get(action, frozenset()).intersection(roles))


def roles_that_may(action: str) -> list[str]:
    """The roles that allow an action, as the table of roles orders them."""
    return [role for role in ROLES if role in ACTIONS.get(action, ())]
