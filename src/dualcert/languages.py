"""The languages that dualcert speaks: gettext over the catalogs that ship."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

DOMAIN = "dualcert"
LANGUAGES = {"zh": "zh_CN", "en": "en"}


def translator(language: str) -> Callable[[str], str]:
    """Return what says a message of ours in *language* (zh, en)."""
    return _catalog(language).gettext


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, catalogs(), [LANGUAGES[language]], fallback=True)


def catalogs() -> Path:
    """Return the folder of the catalogs."""
    return Path(str(files("dualcert"))) / "locale"
