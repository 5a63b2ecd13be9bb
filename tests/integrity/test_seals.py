"""Seals are signed notes of C2SP; their keys are guarded, handed on by signature, and a witness signs beside them."""

from __future__ import annotations

import os
import re
import stat
from base64 import b64decode, b64encode
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dualcert import Registry
from dualcert.data import check_proof
from dualcert.errors import BadValue, SealUnusable
from dualcert.integrity.checkpoint import Checkpoint
from dualcert.integrity.keys import PASSPHRASE, KeyFolder, chained
from dualcert.integrity.merkle import Tree, leaf_hash
from dualcert.integrity.notes import COSIGNED, SIGNED, Note, PublicKey, is_name, public_of
from dualcert.integrity.proofs import path_of, prove_fact, prove_since
from dualcert.integrity.sealing import cosign, keys_given, looked, seal
from dualcert.store.log import open_log
from integrity_books import judged, more
from meanwhile import act_before_the_lock

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def read_by_the_specification(note, vkey):
    """Read a note as c2sp.org/signed-note and tlog-checkpoint say, in code of its own: origin, size and root."""
    name, key_hash, key = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", vkey).groups()
    material = b64decode(key)
    assert sha256(name.encode() + b"\x0a" + material).hexdigest()[:8] == key_hash
    at = note.rindex("\n\n")
    text, block = note[: at + 1], note[at + 2 :]
    assert block.endswith("\n")
    for line in block[:-1].split("\n"):
        _, signer, encoded = re.fullmatch(r"(— )(\S+) (\S+)", line).groups()
        value = b64decode(encoded, validate=True)
        if signer == name and value[:4].hex() == key_hash:
            signed, signature = text.encode(), value[4:]
            if material[0] == 4:  # tlog-cosignature: eight bytes of an instant come first
                instant, signature = int.from_bytes(value[4:12], "big"), value[12:]
                signed = f"cosignature/v1\ntime {instant}\n".encode() + signed
            Ed25519PublicKey.from_public_bytes(material[1:]).verify(signature, signed)
            origin, size, root = text.splitlines()[:3]
            return origin, int(size), b64decode(root, validate=True)
    raise InvalidSignature


def read_by_another_library(note, vkey):
    """Read a note with aics-tlog, where it is (it needs Python 3.12): the same."""
    from aics_tlog.checkpoint import checkpoint_from_note
    from aics_tlog.note import parse_note, parse_vkey, verify_note

    read, key = parse_note(note), parse_vkey(vkey)
    if not verify_note(read, [key]):
        raise InvalidSignature
    found, _ = checkpoint_from_note(read)
    return found.origin, found.size, found.root


READERS = [read_by_the_specification, *([read_by_another_library] if find_spec("aics_tlog") else [])]


def sealed_again(books, keys):
    with closing(open_log(books)) as log:
        made = seal(log, keys)
        path = books.with_name(f"seal-{made.checkpoint.size}")
        path.write_text(made.note.whole, encoding="utf-8")
        return path, log.store.id


@pytest.mark.parametrize("read", READERS)
def test_another_reader_of_signed_notes_reads_a_seal(books, keys, read):
    path, origin = sealed_again(books, keys)
    verdict = judged(books, keys)

    text, vkey = path.read_text(encoding="utf-8"), keys.public(origin)[-1].text

    assert read(text, vkey) == (origin, verdict.facts, bytes.fromhex(verdict.root))
    with pytest.raises(InvalidSignature):
        read(text.replace(f"\n{verdict.facts}\n", "\n7\n"), vkey)


def test_a_key_is_readable_by_its_owner_only_and_refused_if_it_is_not(books, tmp_path):
    keys = KeyFolder(tmp_path / "folder")
    _, origin = sealed_again(books, keys)
    path = keys.folder / f"{origin}.key"

    if os.name != "posix":
        return
    assert [stat.S_IMODE(each.stat().st_mode) for each in (keys.folder, path)] == [0o700, 0o600]
    path.chmod(0o640)
    with pytest.raises(SealUnusable, match="read by others"):
        sealed_again(books, keys)


def test_a_passphrase_encrypts_the_key(books, tmp_path, monkeypatch):
    monkeypatch.setenv(PASSPHRASE, "晋城 2023")
    keys = KeyFolder(tmp_path / "folder")
    _, origin = sealed_again(books, keys)
    assert b"ENCRYPTED" in (keys.folder / f"{origin}.key").read_bytes()

    sealed_again(books, keys)
    monkeypatch.setenv(PASSPHRASE, "wrong")
    with pytest.raises(SealUnusable):
        sealed_again(books, keys)


