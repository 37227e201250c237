"""What can be set: one described model, from the environment or from what a caller gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..graph.errors import UserError


class Settings(BaseSettings):
    """Settings of the command line and the HTTP service.

    Each is read from the environment variable of its name in upper case after ``RINGFENCE_``, unless it is given.
    Secrets are no settings: ``graph.environment`` reads them where they are needed.
    """

    model_config = SettingsConfigDict(env_prefix="RINGFENCE_", env_ignore_empty=True, frozen=True)

    store: str = Field(
        default="sqlite:///ringfence.db",
        description="URL of the store: sqlite:///relative/path, sqlite:////absolute/path or "
        "neo4j://user@host:7687/database.",
    )
    audit: Path | None = Field(
        default=None,
        description="The audit log, a SQLite file; by default beside an embedded store (its file name and .audit.db), "
        "for a store on a server in the user's state folder.",
    )
    audit_anchor: Path | None = Field(
        default=None,
        description="A file elsewhere, best one that can only be appended to, which notes each minute how far the "
        "audit log has come; none by default.",
    )
    access: Path | None = Field(
        default=None, description="The file of API keys, a SQLite file; by default beside the audit log."
    )
    key_file: Path | None = Field(
        default=None,
        description="The key file with the token secret and the encryption keys; in the user's configuration folder "
        "by default.",
    )
    policy: Path | None = Field(
        default=None, description="The policy file of `ringfence detect`; the shipped one unless another is named."
    )
    require: str = Field(
        default="",
        description="Tables without which `ringfence nightly` publishes nothing, separated by commas.",
    )
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port of the HTTP service on 127.0.0.1; 0 takes a free one."
    )

    @property
    def store_file(self) -> Path | None:
        """The file of an embedded store; None where the URL names another kind of store or no file."""
        scheme, _, rest = self.store.partition("://")
        return Path(rest[1:]) if scheme == "sqlite" and rest.startswith("/") and rest != "/" else None

    @property
    def audit_file(self) -> Path:
        """Where the audit log is."""
        if self.audit is not None:
            return self.audit
        if self.store_file is not None:
            # Where a store is reached by a link, its log lies beside the store itself: there is one.
            file = self.store_file.resolve()
            return file.with_name(file.name + ".audit.db")
        from platformdirs import user_state_path

        from ..graph.store.neo4j.connection import read_address

        address = read_address(self.store)
        # One file for a database, whoever asks and by whichever scheme.
        name = quote(f"{address.host}-{address.port}-{address.database}", safe="")
        return user_state_path("ringfence", ensure_exists=True) / f"{name}.audit.db"

    @property
    def access_file(self) -> Path:
        """Where the API keys are: beside the audit log, under its name and ``.access.db``."""
        if self.access is not None:
            return self.access
        audit = self.audit_file
        return audit.with_name(audit.name.removesuffix(".db").removesuffix(".audit") + ".access.db")


def read_settings(**given: Any) -> Settings:
    """The settings from the environment; those given as something other than None take its place.

    Raises
    ------
    UserError : a value that cannot be used, by the name of its variable
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise UserError(f"RINGFENCE_{name.upper()} cannot be {first['input']!r}: {first['msg']}") from None
