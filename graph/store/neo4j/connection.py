"""The way to a Neo4j server: its URL, its password, queries in managed transactions, and errors in one line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit

from ...environment import stated
from ...errors import Unavailable, UserError

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
EXAMPLE = "neo4j://user@host:7687/database"
OLDEST = (5, 26)
"""The oldest server that has all that the store asks for: the long-term release it is tested on."""
DEFAULT_TIMEOUT = 15.0
"""Seconds a question waits for a server that is away, unless ``RINGFENCE_NEO4J_TIMEOUT`` says otherwise."""
_TRIES = 3
"""How often at least the server is asked that answers, and says that the same may succeed if it is asked again."""
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Address:
    """What a store URL says: where the server is, as whom, and which database; never a password."""

    scheme: str
    user: str
    host: str
    port: int
    database: str

    @property
    def server(self) -> str:
        """The URL the driver wants."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The store URL."""
        user, database = quote(self.user, safe=""), quote(self.database, safe="")
        return f"{self.scheme}://{user}@{self.server.partition('://')[2]}/{database}"


def read_address(url: str) -> Address:
    """Take a store URL apart.

    >>> read_address("neo4j+s://reader@graph.example.org/loans").server
    'neo4j+s://graph.example.org:7687'

    Raises
    ------
    UserError : it names no user, host or database, or holds a password
    """
    try:
        parts = urlsplit(url)
        host, port, user = parts.hostname, parts.port or 7687, unquote(parts.username or "")
    except ValueError:
        raise UserError(f"unreadable store URL: write it as {EXAMPLE}") from None
    if parts.password is not None:
        # Not repeated: it would end up on the screen and in logs.
        raise UserError("a store URL must not hold a password: set RINGFENCE_NEO4J_PASSWORD or _PASSWORD_FILE instead")
    database = unquote(parts.path.strip("/"))
    if not host or not user or not database or "/" in database or parts.query or parts.fragment:
        raise UserError(f"store URL {url!r} must name user, host and database: write it as {EXAMPLE}")
    return Address(parts.scheme, user, host, port, database)


def read_password() -> str:
    """The password, from ``RINGFENCE_NEO4J_PASSWORD`` or the file that ``RINGFENCE_NEO4J_PASSWORD_FILE`` names.

    Raises
    ------
    UserError : neither is set, or the file cannot be read
    """
    if password := stated("RINGFENCE_NEO4J_PASSWORD"):
        return password
    named = stated("RINGFENCE_NEO4J_PASSWORD_FILE")
    if not named:
        raise UserError("no password for Neo4j: set RINGFENCE_NEO4J_PASSWORD, or RINGFENCE_NEO4J_PASSWORD_FILE")
    try:
        return Path(named).expanduser().read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UserError(f"cannot read the password in {named}: {why}; see RINGFENCE_NEO4J_PASSWORD_FILE") from None


def read_timeout() -> float:
    """Seconds to wait for a server that is away.

    Raises
    ------
    UserError : ``RINGFENCE_NEO4J_TIMEOUT`` is no positive number
    """
    text = stated("RINGFENCE_NEO4J_TIMEOUT") or str(DEFAULT_TIMEOUT)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 < seconds < float("inf"):
        raise UserError(f"RINGFENCE_NEO4J_TIMEOUT cannot be {text!r}: write seconds, such as 15")
    return seconds


