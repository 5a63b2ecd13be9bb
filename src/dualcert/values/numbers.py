"""Numbers on papers: certificates' (as compared, and whether they look odd) and credit codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dualcert.languages import N_, Phrase
from dualcert.values.terms import Scheme
from dualcert.values.text import visible

_BRACKETS = str.maketrans("[]{}〔〕【】〖〗「」", "()()()()()()")

_USUAL = {
    Scheme.CMA: re.compile(r"\d{12}", re.ASCII),
    Scheme.CATL: re.compile(r"\(\d{4}\)农质检核\(\w{1,2}\)字第\d{4}号"),
}

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@lru_cache(maxsize=100_000)  # the same few numbers are compared at every question
def canonical_number(number: str) -> str:
    """Return *number* in the form for comparisons: NFKC, one kind of bracket, no blanks, nothing unseen, capital letters."""
    plain = unicodedata.normalize("NFKC", visible(number)).translate(_BRACKETS)
    return "".join(plain.split()).upper()


def looks_odd(scheme: Scheme, number: str) -> bool:
    """Return whether *number* is not of the form that its scheme's numbers have.

    A CMA number has 12 digits; a CATL number is like [2020]农质检核（晋）字第0021号. Published lists
    disagree, so an odd number is worth a warning and never a refusal.
    """
    return not _USUAL[scheme].fullmatch(canonical_number(number))


def credit_code_problem(code: str) -> str | None:
    """Return what is wrong with a unified social credit code, or None (GB 32100-2015)."""
    if len(code) != 18:
        return Phrase(N_("it has {count} characters, not 18"), count=len(code))
    if any(c not in _CREDIT_ALPHABET for c in code):
        return N_("it has a character that such codes do not use")
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    expected = _CREDIT_ALPHABET[-total % 31]
    return None if code[17] == expected else N_("its check digit is wrong")
