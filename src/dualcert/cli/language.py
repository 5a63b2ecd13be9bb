"""The reader's language: gettext over the catalogs that ship; JSON stays English whatever it is."""

from __future__ import annotations

import gettext
import os

from dualcert.languages import DOMAIN, LANGUAGES, N_, catalogs, translator

__all__ = ["LANGUAGES", "N_", "_", "choose"]


class _Chosen:
    language = "en"


def choose(language: str | None) -> None:
    """Speak *language* (zh, en); None takes that of the environment."""
    _Chosen.language = language or _of_environment()
    # click asks gettext's own global domain for its words («Usage», «Options»).
    if _Chosen.language == "zh":
        os.environ["LANGUAGE"] = LANGUAGES["zh"]
    else:
        os.environ["LANGUAGE"] = "C"
    gettext.bindtextdomain(DOMAIN, catalogs())
    gettext.textdomain(DOMAIN)


def _of_environment() -> str:
    for name in ("DUALCERT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(message: str) -> str:
    """Return *message* in the chosen language."""
    return translator(_Chosen.language)(message) if message else message
