"""The key file: tokens for personal values, their encryption, and the masks people see.

One file outside every store holds the token secret, which never changes, and the encryption keys by version. A number
space of eleven digits can be enumerated from a plain hash, so node keys of personal identifiers are keyed tokens.
Stores keep the secret's fingerprint only, and refuse another.
"""

from __future__ import annotations

import binascii
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .environment import stated
from .errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = 1
_NONCE = 12
"""Bytes of a nonce of AES-GCM."""
_BLOCK = 64
"""Bytes of a block of SHA-256."""
TOKEN_PREFIX = "tok_"


class KeyFile:
    """The token secret and the encryption keys of one institution.

    Parameters
    ----------
    token_secret : 32 bytes; all tokens hang on it
    encryption_keys : AES-256 keys by version; the highest version encrypts, all of them decrypt
    path : where the file is, for messages
    """

    def __init__(self, token_secret: bytes, encryption_keys: dict[int, bytes], path: Path):
        self._secret = token_secret
        self._keys = encryption_keys
        self._ciphers: dict[int, AESGCM] = {}
        self.path = path
        self.version = max(encryption_keys)

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell one token secret from another and say nothing of it."""
        return self._mac("fingerprint", "ringfence").hex()[:16]

    def token(self, kind: str, value: str) -> str:
        """The token of a personal value in its normal form: ``tok_`` and 32 hex digits of an HMAC-SHA-256."""
        return TOKEN_PREFIX + self._mac(kind, value).hex()[:32]

    def hashes(self, kind: str, values: Sequence[str]) -> bytes:
        """The HMAC-SHA-256 of many values of one kind, 32 bytes each: a token shows the first 16 of them."""
        return b"".join(keyed_hashes(self._secret, kind, values))

    def encrypt(self, text: str) -> str:
        """AES-256-GCM ciphertext that names its algorithm and key version: ``aesgcm.<version>.<base64>``."""
        return self.encrypt_all([text])[0]

    def encrypt_all(self, texts: Sequence[str]) -> list[str]:
        """The ciphertexts of many texts."""
        begin, encrypt, base64 = f"aesgcm.{self.version}.", self._cipher(self.version).encrypt, binascii.b2a_base64
        # the random bytes of all nonces in one call of the system
        nonces = secrets.token_bytes(_NONCE * len(texts))
        return [
            begin
            + base64((nonce := nonces[at : at + _NONCE]) + encrypt(nonce, text.encode(), None), newline=False).decode()
            for at, text in zip(range(0, len(nonces), _NONCE), texts, strict=True)
        ]

    def decrypt(self, ciphertext: str) -> str:
        """What ``encrypt`` was given.

        Raises
        ------
        UserError : the key version is not in this file, or the ciphertext was altered
        """
        algorithm, version, body = ciphertext.split(".", 2)
        return self._unsealed(algorithm, int(version), binascii.a2b_base64(body)).decode()

    def seal(self, content: bytes) -> bytes:
        """Bytes as AES-256-GCM ciphertext, which begins with ``aesgcm.<version>.``."""
        nonce = secrets.token_bytes(_NONCE)
        return b"aesgcm.%d." % self.version + nonce + self._cipher(self.version).encrypt(nonce, content, None)

    def unseal(self, sealed: bytes) -> bytes:
        """What ``seal`` was given.

        Raises
        ------
        UserError : the key version is not in this file, or the bytes were altered
        """
        algorithm, version, body = sealed.split(b".", 2)
        return self._unsealed(algorithm.decode(), int(version), body)

    def _unsealed(self, algorithm: str, version: int, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        if algorithm != "aesgcm" or version not in self._keys:
            raise UserError(f"key file {self.path} has no encryption key {algorithm}.{version}: restore it from backup")
        try:
            return self._cipher(version).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except InvalidTag:
            raise UserError("a stored personal value was altered and cannot be decrypted") from None

    def _cipher(self, version: int) -> AESGCM:
        """The cipher of one key, made once: making it costs more than encrypting a short value."""
        if version not in self._ciphers:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            self._ciphers[version] = AESGCM(self._keys[version])
        return self._ciphers[version]

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose, such as the chain of the audit log; it says nothing of the token secret."""
        return self._mac("derived key", purpose)

    def is_secret(self, key: bytes) -> bool:
        """Whether a key that others know of is this file's token secret, as bytes or in hexadecimal digits."""
        return hmac.compare_digest(key, self._secret) or hmac.compare_digest(key.lower(), self._secret.hex().encode())

    def _mac(self, kind: str, value: str) -> bytes:
        return keyed_hash(self._secret, kind, value)


def keyed_hash(key: bytes, kind: str, value: str) -> bytes:
    """HMAC-SHA-256 of kind, a zero byte and value in UTF-8: what every token is the beginning of."""
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")


def keyed_hashes(key: bytes, kind: str, values: Sequence[str]) -> list[bytes]:
    """``keyed_hash`` of many values: the states that all of them share are made once (RFC 2104), five times as fast."""
    block = (key if len(key) <= _BLOCK else hashlib.sha256(key).digest()).ljust(_BLOCK, b"\0")
    begun = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + f"{kind}\0".encode()).copy
    ended = hashlib.sha256(bytes(byte ^ 0x5C for byte in block)).copy
    hashes = []
    for value in values:
        (inner := begun()).update(value.encode())
        (outer := ended()).update(inner.digest())
        hashes.append(outer.digest())
    return hashes


