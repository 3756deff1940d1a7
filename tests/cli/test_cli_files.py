"""Files that are complete or not there, tables that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from returnsim.cli.files import to_csv, write_all, write_one
from returnsim.cli.language import default_language
from returnsim.errors import InputError


def test_files_are_written_in_order_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    written = write_all(folder, [("two.txt", b"2"), ("one.txt", b"1")])
    assert written == [folder / "two.txt", folder / "one.txt"]
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {"one.txt": b"1", "two.txt": b"2"}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError, MemoryError])
def test_what_stops_half_way_leaves_everything_as_it_was(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    (tmp_path / "one.txt").write_bytes(b"before")

    def contents() -> Iterator[tuple[str, bytes]]:
        yield "one.txt", b"after"
        yield "two.txt", b"after"
        raise stop

    with pytest.raises(stop):
        write_all(tmp_path, contents())
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"one.txt": b"before"}


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    for data in (b"a long text", b"short"):
        write_one(path, data)
        assert path.read_bytes() == data


def test_what_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "folder", tmp_path / "file" / "x"):
        with pytest.raises(InputError) as refusal:
            write_one(path, b"")
        assert [p.code for p in refusal.value.problems] == ["cannot_write"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_table_is_read_back_by_a_spreadsheet_as_text() -> None:
    risky = ["=1+1", "+1", "-1", "@a", "\t=1", "a=1", "九1班", 'say "a, b"']
    data = to_csv(("name", "number"), [(text, -1.5) for text in risky])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["name", "number"]
    assert [row[1] for row in rows[1:]] == ["-1.5"] * len(risky)
    for before, (after, _) in zip(risky, rows[1:], strict=True):
        assert after in (before, "'" + before)
        assert after[0] not in "=+-@\t"


@pytest.mark.parametrize(
    ("setting", "lang"),
    [
        ({"RETURNSIM_LANG": "zh"}, "zh"),
        ({"RETURNSIM_LANG": "EN"}, "en"),
        ({"RETURNSIM_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_reader(
    setting: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RETURNSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    assert default_language() == lang
