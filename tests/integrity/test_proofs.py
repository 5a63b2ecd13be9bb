"""Whoever has a seal and one file of Python checks a proof, and a proof that was changed proves nothing."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from contextlib import closing
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.data import check_proof
from dualcert.errors import BadId, SealUnusable, UnknownFact, UnknownPosition, UnknownStream
from dualcert.integrity.proofs import prove_fact, prove_since
from dualcert.integrity.sealing import looked, seal
from dualcert.store.log import open_log
from integrity_books import SOAK, copied, more

REFUSES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
FACT = "lab-140525-7@2"


@pytest.fixture(scope="session")
def proved(sealed, keys, tmp_path_factory):
    """A log, its tree, an older and a newer seal, and the key that signed both."""
    path = copied(sealed, tmp_path_factory.mktemp("proved"))
    old = path.with_name("seal").read_text(encoding="utf-8")
    with Registry.open(path) as registry:
        registry.execute_many(more(77))
    with closing(open_log(path)) as log:
        yield log, looked(log).tree, old, seal(log, keys).note.whole, keys.public(log.store.id)[-1].text


@settings(max_examples=300 if SOAK else 20)
@given(st.data())
def test_every_fact_is_proved_against_every_later_seal(proved, data):
    log, tree, old, new, key = proved
    size = int(old.splitlines()[1])
    against = data.draw(st.sampled_from([old, new]))
    position = data.draw(st.integers(1, size if against == old else tree.size))
    proof = prove_fact(log, tree, f"@{position}", against)

    assert f"position {position} of" in check_proof.check(proof, key=key)
    assert check_proof.check(proof, seal=against, printed=proof["code"])
    with pytest.raises(ValueError, match="another seal"):
        check_proof.check(proof, seal=new if against == old else old)


def test_a_fact_is_proved_against_a_printed_code_alone(proved):
    log, tree, *_ = proved
    proof = prove_fact(log, tree, FACT)

    assert check_proof.check(proof, printed=proof["code"]).startswith(f"{FACT}, lab.certificate-granted, ")
    with pytest.raises(ValueError, match="from elsewhere"):
        check_proof.check(proof)


def changed(value, chance):
    """Return *value* with one part of it changed."""
    if isinstance(value, dict):
        name = chance.choice(sorted(value))
        return value | {name: changed(value[name], chance)}
    if isinstance(value, list):
        at = chance.randrange(len(value))
        how = chance.randrange(4)
        swapped = value[:at] + value[at + 1 :] + value[at : at + 1]
        return (
            [*value[:at], changed(value[at], chance), *value[at + 1 :]],
            value[:at] + value[at + 1 :],
            [*value[:at], value[at], *value[at:]],
            swapped if swapped != value else value[:-1],
        )[how]
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 256, -value))
    at = chance.randrange(len(value))
    other = chance.choice([each for each in "0123456789abcdefABXYZ+/=-\n 张" if each != value[at]])
    return chance.choice(
        (value[:at] + other + value[at + 1 :], value[:at] + value[at + 1 :], value[:at] + other + value[at:])
    )


@settings(max_examples=2_000 if SOAK else 60)
@given(st.integers(0, 2**32))
def test_a_proof_that_was_changed_proves_nothing(proved, seed):
    log, tree, old, new, key = proved
    chance = random.Random(seed)
    if chance.random() < 0.6:
        sound = prove_fact(log, tree, f"@{chance.randint(1, tree.size)}", new)
    else:
        sound = prove_since(log, tree, old, new)
    proof = changed(copy.deepcopy(sound), chance)

    try:
        said = check_proof.check(proof, key=key, printed=sound["code"])
    except REFUSES:
        return
    assert meaning(proof) == meaning(sound), (proof, said)


def meaning(proof):
    """Return what a proof states: hexadecimal digits may be small or capital, the signatures of others are nothing to it."""
    texts = {name: proof[name].rpartition("\n\n")[0] for name in ("checkpoint", "old") if name in proof}
    return proof | texts | {"path": [bytes.fromhex(each) for each in proof["path"]]}


def test_a_seal_is_continued_by_itself_and_not_by_an_older_one(proved):
    log, tree, old, new, key = proved

    assert check_proof.check(prove_since(log, tree, old, old), key=key)
    assert check_proof.check(prove_since(log, tree, old, new), seal=new, key=key)
    with pytest.raises(SealUnusable, match="newer one"):
        prove_since(log, tree, new, old)


@pytest.mark.parametrize(
    ("fact", "refusal"),
    [
        ("lab-140525-7", BadId),
        ("lab-140525-7@0", BadId),
        ("lab-999999-7@1", UnknownStream),
        ("lab-140525-7@99", UnknownFact),
        ("@999999", UnknownPosition),
    ],
)
def test_what_is_not_there_is_not_proved(proved, fact, refusal):
    log, tree, *_ = proved
    with pytest.raises(refusal):
        prove_fact(log, tree, fact)


def test_a_fact_that_is_younger_than_the_seal_or_of_another_store_is_not_proved(proved, sealed):
    log, tree, old, new, _ = proved
    with pytest.raises(SealUnusable, match="at position"):
        prove_fact(log, tree, f"@{tree.size}", old)
    with closing(open_log(sealed)) as shorter, pytest.raises(SealUnusable, match="leaves"):
        prove_fact(shorter, looked(shorter).tree, FACT, new)
    with pytest.raises(SealUnusable, match="not over the facts of this store"):
        prove_fact(log, tree, FACT, new.replace(new.splitlines()[1], str(tree.size - 1), 1))


def test_the_checker_is_one_short_file_that_runs_by_itself(proved, tmp_path):
    log, tree, old, _, key = proved
    checker = tmp_path / "check_proof.py"
    checker.write_bytes(files("dualcert").joinpath("data", "check_proof.py").read_bytes())
    assert len(checker.read_text(encoding="utf-8").splitlines()) < 150
    assert "dualcert" not in {line.split()[1].partition(".")[0] for line in checker.read_text(encoding="utf-8").splitlines() if line.startswith(("import ", "from "))}  # fmt: skip
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(prove_fact(log, tree, FACT, old)), encoding="utf-8")

    def run(*how):
        ran = subprocess.run([sys.executable, "-I", checker, proof, *how], check=False, capture_output=True, text=True, encoding="utf-8")  # fmt: skip
        return ran.returncode, ran.stdout, ran.stderr

    status, said, wrong = run("--key", key)
    assert (status, said.startswith("proved: lab-140525-7@2"), wrong) == (0, True, "")
    assert run("--code", "7-AAAA-AAAA-AAAA-AAAA")[:2] == (1, "NOT PROVED: the code is that of another checkpoint\n")
    proof.write_text("[]", encoding="utf-8")
    assert run("--key", key)[0] == 1
