"""What every test shares: reproducible examples in CI, and nothing of the user's own touched."""

import os
import shutil

import hypothesis
import pytest

hypothesis.settings.register_profile("ringfence", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("ringfence")


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory):
    """Tests, and the processes they start, work under a key file of this run and no setting of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("RINGFENCE_")]:
            patch.delenv(name)
        patch.setenv("RINGFENCE_KEY_FILE", str(tmp_path_factory.mktemp("keys") / "keys.json"))
        yield


@pytest.fixture(scope="session")
def chromium():
    """The path of the browser that opens what we write; without one the test fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no Chromium to open the file with: apt-get install -y chromium fonts-noto-cjk")
    return path
