"""requirements.lock gives what pyproject.toml asks for, by content and from wherever pip is told to look."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def lock(root):
    return (root / "requirements.lock").read_text("utf-8")


def test_every_dependency_is_locked_at_a_version_that_satisfies_it(root, lock):
    pinned = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z0-9,._-]+\])?==(\S+)", lock, re.MULTILINE))
    declared = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    extras = declared["project"]["optional-dependencies"]
    asked = [
        *declared["build-system"]["requires"],
        *declared["project"]["dependencies"],
        *(line for extra in extras.values() for line in extra),
    ]
    unmet = []
    for line in asked:
        requirement = Requirement(line)
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            unmet.append(f"{line}: locked {version}; run make lock")
    assert not unmet, "\n".join(unmet)


def test_every_locked_package_is_known_by_its_hash(lock):
    packages = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(packages) > 50
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_sets_no_option_but_hashes(lock):
    lines = [line.strip() for line in lock.splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in lines if line.startswith("-") and not line.startswith("--hash=sha256:")] == []