def test_a_lost_key_is_not_silently_replaced(books, tmp_path):
    keys = KeyFolder(tmp_path / "folder")
    _, origin = sealed_again(books, keys)
    (keys.folder / f"{origin}.key").unlink()

    with pytest.raises(SealUnusable, match="missing"):
        sealed_again(books, keys)
    keys.renew(origin)
    sealed_again(books, keys)
    assert len(keys.public(origin)) == 1


@pytest.mark.parametrize("rotated", [False, True])
@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_process_that_dies_while_it_makes_a_key_loses_none(books, tmp_path, monkeypatch, rotated, dies_at):
    keys = KeyFolder(tmp_path / "folder")
    steps = iter(range(1, 99))
    if rotated:
        _, origin = sealed_again(books, keys)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        for place in ("dualcert.integrity.keys.write_whole", "dualcert.integrity.keys.Path.replace"):
            patch.setattr(place, dying(place, steps, dies_at))
        if rotated:
            keys.rotate(origin)
        else:
            sealed_again(books, keys)

    path, origin = sealed_again(books, keys)

    assert judged(books, keys, seals=[path]).sound
    assert len(keys.public(origin)) == 1 + (rotated and dies_at > 2)


def dying(place, steps, dies_at):
    """Return the function of that name, in whose process the step of that number is not taken any more."""
    module, _, name = place.rpartition(".")
    really = (
        getattr(KeyFolder.renew.__globals__["Path"], name)
        if module.endswith("Path")
        else KeyFolder.renew.__globals__[name]
    )

    def step(*given, **how):
        if str(given[0]).endswith((".new", ".pub")) and next(steps) == dies_at:
            raise KeyboardInterrupt
        return really(*given, **how)

    return step


def test_a_rotated_key_is_trusted_by_whoever_trusts_the_one_before_it(books, tmp_path):
    keys = KeyFolder(tmp_path / "folder")
    old_seal, origin = sealed_again(books, keys)
    first = keys.public(origin)[0]
    keys.rotate(origin)
    with Registry.open(books) as registry:
        registry.execute_many(more(2))
    new_seal, _ = sealed_again(books, keys)

    assert keys.public(origin)[0] == first
    assert judged(books, keys, seals=[old_seal, new_seal]).sound
    assert keys_given([first.text], keys, origin) == keys.public(origin)
    assert keys_given([keys.public(origin)[1].text], keys, origin) == keys.public(origin)[1:]
    assert keys_given([str(keys.folder / f"{origin}.pub")], KeyFolder(tmp_path / "elsewhere"), origin) == keys.public(
        origin
    )
    listed = (keys.folder / f"{origin}.pub").read_text(encoding="utf-8")
    stranger = KeyFolder(tmp_path / "stranger")
    stranger.renew(origin)
    other = (stranger.folder / f"{origin}.pub").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="not signed by the one before"):
        chained(other + listed.splitlines()[1])


def test_a_seal_of_another_key_of_another_store_or_of_nothing_is_refused(books, keys, tmp_path):
    stranger = KeyFolder(tmp_path / "stranger")
    forged, _ = sealed_again(books, stranger)
    with pytest.raises(SealUnusable, match="none of the known keys"):
        judged(books, keys, seals=[forged])

    with Registry.open(tmp_path / "other.db", policy="shanxi-2023"):
        pass
    other, _ = sealed_again(tmp_path / "other.db", keys)
    with pytest.raises(SealUnusable, match="another store"):
        judged(books, keys, seals=[other])

    for text in ("", "张三\n", "x\n\n— x y\n", "x\n5\nAA==\n\n— x YWJjZGVmZw==\n", "a\tb\n\n— x YWJjZGVmZw==\n"):
        forged.write_text(text, encoding="utf-8")
        with pytest.raises(SealUnusable):
            judged(books, keys, seals=[forged])


def test_a_seal_with_a_signature_that_the_key_did_not_make_is_refused(books, keys):
    path, _ = sealed_again(books, keys)
    text = path.read_text(encoding="utf-8")
    size = text.splitlines()[1]
    path.write_text(text.replace(f"\n{size}\n", f"\n{int(size) - 1}\n"), encoding="utf-8")

    with pytest.raises(SealUnusable, match="is false"):
        judged(books, keys, seals=[path])