def key_version(ciphertext: str) -> int:
    """The version of the encryption key that a ciphertext names.

    >>> key_version("aesgcm.2.AAAA")
    2
    """
    return int(ciphertext.split(".", 2)[1])


def is_token(key: str) -> bool:
    """Whether a node's key is a token already.

    >>> is_token("tok_0123456789abcdef0123456789abcdef"), is_token("13812345678")
    (True, False)
    """
    body = key.removeprefix(TOKEN_PREFIX)
    return len(key) == 36 and len(body) == 32 and all(c in "0123456789abcdef" for c in body)


def default_path() -> Path:
    """Where the key file is: ``RINGFENCE_KEY_FILE``, else ``keys.json`` in the user's configuration folder."""
    named = stated("RINGFENCE_KEY_FILE")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("ringfence") / "keys.json"


def load_key_file(path: Path | None = None, *, create: bool = True) -> KeyFile:
    """Read the key file, or make it on first use and say on standard error that it wants a backup.

    Parameters
    ----------
    create : make it where there is none; False where a store exists already, which another secret could not open

    Raises
    ------
    UserError : the file is not there, or cannot be read, written or understood
    """
    path = path or default_path()
    try:
        if not path.exists():
            if not create:
                raise UserError(f"no key file {path}: restore the store's own, or name it in RINGFENCE_KEY_FILE")
            _create(path)
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != _FORMAT:
            raise UserError(f"key file {path} was made by another version of Ringfence: upgrade to use it")
        keys = {int(version): bytes.fromhex(key) for version, key in content["encryption_keys"].items()}
        return KeyFile(bytes.fromhex(content["token_secret"]), keys, path)
    except OSError as error:
        raise UserError(f"cannot use key file {path}: {error.strerror}; see RINGFENCE_KEY_FILE") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(
            f"key file {path} is damaged: restore it from backup, without it no token can be made"
        ) from None


def add_encryption_key(path: Path, after: int) -> KeyFile:
    """Add an encryption key to a key file and read it anew; token secret and older keys stay as they are.

    Parameters
    ----------
    after : the newest version the caller knows; nothing is added where the file has a newer one by now

    Raises
    ------
    UserError : the file cannot be read or written
    """
    path = path.resolve()  # where the file is a link, the file itself is replaced
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            # The folder is locked, as the file is replaced: of two rotations at once the second finds the first's key.
            fcntl.flock(folder, fcntl.LOCK_EX)
            held = load_key_file(path, create=False)
            if held.version > after:
                return held
            content = json.loads(path.read_text("utf-8"))
            content["encryption_keys"][str(held.version + 1)] = secrets.token_hex(32)
            with _draft(path, content) as draft:
                draft.replace(path)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UserError(f"cannot add an encryption key to {path}: {error.strerror}; make it writable first") from None
    return load_key_file(path, create=False)


def _create(path: Path) -> None:
    content = {
        "format": _FORMAT,
        "token_secret": secrets.token_hex(32),
        "encryption_keys": {"1": secrets.token_hex(32)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # Linked into its place, so that of two first uses at once only one key file comes to be.
    with _draft(path, content) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    print(
        f"ringfence: made a new key file, {path}; back it up: without it personal data in stores cannot be read",
        file=sys.stderr,
    )


@contextmanager
def _draft(path: Path, content: dict) -> Iterator[Path]:
    """A key file written whole beside its place, for its owner only; gone when the context ends."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


COMPOUND_SURNAMES = frozenset(
    """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶
    太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良
    漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 西门 第五 南荣
    东里 仲长 即墨 达奚 褚师
    """.split()  # noqa: SIM905
)
"""Surnames of two characters, masked as one."""


def mask(kind: str, value: str) -> str:
    """What people may see of a personal value without a reason.

    >>> mask("phone", "+8613812345678"), mask("id_document", "110101199003074477"), mask("account", "6222020000001234")
    ('138****5678', '110101********4477', '****1234')
    >>> mask("name", "张小明"), mask("name", "欧阳锋")
    ('张*', '欧阳*')
    """
    if kind == "phone" and len(value.removeprefix("+86")) >= 9:
        digits = value.removeprefix("+86")
        return f"{digits[:3]}****{digits[-4:]}"
    if kind == "id_document" and len(value) > 12:
        return f"{value[:6]}{'*' * (len(value) - 10)}{value[-4:]}"
    if kind == "name" and value:
        return (value[:2] if value[:2] in COMPOUND_SURNAMES and len(value) > 2 else value[:1]) + "*"
    if kind == "email" and value.find("@") > 1:
        return value[:1] + "***" + value[value.find("@") :]
    if kind == "ip" and value.count(".") == 3:
        return ".".join([*value.split(".")[:2], "*", "*"])
    if kind == "address" and value.startswith("cell:"):
        return re.sub(r"(\.\d)\d+", r"\1", value.removeprefix("cell:"))  # a tenth of a degree is about 10 km
    if kind in ("ip", "address"):
        return value[: min(6, len(value) // 2)] + "****"
    return "****" + value[len(value) - min(4, len(value) // 2) :]
