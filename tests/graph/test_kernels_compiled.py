"""Where compiled kernels are kept, in what form arrays reach them, and what look-ups do not import."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ringfence.graph.kernels import compiled

HITS = """
from copied.components import _weak, weak_components
assert weak_components([0, 3], [1, 2], 5).tolist() == [0, 0, 1, 1, 2]
print(sum(_weak.stats.cache_hits.values()))
"""


def run(code, folder, home):
    """What a Python of its own prints that imports from ``folder`` and whose user lives in ``home``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=kept | {"PYTHONPATH": str(folder), "HOME": str(home)},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.fixture
def unwritable(tmp_path):
    """A copy of the kernels in whose folder nothing can be cached, not even by root."""
    package = tmp_path / "copied"
    shutil.copytree(Path(compiled.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__pycache__").write_text("a file where the folder would be")
    return tmp_path


def test_code_is_kept_for_the_user_where_the_package_cannot_be_written(unwritable):
    home = unwritable / "home"
    home.mkdir()
    assert run(HITS, unwritable, home) == "0"
    assert list(home.rglob("*.nbi"))
    assert run(HITS, unwritable, home) == "1"


def test_kernels_work_where_nothing_can_be_written(unwritable):
    assert run(HITS, unwritable, "/dev/null") == "0"


def test_look_ups_import_no_compiler():
    code = (
        "import sys, ringfence.graph.kernels.paths, ringfence.graph.kernels.adjacency\n"
        "print([name for name in ('numba', 'scipy', 'pandas') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_arrays_reach_kernels_in_one_form(tmp_path):
    values = np.arange(6, dtype=np.int32)
    np.save(tmp_path / "values.npy", values)
    mapped = np.load(tmp_path / "values.npy", mmap_mode="r")
    for given in (values, values[::2], values.astype(np.int64), mapped):
        form = compiled.frozen(given, np.int32)
        assert type(form) is np.ndarray
        assert (form.dtype, form.flags.c_contiguous, form.flags.writeable) == (np.int32, True, False)
        assert np.array_equal(form, given)
    assert np.shares_memory(compiled.frozen(mapped, np.int32), mapped)
    assert values.flags.writeable, "the caller's array stays as it is"


def test_ids_outside_their_range_are_refused():
    assert compiled.ids(np.array([0, 4]), 5, "seeds").tolist() == [0, 4]
    assert compiled.ids(np.empty(0), 0, "seeds").tolist() == []
    for values in ([5], [-1], [2**32]):
        with pytest.raises(ValueError, match=r"seeds holds ids outside 0\.\.4"):
            compiled.ids(np.array(values), 5, "seeds")
