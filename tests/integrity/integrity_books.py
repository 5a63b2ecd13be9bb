"""Books for the tests of integrity: what is in them, copies of them, and their verdict."""

from __future__ import annotations

import os
import shutil
from contextlib import closing

from dualcert.domain.commands import GrantCertificate, RegisterLab
from dualcert.integrity.sealing import Given, judge
from dualcert.store.log import open_log

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LABS = 5_000 if SOAK else 600


def commands(labs=LABS):
    for n in range(1, labs + 1):
        lab = f"lab-140525-{n}"
        yield RegisterLab(lab=lab, name=f"站{n}", level="county", division="140525", on="2019-01-01")
        yield GrantCertificate(
            lab=lab, scheme="CMA", number=f"2104{n:08}", granted_on="2021-06-15", valid_until="2027-06-14"
        )


def more(n):
    """Return commands that record *n* further facts."""
    return [
        RegisterLab(lab=f"lab-140522-{each}", name=f"站{each}", level="county", division="140522", on="2019-01-01")
        for each in range(1, n + 1)
    ]


def copied(sealed, folder):
    for name in ("books.db", "books.db.tree", "seal"):
        shutil.copyfile(sealed.with_name(name), folder / name)
    return folder / "books.db"


def judged(path, keys, *, seals=(), codes=(), witnesses=()):
    with closing(open_log(path)) as log:
        return judge(log, Given(seals, codes, keys.public(log.store.id), witnesses))
