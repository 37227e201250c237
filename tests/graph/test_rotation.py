"""A new encryption key: ciphertexts change, nothing else does, and what was broken off is completed."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.keys import add_encryption_key, key_version, load_key_file
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.rotation import rotate
from support.stores import STORES

PHONES = [f"+86138{number:08}" for number in range(300)]


@pytest.fixture
def key_file(tmp_path):
    """A key file of this test's own: others would be left with one more key."""
    load_key_file(tmp_path / "keys" / "keys.json")
    return tmp_path / "keys" / "keys.json"


@pytest.fixture(params=STORES)
def store(request, tmp_path, key_file):
    url = f"sqlite:///{tmp_path}/graph.db" if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    store = open_store(url, key_file=key_file)
    fill(store)
    yield store
    store.close()


def fill(store):
    tokens = [store.keys.token("phone", phone) for phone in PHONES]
    held = {"token": tokens, "mask": "138****", "cipher": [store.keys.encrypt(phone) for phone in PHONES]}
    with store.writer("first") as writer:
        writer.secrets(pd.DataFrame(held))
        writer.publish({}, None)
    found = {"id": "ab", "rank_all": 1, "members": [], "evidence": [{"uid": "u", "target": f"phone:{tokens[0]}"}]}
    store.save_batch([Run("d", "1", 1, 0, {})], [{**found, "detector": "d"}])


def secrets(store):
    return pd.concat(list(store.secrets()), ignore_index=True).sort_values("token", ignore_index=True)


def test_ciphertexts_change_while_tokens_masks_and_findings_stay(store):
    before, fingerprint = secrets(store), store.keys.fingerprint
    done = rotate(store)
    after = secrets(store)
    assert (done.version, done.added, done.reencrypted) == (2, True, len(PHONES))
    assert after[["token", "mask"]].equals(before[["token", "mask"]])
    assert {key_version(cipher) for cipher in after["cipher"]} == {2}
    assert set(map(store.keys.decrypt, after["cipher"])) == set(PHONES)
    assert store.keys.token("phone", PHONES[0]) in set(after["token"]) and store.keys.fingerprint == fingerprint
    assert store.finding("ab")[0]["evidence"][0]["target"] == "phone:" + store.keys.token("phone", PHONES[0])
    assert store.revision() == 1
    assert rotate(store).version == 3


def test_what_was_broken_off_is_completed_without_another_key(store, key_file, monkeypatch):
    written = []
    really = store.replace_ciphers

    def half(changed):
        really(changed[: len(changed) // 2])
        written.append(len(changed) // 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "replace_ciphers", half)
    with pytest.raises(KeyboardInterrupt):
        rotate(store)
    assert sorted({key_version(cipher) for cipher in secrets(store)["cipher"]}) == [1, 2]
    assert {store.keys.decrypt(cipher) for cipher in secrets(store)["cipher"]} == set(PHONES)
    store.close()
    again = open_store(store.url, key_file=key_file)
    done = rotate(again)
    assert (done.version, done.added, done.reencrypted) == (2, False, len(PHONES) - written[0])
    assert {key_version(cipher) for cipher in secrets(again)["cipher"]} == {2}
    again.close()


@pytest.mark.parametrize(
    "after", ["_draft(", "store.keys = add_encryption_key", "store.replace_ciphers", "store.scrub()"]
)
def test_killed_at_any_step_it_completes_when_it_is_run_again(tmp_path, key_file, after):
    url = f"sqlite:///{tmp_path}/graph.db"
    store = open_store(url, key_file=key_file)
    fill(store)
    before = secrets(store)
    store.close()
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from ringfence.graph import keys\n"
        "from ringfence.graph.store import open_store, rotation\n"
        "wanted = sys.argv[3]\n"
        "def trace(frame, event, argument):\n"
        "    if event == 'line' and wanted in lines[frame.f_code.co_filename].get(frame.f_lineno, ''):\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return trace\n"
        "lines = {m.__file__: dict(enumerate(open(m.__file__), 1)) for m in (keys, rotation)}\n"
        "def enter(frame, event, argument):\n"
        "    return trace if frame.f_code.co_filename in lines else None\n"
        "store = open_store(sys.argv[1], key_file=Path(sys.argv[2]))\n"
        "sys.settrace(enter)\n"
        "rotation.rotate(store)\n"
    )
    command = [sys.executable, "-c", script, url, str(key_file), after]
    assert subprocess.run(command, env=os.environ.copy(), capture_output=True).returncode == -9
    store = open_store(url, key_file=key_file)
    assert set(map(store.keys.decrypt, secrets(store)["cipher"])) == set(PHONES)
    done = rotate(store)
    assert {key_version(cipher) for cipher in secrets(store)["cipher"]} == {done.version}
    assert secrets(store)["token"].equals(before["token"])
    store.close()


def test_older_keys_stay_so_that_other_stores_and_backups_can_be_read(tmp_path, key_file):
    first, second = (open_store(f"sqlite:///{tmp_path}/{name}.db", key_file=key_file) for name in "ab")
    fill(first), fill(second)
    rotate(first)
    content = json.loads(key_file.read_text())
    assert sorted(content["encryption_keys"]) == ["1", "2"]
    second.close()
    second = open_store(second.url, key_file=key_file)
    assert set(map(second.keys.decrypt, secrets(second)["cipher"])) == set(PHONES)
    # the key that the first store's rotation added serves the second too
    done = rotate(second)
    assert (done.version, done.added) == (2, False)
    first.close(), second.close()


def test_no_old_ciphertext_is_left_in_the_file(tmp_path, key_file):
    store = open_store(f"sqlite:///{tmp_path}/graph.db", key_file=key_file)
    store.connection.execute("PRAGMA secure_delete = OFF")
    fill(store)
    old = secrets(store)["cipher"].tolist()
    rotate(store)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("graph.db*"))
    assert [cipher for cipher in old if cipher.encode() in held] == []
    assert all(cipher.encode() in held for cipher in secrets(store)["cipher"])
    store.close()


def test_a_store_that_is_ahead_of_the_key_file_is_not_given_a_second_key_of_one_version(tmp_path, key_file):
    store = open_store(f"sqlite:///{tmp_path}/graph.db", key_file=key_file)
    fill(store)
    older = shutil.copy(key_file, tmp_path / "older.json")
    rotate(store)
    store.close()
    store = open_store(store.url, key_file=tmp_path / "older.json")
    with pytest.raises(UserError, match="no encryption key 2, which this store uses"):
        rotate(store)
    assert sorted(json.loads(Path(older).read_text())["encryption_keys"]) == ["1"]
    store.close()


def test_the_file_stays_its_owners_only_and_is_replaced_where_a_link_leads(key_file, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(key_file)
    secret = json.loads(key_file.read_text())["token_secret"]
    added = add_encryption_key(link, after=1)
    assert link.is_symlink() and stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert added.version == 2 and json.loads(key_file.read_text())["token_secret"] == secret
    assert [path.name for path in key_file.parent.iterdir()] == ["keys.json"]
    # another was quicker: its key is taken
    assert add_encryption_key(link, after=1).version == 2


def test_a_key_file_that_cannot_be_written_is_an_error_of_one_line(tmp_path):
    with pytest.raises(UserError, match="cannot add an encryption key"):
        add_encryption_key(tmp_path / "nowhere" / "keys.json", after=1)
