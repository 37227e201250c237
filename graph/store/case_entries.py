"""What is decided and noted about a case, as every store keeps it: entries that are only added.

An entry is ``{"case", "action", "text", "by", "at", "as_of", "people", "verdict", "until", "kinds"}``: ``action`` is
``verdict``, ``note``, ``assign``, ``close`` or ``snooze``; ``text`` is its reason, the note, or whom it is assigned to;
``by`` is who did it; ``at`` is the clock then, provenance alone, and ``as_of`` the store's default T, both in epoch
milliseconds;
``people`` and ``kinds`` are the case's people and kinds of finding then. ``verdict`` is ``confirmed``, ``innocent`` or
``unsure``; ``until`` is the time from which it, or a snooze, holds no more. Both are None where there is none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from ..keys import is_token

ACTIONS = ("verdict", "note", "assign", "close", "snooze")
VERDICTS = ("confirmed", "innocent", "unsure")
ERASED = "（已删除）"
"""What stands instead of a text that spoke of an erased person."""


def key_of(entry: Mapping) -> str:
    """What an entry is known by, in every store: it holds each once, however often it is given."""
    return hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def renamed(body: str, names: Mapping[str, str]) -> dict:
    """A case or an entry under new names of erased nodes. The text of an entry about an erased person goes where it
    names their key.

    Parameters
    ----------
    body : its JSON text
    names : new names by old ones

    >>> renamed('{"people": ["applicant:A1"], "text": "A1 called"}', {"applicant:A1": "applicant:erased_0"})
    {'people': ['applicant:erased_0'], 'text': '（已删除）'}
    """
    people = json.loads(body)["people"]
    for old, new in names.items():
        body = body.replace(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
    changed = json.loads(body)
    keys = [old.partition(":")[2] for old in names if old in people or is_token(old.partition(":")[2])]
    told = changed.get("text") or ""
    if any(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", told) for key in keys):
        changed["text"] = ERASED
    return changed
