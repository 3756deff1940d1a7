"""Which language to speak."""

import os
from collections.abc import Sequence

from returnsim.wording import LANGUAGES


def default_language() -> str:
    """Chinese or English, from RETURNSIM_LANG or else from the system's own setting."""
    for variable in ("RETURNSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        given = os.environ.get(variable, "").lower()
        if given:
            return next((lang for lang in LANGUAGES if given.startswith(lang)), "en")
    return "en"


def language_asked(words: Sequence[str]) -> str:
    """Return the language that a command line asks for, or the reader's own."""
    text = " ".join(str(word) for word in words).replace("--lang=", "--lang ")
    return next((lang for lang in LANGUAGES if f"--lang {lang}" in text), default_language())
