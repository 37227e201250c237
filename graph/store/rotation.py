"""A new encryption key, and the ciphertexts of a store brought under it; tokens, and with them all node keys, stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import UserError
from ..keys import add_encryption_key, key_version
from .protocol import Store
from .records import Progress


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes
    ----------
    version : of the encryption key that all ciphertexts of the store are under now
    added : whether the key was made now; it was there where an earlier rotation broke off, or was of another store
    reencrypted : how many ciphertexts changed
    """

    version: int
    added: bool
    reencrypted: int


def rotate(store: Store, progress: Progress | None = None) -> Rotation:
    """Add an encryption key to the store's key file and bring all of the store's ciphertexts under it.

    Where some are under an older key than the file's newest, an earlier rotation broke off, or the key was added for
    another store: then no key is added, and what is left is done. Older keys stay in the file: other stores, copies and
    backups may need them.

    Parameters
    ----------
    progress : told of the values looked at, step ``encrypting``

    Raises
    ------
    UserError : the key file cannot be written, or lacks a key that the store's ciphertexts are under
    """
    added = False
    versions = {key_version(cipher) for block in store.secrets() for cipher in block["cipher"]}
    if max(versions, default=0) > store.keys.version:
        raise UserError(
            f"key file {store.keys.path} has no encryption key {max(versions)}, which this store uses: "
            "bring its newest copy here first"
        )
    if min(versions, default=store.keys.version) == store.keys.version:
        before = store.keys.version
        store.keys = add_encryption_key(store.keys.path, after=before)
        added = store.keys.version == before + 1
    changed = 0
    for done, total, rows in _behind(store):
        store.replace_ciphers([(token, old, store.keys.encrypt(store.keys.decrypt(old))) for token, old in rows])
        changed += len(rows)
        if progress:
            progress("encrypting", "personal values", done, total)
    # the old ciphertexts may still lie in pages that are free by now
    store.scrub()
    return Rotation(store.keys.version, added, changed)


def _behind(store: Store) -> Iterator[tuple[int, int, list[tuple[str, str]]]]:
    """Block by block the tokens and ciphertexts under an older key, with how many were looked at and held in all."""
    total = sum(len(block) for block in store.secrets())
    done = 0
    for block in store.secrets():
        done += len(block)
        pairs = zip(block["token"].tolist(), block["cipher"].tolist(), strict=True)
        yield done, total, [(token, cipher) for token, cipher in pairs if key_version(cipher) < store.keys.version]
