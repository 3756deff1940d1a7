"""Every sentence a reader sees, in Chinese and in English.

The sentences live in ``words/zh/*.toml`` and ``words/en/*.toml``, a file for each subject; no
top-level table stands in two of them. A sentence that differs for one and for many is a table
with the keys ``one`` and ``other``.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")


def say(key: str, lang: str, /, **values: Any) -> str:
    """Return one sentence, filled in.

    Parameters
    ----------
    key
        Dotted path in the catalogue, such as ``error.input``.
    lang
        ``zh`` or ``en``.
    values
        What the sentence names in braces; ``n`` also chooses between one and many.

    Raises
    ------
    KeyError
        The catalogue has no such sentence: a bug, which a test looks for.
    """
    entry = _catalogue(lang)
    for part in key.split("."):
        entry = entry[part]
    if isinstance(entry, dict):
        entry = entry["one" if values.get("n") == 1 and "one" in entry else "other"]
    return str(entry).format(**values)


def known(key: str, lang: str) -> bool:
    """Whether the catalogue has this sentence."""
    entry: Any = _catalogue(lang)
    for part in key.split("."):
        if not isinstance(entry, dict) or part not in entry:
            return False
        entry = entry[part]
    return True


@cache
def _catalogue(lang: str) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for file in files("returnsim").joinpath("words").joinpath(lang).iterdir():
        words |= tomllib.loads(file.read_text(encoding="utf-8"))
    return words
