"""Sealed books of some thousand facts, made once."""

from __future__ import annotations

from contextlib import closing

import pytest

from dualcert import Registry
from dualcert.domain.commands import CorrectFact, GrantCertificate
from dualcert.integrity.keys import KeyFolder
from dualcert.integrity.sealing import seal
from dualcert.store.log import open_log
from integrity_books import commands, copied


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return KeyFolder(tmp_path_factory.mktemp("keys") / "folder")


@pytest.fixture(scope="session")
def sealed(tmp_path_factory, keys):
    """A store with its tree, and its seal."""
    path = tmp_path_factory.mktemp("sealed") / "books.db"
    with Registry.open(path, policy="shanxi-2023") as registry:
        registry.execute_many(list(commands()))
        wrong = GrantCertificate(lab="lab-140525-1", scheme="CMA", number="210400009999", granted_on="2021-06-16", valid_until="2027-06-15")  # fmt: skip
        registry.execute(
            CorrectFact(stream="lab-140525-1", version=2, replacement=wrong, reason="录入错误", on="2023-05-05")
        )
    with closing(open_log(path)) as log:
        note = seal(log, keys).note
    path.with_name("seal").write_text(note.whole, encoding="utf-8")
    return path


@pytest.fixture
def books(sealed, tmp_path):
    """A copy of the sealed books, to be changed."""
    return copied(sealed, tmp_path)
