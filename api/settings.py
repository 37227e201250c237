"""What can be set: one described model, from the environment or from what a caller gives."""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, TomlConfigSettingsSource

from ..graph.environment import stated
from ..graph.errors import UserError

Words = Annotated[tuple[str, ...], NoDecode]
_PUBLIC_KEY_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""A token that is signed with a shared secret can be made by everybody who can check it."""


class Settings(BaseSettings):
    """Settings of the command line and the HTTP service.

    Each is read from the environment variable of its name in upper case after ``RINGFENCE_``, unless it is given, or
    from the TOML file that ``RINGFENCE_SETTINGS`` names, where it has its name in lower case.
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
    sources: Path | None = Field(
        default=None,
        description="The folder below which lies what may be loaded over HTTP; none by default, and no such loads.",
    )
    host: str = Field(default="127.0.0.1", description="Address the HTTP service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the HTTP service; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes of the HTTP service.")
    tls_cert: Path | None = Field(default=None, description="Certificate of the HTTP service, with its chain, in PEM.")
    tls_key: Path | None = Field(default=None, description="Private key of the certificate, in PEM.")
    allowed_hosts: Words = Field(
        default=(), description="Further names, divided by commas, that the HTTP service answers to; * stands for any."
    )
    rate_limit: int = Field(default=6000, ge=1, description="Requests that one caller may make in a minute.")
    oidc_issuer: str | None = Field(
        default=None,
        description="Issuer of bearer tokens, as their claim iss names it; none by default.",
    )
    oidc_audience: str | None = Field(default=None, description="What the claim aud of a token has to name.")
    oidc_keys: str | None = Field(default=None, description="URL or file of the issuer's JSON Web Key Set.")
    oidc_algorithms: Words = Field(
        default=("RS256",), description="Algorithms, divided by commas, that a token may be signed with."
    )
    oidc_roles: str = Field(default="roles", description="The claim that holds the roles; a.b is claim b within a.")

    @field_validator("allowed_hosts", "oidc_algorithms", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together")
        if self.oidc_issuer is not None and not (self.oidc_audience and self.oidc_keys):
            raise ValueError("oidc_issuer needs oidc_audience and oidc_keys")
        if shared := set(self.oidc_algorithms) - _PUBLIC_KEY_ALGORITHMS:
            raise ValueError(f"oidc_algorithms cannot be {', '.join(sorted(shared))}: public-key algorithms only")
        return self

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: Any, init_settings: Any, env_settings: Any, dotenv_settings: Any, file_secret_settings: Any
    ) -> tuple[Any, ...]:
        """What is given wins over the environment, and that over the file that ``RINGFENCE_SETTINGS`` names."""
        file = stated("RINGFENCE_SETTINGS")
        return (init_settings, env_settings, *([TomlConfigSettingsSource(settings_cls, file)] if file else []))

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
        return self._beside_audit("access.db")

    @property
    def jobs_file(self) -> Path:
        """Where the jobs are listed: beside the audit log, under its name and ``.jobs.db``."""
        return self._beside_audit("jobs.db")

    def _beside_audit(self, ending: str) -> Path:
        audit = self.audit_file
        return audit.with_name(f"{audit.name.removesuffix('.db').removesuffix('.audit')}.{ending}")

    @property
    def rates_file(self) -> Path:
        """Where requests are counted: beside the API keys."""
        return self._beside_keys("rates")

    @property
    def views_file(self) -> Path:
        """Where kept views are: beside the API keys."""
        return self._beside_keys("views")

    def _beside_keys(self, what: str) -> Path:
        return self.access_file.with_name(f"{self.access_file.name.removesuffix('.db')}.{what}.db")


def as_variables(settings: Settings) -> dict[str, str]:
    """Settings as the environment of another process states them."""
    given = settings.model_dump(exclude_defaults=True)
    texts = {name: ",".join(value) if isinstance(value, tuple) else str(value) for name, value in given.items()}
    return {f"RINGFENCE_{name.upper()}": text for name, text in texts.items()}


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
        if not first["loc"]:
            raise UserError(f"the settings do not fit together: {first['msg'].removeprefix('Value error, ')}") from None
        name = f"RINGFENCE_{str(first['loc'][0]).upper()}"
        raise UserError(f"{name} cannot be {first['input']!r}: {first['msg']}") from None
    except (OSError, TOMLDecodeError) as error:
        raise UserError(f"cannot read the settings that RINGFENCE_SETTINGS names: {error}") from None
