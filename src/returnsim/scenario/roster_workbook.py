"""From a file on the disk to a workbook, whatever its kind, or to the reason why not."""

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from returnsim.errors import InputError
from returnsim.scenario.roster_ole import SIGNATURE
from returnsim.scenario.roster_sheet import LARGEST_FILE, Refusal, Refused, Workbook
from returnsim.scenario.roster_text import read_csv
from returnsim.scenario.roster_xls import read_xls
from returnsim.scenario.roster_xlsx import read_xlsx

T = TypeVar("T")
Kind = Literal["xlsx", "xls", "csv"]
KINDS: dict[str, Kind] = {".xlsx": "xlsx", ".xls": "xls", ".csv": "csv"}
PAGE_STARTS = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")
"""How a web page begins that calls itself XLS."""


def open_workbook(path: Path) -> Workbook:
    """Read a workbook, or refuse it in one sentence that tells nothing of its cells.

    Raises
    ------
    InputError
        With the reason.
    """
    return at_the_door(path, lambda: _open(path))


def at_the_door(path: Path, read: Callable[[], T]) -> T:
    """Do something with a workbook; what refuses it becomes the reader's one error.

    The error is raised anew, so that no traceback leads back to where the cells are.
    """
    try:
        return read()
    except Refused as refused:
        reason = Refusal("", refused.code, refused.values)
    except OSError as error:
        reason = Refusal("", "unreadable", {"reason": error.strerror or ""})
    raise InputError(path, [reason])


def _open(path: Path) -> Workbook:
    kind = KINDS.get(path.suffix.lower())
    if not path.exists():
        raise Refused("no_such_file")
    if not path.is_file():
        raise Refused("not_a_file")
    if kind is None:
        macros = path.suffix.lower() in (".xlsm", ".xlsb", ".xltm", ".xlam")
        raise Refused("macros" if macros else "unknown_kind", suffix=path.suffix)
    if path.stat().st_size > LARGEST_FILE:
        raise Refused("too_large", megabytes=LARGEST_FILE // 1_000_000)
    data = path.read_bytes()
    if not data.strip():
        raise Refused("empty")
    found = _kind(data)
    if found != kind:
        raise Refused(_mismatch(found, data), called=path.suffix, found=found.upper())
    match kind:
        case "xlsx":
            return read_xlsx(data)
        case "xls":
            return read_xls(data)
        case "csv":
            return read_csv(data)


def _mismatch(found: str, data: bytes) -> str:
    """Why a file is not what its name says."""
    if found == "page":
        return "is_a_page"
    if found == "xls" and "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    return "damaged" if found == "?" else "wrong_extension"


def _kind(data: bytes) -> str:
    """Tell what a file is from how it begins."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if data.startswith(SIGNATURE):
        return "xls"
    if data.startswith(b"PK"):
        return "xlsx"
    if start.startswith(PAGE_STARTS):
        return "page"
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "?" if b"\0" in data[:4096] and not marked else "csv"
