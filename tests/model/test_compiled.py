"""What is compiled and kept is compiled anew when a file that it comes from has changed."""

import os
import re
import sys
from pathlib import Path
from subprocess import run

import pytest

import returnsim
from returnsim.model import compiled

PACKAGE = Path(returnsim.__file__).parent


def test_every_file_with_compiled_parts_is_looked_at() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"^@(entry|inner|inlined)$", path.read_text("utf-8"), re.MULTILINE)
    }
    assert users | {"model/compiled.py"} == set(compiled.FILES)


INNER = """
from returnsim.model.compiled import inner
@inner
def part(x):
    return x + {}
"""
OUTER = """
from returnsim.model import compiled
from pathlib import Path
compiled.FILES = (*compiled.FILES, str(Path(__file__).with_name("part_of_it.py")))
from part_of_it import part
@compiled.entry
def whole(x):
    return 10 * part(x)
print(whole(1))
"""


@pytest.mark.parametrize("kept", [True, False])
def test_a_function_is_compiled_anew_when_its_part_has_changed(
    tmp_path: Path, *, kept: bool
) -> None:
    (tmp_path / "whole.py").write_text(OUTER, "utf-8")
    said = []
    for number in (1, 2):
        part = tmp_path / "part_of_it.py"
        part.write_text(INNER.format(number), "utf-8")
        ahead = part.stat().st_mtime_ns + 3_000_000_000 * (number if not kept else -number)
        os.utime(part, ns=(ahead, ahead))
        found = run(
            [sys.executable, "-c", "import whole"],
            cwd=tmp_path,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kept"), "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(found.stdout.strip())
    assert said == ["20", "20" if kept else "30"], "the old part stays in what is kept"
