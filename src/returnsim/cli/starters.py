"""Scenarios to start from: those of the repository, which are shipped inside the wheel."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from returnsim.errors import InputError, Problem


def starter_files(folder: Path, starter: str) -> Iterator[tuple[str, bytes]]:
    """Return the files of a new scenario, called after its folder.

    Raises
    ------
    InputError
        The folder is in use, or there is no such starter.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(folder, [Problem("", "folder_not_empty")])
    shelf = _shelf()
    known = sorted(s.name for s in shelf.iterdir() if s.joinpath("scenario.toml").is_file())
    if starter not in known:
        values = {"value": starter, "known": ", ".join(known)}
        raise InputError(folder, [Problem("", "no_such_starter", values)])
    text = shelf.joinpath(starter).joinpath("scenario.toml").read_text(encoding="utf-8")
    name = re.sub(r"[\"\\\x00-\x1f]", "", folder.resolve().name).strip()[:60] or "my-school"
    renamed = re.sub(r'(?m)^name\s*=\s*".*?"', lambda _: f'name = "{name}"', text, count=1)
    yield "scenario.toml", renamed.encode("utf-8")


def _shelf() -> Traversable:
    inside = files("returnsim").joinpath("starters")
    if inside.is_dir():
        return inside
    return Path(__file__).parents[3] / "scenarios"  # a checkout: the repository's own
