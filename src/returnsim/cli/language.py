"""Which language to speak."""

import os

from returnsim.wording import LANGUAGES


def default_language() -> str:
    """Chinese or English, from RETURNSIM_LANG or else from the system's own setting."""
    for variable in ("RETURNSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        given = os.environ.get(variable, "").lower()
        if given:
            return next((lang for lang in LANGUAGES if given.startswith(lang)), "en")
    return "en"