def test_a_witness_signs_what_continues_what_it_signed_before(books, keys, tmp_path):
    witness = KeyFolder(tmp_path / "witness")
    first, origin = sealed_again(books, keys)
    signers = keys.public(origin)
    first.write_text(cosign(first, witness, "audit.jincheng", signers, [], NOW).whole, encoding="utf-8")
    public = witness.witness_key("audit.jincheng")
    with Registry.open(books) as registry:
        registry.execute_many(more(40))
    second, _ = sealed_again(books, keys)

    with pytest.raises(SealUnusable, match="not proved"):
        cosign(second, witness, "audit.jincheng", signers, [], NOW)
    with closing(open_log(books)) as log:
        proof = prove_since(log, looked(log).tree, first.read_text(encoding="utf-8"))
    path = [bytes.fromhex(each) for each in proof["path"]]
    second.write_text(cosign(second, witness, "audit.jincheng", signers, path, NOW).whole, encoding="utf-8")

    rows = judged(books, keys, seals=[first, second], witnesses=[public]).rows
    assert all(row.sound for row in rows)
    assert rows[1].signed_by[1].endswith("2026-11-26T08:00:00+00:00")
    assert read_by_the_specification(second.read_text(encoding="utf-8"), public.text)[0] == origin
    with pytest.raises(SealUnusable, match="not proved"):  # never back
        cosign(first, witness, "audit.jincheng", signers, [], NOW)
    unsigned, _ = sealed_again(books, keys)
    with pytest.raises(SealUnusable, match="did not sign"):
        judged(books, keys, seals=[unsigned], witnesses=[public])
    with pytest.raises(SealUnusable, match="the given key did not sign"):
        cosign(unsigned, witness, "audit.jincheng", [public], path, NOW)


