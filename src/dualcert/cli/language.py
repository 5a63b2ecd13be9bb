"""The reader's language, by gettext over the catalogs that ship; JSON is always English."""

from __future__ import annotations

import gettext
import os

from dualcert.languages import DOMAIN, LANGUAGES, N_, catalogs, translator

__all__ = ["LANGUAGES", "N_", "_", "choose", "chosen"]


class _Chosen:
    language = "en"


def choose(language: str | None) -> None:
    """Choose *language* (zh, en) for all messages; None takes the language of the environment."""
    _Chosen.language = language or _of_environment()
    # click translates its own words («Usage», «Options») through gettext's global domain.
    if _Chosen.language == "zh":
        os.environ["LANGUAGE"] = LANGUAGES["zh"]
    else:
        os.environ["LANGUAGE"] = "C"
    gettext.bindtextdomain(DOMAIN, catalogs())
    gettext.textdomain(DOMAIN)


def chosen() -> str:
    """Return the language of all messages: zh or en."""
    return _Chosen.language


def _of_environment() -> str:
    for name in ("DUALCERT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(message: str) -> str:
    """Return *message* in the chosen language."""
    return translator(_Chosen.language)(message) if message else message