class Connection:
    """One database of one server. Threads may share it.

    Parameters
    ----------
    address : where it is; the password comes from the environment

    Raises
    ------
    UserError : the server is away or too old, or refuses the user or the database
    """

    def __init__(self, address: Address):
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError

        self.address = address
        # What the driver would log of its tries is said once, by us, when they come to nothing.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        timeout, password = read_timeout(), read_password()
        try:
            self._driver = GraphDatabase.driver(
                address.server,
                auth=(address.user, password),
                connection_timeout=timeout,
                connection_acquisition_timeout=timeout,
                max_transaction_retry_time=timeout,
                # The server hints at its taste in queries; a user can do nothing about that.
                notifications_min_severity="OFF",
            )
            # Every session sees what earlier ones wrote, also where a cluster answers.
            self._bookmarks = GraphDatabase.bookmark_manager()
        except (DriverError, ValueError) as error:
            raise UserError(f"cannot use store URL {address.url}: {error}") from None
        try:
            self._check_version()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all connections."""
        self._driver.close()

    def read(self, query: str, **parameters: Any) -> list:
        """The records of a query that changes nothing."""
        return self._managed("READ", lambda transaction: list(transaction.run(_query(query), parameters)))

    def write(self, query: str, **parameters: Any) -> list:
        """Run one query that changes something, in a transaction of its own, again where that may help."""
        return self._managed("WRITE", lambda transaction: list(transaction.run(_query(query), parameters)))

    def change(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Do some work in one transaction; it may be called again, and must then do the same."""
        return self._managed("WRITE", lambda transaction: work(Transaction(transaction)))

    def stream(self, query: str, **parameters: Any) -> Iterator:
        """The records of a query as they come; each may hold many rows, so that two are fetched at a time."""
        with translated(self.address), self._session("READ", fetch_size=2) as session:
            yield from session.run(_query(query), parameters)

    def once(self, statement: str, **parameters: Any) -> None:
        """Run a statement that is its own transactions, such as one about an index, and never again if it fails."""
        with translated(self.address), self._session("WRITE") as session:
            session.run(_query(statement), parameters).consume()

    @contextmanager
    def held(self, query: str, **parameters: Any) -> Iterator[Callable[[], None]]:
        """Keep what a query locks until the context ends, or this process does: the server rolls back what a lost
        connection had begun. Yields what must be called now and then: it fails where the lock is lost."""
        with translated(self.address), self._session("WRITE") as session:
            transaction = session.begin_transaction()
            try:
                transaction.run(_query(query), parameters).consume()
                yield lambda: _still(transaction, self.address)
            finally:
                transaction.close()

    def _managed(self, mode: str, work: Callable[[ManagedTransaction], Answer]) -> Answer:
        from neo4j.exceptions import TransientError

        tried = 0
        with translated(self.address):
            while True:
                tried += 1
                try:
                    with self._session(mode) as session:
                        run = session.execute_read if mode == "READ" else session.execute_write
                        return run(work)
                except TransientError as error:
                    # The driver tries again for so many seconds, and so never what took longer than that to fail.
                    if tried == _TRIES or _known(error):
                        raise

    def _session(self, mode: str, **settings: Any) -> Session:
        return self._driver.session(
            database=self.address.database,
            default_access_mode=mode,
            bookmark_manager=self._bookmarks,
            **settings,
        )

    def _check_version(self) -> None:
        versions = self.read("CALL dbms.components() YIELD versions RETURN versions[0] AS version")
        text = str(versions[0]["version"])
        if is_too_old(text):
            raise Unavailable(
                f"the Neo4j server at {self.address.host}:{self.address.port} is version {text}: Ringfence needs "
                f"{OLDEST[0]}.{OLDEST[1]} or newer",
            )


def is_too_old(version: str) -> bool:
    """Whether a server of this version lacks what the store asks for.

    >>> [is_too_old(version) for version in ("4.4.40", "5.25.1", "5.26.30", "2025.11.2", "5.27.0-2025090")]
    [True, True, False, False, False]
    """
    numbers = [int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit()]
    return tuple(numbers) < OLDEST


class Transaction:
    """One transaction; what it does shows whole or not at all."""

    def __init__(self, transaction: ManagedTransaction):
        self._transaction = transaction

    def run(self, query: str, **parameters: Any) -> list:
        """The records of a query."""
        return list(self._transaction.run(_query(query), parameters))


def _query(text: str) -> LiteralString:
    # Queries are put together from the product's own labels, types and field names only; values go as parameters.
    return cast(LiteralString, text)


