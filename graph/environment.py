"""The environment variables that are read below the service's settings: secrets, and where they lie.

A library that opens a store needs them as much as the command line does, and a password belongs in no URL. Nothing
else in the rooms looks into the environment but ``api.settings``, which names these too.
"""

from __future__ import annotations

import os

VARIABLES = {
    "RINGFENCE_KEY_FILE": "the key file with the token secret and the encryption keys",
    "RINGFENCE_NEO4J_PASSWORD": "the password of the user in a neo4j:// URL",
    "RINGFENCE_NEO4J_PASSWORD_FILE": "a file that holds that password",
    "RINGFENCE_NEO4J_TIMEOUT": "seconds to wait for a Neo4j server that is away",
    "RINGFENCE_PARTNER_KEY": "the key agreed with a partner",
    "RINGFENCE_DEBUG": "1 shows the traceback of a defect",
}
"""What each of them says."""


def stated(name: str) -> str | None:
    """What the environment states for one of ``VARIABLES``; None where it is not set, or empty."""
    if name not in VARIABLES:
        raise KeyError(name)
    return os.environ.get(name) or None