@pytest.mark.parametrize(
    "text", ["", "x", "x+00000000+AA==", "x+00000000+AbbghLhVHGPbmUm1EnDcVHk5oP2gJlU32/teMmCswiUY"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="key"):
        PublicKey.read(text)


def test_a_damaged_list_of_keys_says_so_and_what_helps_wherever_it_is_damaged(books, tmp_path):
    keys = KeyFolder(tmp_path / "folder")
    _, origin = sealed_again(books, keys)
    keys.rotate(origin)
    listed = keys.folder / f"{origin}.pub"
    whole = listed.read_text(encoding="utf-8")
    for at in range(len(whole) - 1):
        listed.write_text(whole[:at] + ("x" if whole[at] == "\n" else "") + whole[at + 1 :], encoding="utf-8")
        with pytest.raises(SealUnusable, match=r"damaged \((there is|it is|the key).*seal key new"):
            keys.public(origin)


def test_a_note_is_read_as_it_was_written(books, keys):
    path, _ = sealed_again(books, keys)
    text = path.read_text(encoding="utf-8")

    assert Note.read(text).whole == text
    with pytest.raises(ValueError, match="too many"):
        Note.read(text + text.splitlines(keepends=True)[-1] * 100)


@pytest.mark.parametrize("lost", ["", None])
def test_a_key_whose_list_is_lost_is_not_replaced(books, tmp_path, lost):
    """Those who hold older seals would not be able to tell the new key from a stranger's."""
    keys = KeyFolder(tmp_path / "folder")
    _, origin = sealed_again(books, keys)
    listed, private = keys.folder / f"{origin}.pub", keys.folder / f"{origin}.key"
    before = private.read_bytes()
    listed.unlink() if lost is None else listed.write_text(lost, encoding="utf-8")

    for act in (keys.private, keys.rotate):
        with pytest.raises(SealUnusable):
            act(origin)
    assert (private.read_bytes(), keys.begun(origin)) == (before, True)
    keys.renew(origin)
    assert len(keys.public(origin)) == 1


def test_a_list_without_its_last_line_break_is_continued(books, tmp_path):
    keys = KeyFolder(tmp_path / "folder")
    path, origin = sealed_again(books, keys)
    listed = keys.folder / f"{origin}.pub"
    listed.write_text(listed.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")

    keys.rotate(origin)

    assert len(keys.public(origin)) == 2
    assert judged(books, keys, seals=[path]).sound


@pytest.mark.parametrize("words", ["x" * 2_000, "\udcff"], ids=["too long", "no text"])
def test_a_passphrase_with_which_nothing_can_be_encrypted_is_refused(books, tmp_path, monkeypatch, words):
    monkeypatch.setattr("os.environ", os.environ | {PASSPHRASE: words})
    keys = KeyFolder(tmp_path / "folder")

    with pytest.raises(SealUnusable, match=PASSPHRASE) as refused:
        sealed_again(books, keys)
    assert words not in str(refused.value)


@pytest.mark.parametrize("instant", [2**62, 2**63, 2**64 - 1, 253_402_300_800])
def test_a_witness_that_signs_an_instant_that_is_none_is_refused(books, keys, instant):
    path, _ = sealed_again(books, keys)
    note, key = Note.read(path.read_text(encoding="utf-8")), Ed25519PrivateKey.generate()
    public = public_of(key, "witness", COSIGNED)
    signed = key.sign(f"cosignature/v1\ntime {instant}\n{note.text}".encode())
    line = b64encode(public.id + instant.to_bytes(8) + signed).decode()
    path.write_text(f"{note.whole}— witness {line}\n", encoding="utf-8")

    with pytest.raises(SealUnusable, match="out of range"):
        judged(books, keys, seals=[path], witnesses=[public])


def test_a_store_is_no_witness_of_itself(books, keys, tmp_path):
    _, origin = sealed_again(books, keys)
    store, witness = keys.public(origin)[-1].text, KeyFolder(tmp_path / "witness").witness_key("w" * 200).text

    assert keys_given([witness], keys, origin, COSIGNED)[0].text == witness
    for given, kind in ((store, COSIGNED), (witness, SIGNED)):
        with pytest.raises(SealUnusable, match="witness"):
            keys_given([given], keys, origin, kind)


@pytest.mark.parametrize("name", ["", " ", "a b", "a+b", "\x7f", "\ud800", "x" * 256], ids=ascii)
def test_what_is_no_name_of_a_witness(name):
    assert not is_name(name)


def typed(code):
    """Return a code as people type it."""
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code)
    return code.lower(), f" {code}\n", code.replace("0", "O"), code.replace("1", "l"), wide, code[0] + wide[1:], code.replace("-", "–"), code.replace("-", "—")  # fmt: skip


def test_a_code_is_read_however_it_is_typed(books, keys):
    """The checker that needs nothing of ours, too: nobody is to be accused because of a key of their keyboard."""
    sealed_again(books, keys)
    code = judged(books, keys).code
    with closing(open_log(books)) as log:
        proof = prove_fact(log, looked(log).tree, "@5")

    for each in typed(code):
        assert judged(books, keys, codes=[each]).sound, each
        assert check_proof.check(proof, printed=each)
    for other in (code[:-1] + ("0" if code[-1] != "0" else "1"), f"9{code}"):
        assert not judged(books, keys, codes=[other]).sound
        with pytest.raises(ValueError, match="another checkpoint"):
            check_proof.check(proof, printed=other)


@pytest.mark.parametrize(
    "code", ["", "1523", "1٥23-AAAA-AAAA-AAAA-AAAA", "1523-AAAA", "0-AAAA-AAAA-AAAA-AAAA", "15-AAAA-AAAA-AAAA-AAAU"]
)
def test_what_is_no_code_is_refused(books, keys, code):
    with pytest.raises(BadValue, match="is not a code such as"):
        judged(books, keys, codes=[code])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x"}', '{"format": "dualcert-consistency/1", "path": ["00"]}', '{"format": "dualcert-consistency/1", "path": [1]}'])  # fmt: skip
def test_what_is_no_proof_of_consistency_is_refused(text):
    with pytest.raises(ValueError, match=r"no proof|Expecting"):
        path_of(text)


# --- two processes at once -------------------------------------------------------------------------


def test_two_that_make_the_first_key_at_once_have_the_same(tmp_path, monkeypatch):
    keys, origin, made = KeyFolder(tmp_path / "folder"), "a" * 32, []
    act_before_the_lock(monkeypatch, "dualcert.integrity.keys", lambda: made.append(keys.private(origin)))

    own = keys.private(origin)

    assert own.public_key() == made[0].public_key()
    assert keys.public(origin) == (public_of(own, origin),)


def test_two_that_rotate_at_once_make_one_chain(tmp_path, monkeypatch):
    keys, origin = KeyFolder(tmp_path / "folder"), "a" * 32
    keys.private(origin)
    act_before_the_lock(monkeypatch, "dualcert.integrity.keys", lambda: keys.rotate(origin))

    newest = keys.rotate(origin)

    assert len(keys.public(origin)) == 3
    assert keys.public(origin)[-1] == public_of(newest, origin)


def test_a_witness_never_cosigns_two_histories_at_once(keys, tmp_path, monkeypatch):
    witness, key = KeyFolder(tmp_path / "witness"), keys.private("a" * 32)
    seals = []
    for fact in (b"one", b"other"):
        tree = Tree()
        tree.extend([leaf_hash(fact)])
        seals.append(tmp_path / fact.decode())
        seals[-1].write_text(Note(Checkpoint.of("a" * 32, tree).text).signed(key, "a" * 32).whole, encoding="utf-8")

    def cosigned(seal):
        return cosign(seal, witness, "audit.jincheng", keys.public("a" * 32), [], NOW)

    act_before_the_lock(monkeypatch, "dualcert.integrity.keys", lambda: cosigned(seals[0]))

    with pytest.raises(SealUnusable, match="not proved"):
        cosigned(seals[1])