def _still(transaction: Any, address: Address) -> None:
    with translated(address):
        transaction.run("RETURN 1").consume()


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Turn what server and driver raise into one line that says what to do.

    Raises
    ------
    UserError : ``Unavailable`` where the server is away or does not let the user
    """
    from neo4j.exceptions import AuthError, DriverError, Neo4jError

    try:
        yield
    except (Neo4jError, DriverError) as error:
        cause = _cause(error)
        if cause is None:
            raise
        message, kind = cause
        if isinstance(error, AuthError):
            message = f"refuses user {address.user!r}: check RINGFENCE_NEO4J_PASSWORD and the user in the URL"
        elif message == _AWAY and address.scheme.endswith("+s"):
            # The driver does not say whether it found no server, or one whose certificate it does not trust.
            message = "cannot be reached: see that it runs encrypted, with a certificate that this machine trusts"
        where = f"the Neo4j server at {address.host}:{address.port}"
        raise kind(f"{where} {message.format(database=address.database)}") from None


def _cause(error: Exception) -> tuple[str, type[UserError]] | None:
    """What is wrong, where it is the server or the user, as the end of a sentence, and of which kind that is."""
    from neo4j import exceptions

    if known := _known(error):
        return known
    if isinstance(error, exceptions.AuthError):
        return "", Unavailable
    if isinstance(error, exceptions.TransientError):
        return "is too busy or too small for this: try again, or give it more memory", Unavailable
    if isinstance(error, exceptions.ServiceUnavailable | exceptions.SessionExpired | exceptions.IncompleteCommit):
        if "handshake" in str(error).lower():
            return f"is too old, or no Neo4j: Ringfence needs {OLDEST[0]}.{OLDEST[1]} or newer", Unavailable
        return _AWAY, Unavailable
    if isinstance(error, exceptions.UnsupportedServerProduct) or "Notification filtering" in str(error):
        # Unknown before Bolt 5.2, which came with Neo4j 5.7.
        return f"is too old: Ringfence needs {OLDEST[0]}.{OLDEST[1]} or newer", Unavailable
    if isinstance(error, exceptions.ConfigurationError):
        return "cannot be used as the URL says: check its scheme (neo4j://, neo4j+s://, bolt://)", UserError
    if isinstance(error, exceptions.DriverError):
        return _AWAY, Unavailable
    return None


def _known(error: Exception) -> tuple[str, type[UserError]] | None:
    """The same by the error's code, for those that are told apart by it."""
    code = getattr(error, "code", None) or ""
    return next(((message, Unavailable) for start, message in _CODES if code.startswith(start)), None)


_AWAY = "cannot be reached: see that it runs, and run the same again"
_CODES = (
    ("Neo.ClientError.Database.DatabaseNotFound", "has no database {database!r}: name another in the URL"),
    ("Neo.ClientError.Database", "cannot serve database {database!r} now: see that it is started"),
    ("Neo.TransientError.General.DatabaseUnavailable", "cannot serve database {database!r} now: try again"),
    ("Neo.TransientError.Database", "cannot serve database {database!r} now: try again"),
    ("Neo.ClientError.Security.AuthenticationRateLimit", "was given wrong passwords too often: wait a little"),
    ("Neo.ClientError.Security.CredentialsExpired", "wants a new password for this user: change it there"),
    ("Neo.ClientError.Security.Forbidden", "does not let this user do that on {database!r}: see its roles"),
    (
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        "holds database {database!r} read-only: nothing was changed",
    ),
    (
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
        "holds database {database!r} read-only: nothing was changed",
    ),
    ("Neo.ClientError.Cluster.NotALeader", "is no place to write to: use neo4j:// instead of bolt://"),
    ("Neo.DatabaseError.General.StorageDamageDetected", "says that database {database!r} is damaged"),
    ("Neo.TransientError.General.OutOfDiskSpace", "has no room left on its disk"),
)
