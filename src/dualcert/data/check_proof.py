#!/usr/bin/env python3
"""Check a proof that dualcert made, without dualcert and without the store.

    python check_proof.py PROOF.json --key NAME+ID+BASE64     the seal in the proof was signed with this key
    python check_proof.py PROOF.json --seal SEAL --key KEY    the proof is against this very seal
    python check_proof.py PROOF.json --code SIZE-XXXX-…       the proof is against what has this printed code

Key, seal or code have to come from elsewhere than the proof: from paper, or from whoever got them at the time. A proof
of a fact shows that it stood at its position, byte for byte, when the seal was made; a proof of consistency
(`prove --since`) shows that the newer seal continues the older one. It needs Python 3.11, and with --key the package
cryptography. Exit status 0: proved; 1: not proved.
"""

import argparse
import base64
import hashlib
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TYPED = str.maketrans("OIL\u2010\u2012\u2013\u2014\u2212", "011-----")  # what a person may type for a sign
Checkpoint = tuple[str, int, bytes]


def need(condition: object, problem: str) -> None:
    if not condition:
        raise ValueError(problem)


def decoded(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw).decode() == text, "base64 that is not in its one form")
    return raw


def text_of(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def checkpoint(text: str) -> Checkpoint:
    """Return origin, size and root of a checkpoint, signed or not (https://c2sp.org/tlog-checkpoint)."""
    origin, size, encoded = text.split("\n")[:3]
    found = origin, int(size), decoded(encoded)
    need(len(found[2]) == 32 and text_of(*found) == text.partition("\n\n")[0].rstrip("\n") + "\n", "no checkpoint")
    return found


def code(of: Checkpoint) -> str:
    """Return the code that is printed for a checkpoint: its size, and 80 bits of the SHA-256 of its text."""
    number = int.from_bytes(hashlib.sha256(text_of(*of).encode()).digest(), "big") >> 176
    signs = "".join(SIGNS[number >> 5 * at & 31] for at in reversed(range(16)))
    return "-".join([str(of[1]), signs[:4], signs[4:8], signs[8:12], signs[12:]])


def check_signature(note: str, key: str) -> None:
    """Raise ValueError unless *key* signed the note (https://c2sp.org/signed-note)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, lines = note.rpartition("\n\n")
    name, stated, encoded = key.strip().split("+", 2)
    raw = decoded(encoded)
    id_ = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    need(len(raw) == 33 and raw[0] == 1 and id_.hex() == stated, "it is no key")
    values = [decoded(line.split(" ")[2]) for line in lines.splitlines() if line.startswith(f"— {name} ")]
    mine = [value[4:] for value in values if value[:4] == id_]
    need(mine, "the key did not sign it")
    try:
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(mine[0], f"{text}\n".encode())
    except InvalidSignature:
        raise ValueError("the signature is false") from None


def climb(index: int, last: int, roots: list[bytes], path: list[bytes]) -> list[bytes]:
    """Return the roots to which a path leads (RFC 9162, 2.1.3.2 and 2.1.4.2); only the last of them grows to the right."""
    for step in path:
        need(last, "the path is too long")
        if index & 1 or index == last:
            roots = [hashlib.sha256(b"\1" + step + each).digest() for each in roots]
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            roots[-1] = hashlib.sha256(b"\1" + roots[-1] + step).digest()
        index, last = index >> 1, last >> 1
    need(not last, "the path is too short")
    return roots


def check_fact(fact: dict[str, Any], of: Checkpoint, path: list[bytes]) -> str:
    names = fact["position"], fact["stream"], fact["version"], fact["name"]
    need([type(each) for each in names] == [int, str, int, str] and 0 < names[0] <= of[1], "it is no fact")
    need(not set(" \n") & set(names[1] + names[3]), "a name has a blank")
    leaf = "\0{} {} {} {}\n".format(*names).encode() + decoded(fact["state"])
    need(
        climb(names[0] - 1, of[1] - 1, [hashlib.sha256(leaf).digest()], path) == [of[2]], "the fact is not in the tree"
    )
    return f"{names[1]}@{names[2]}, {names[3]}, is at position {names[0]} of {of[1]}"


def check_continuation(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> str:
    need(old[0] == new[0] and 0 < old[1] <= new[1], "the seals do not follow each other")
    if old[1] & (old[1] - 1) == 0 and old != new:  # the older tree is a subtree of the newer one
        path = [old[2], *path]
    low = (old[1] & -old[1]).bit_length() - 1
    same = old == new and not path
    roots = [] if same else climb(old[1] - 1 >> low, new[1] - 1 >> low, [path[0], path[0]], path[1:])
    need(same or roots == [old[2], new[2]], "the newer seal does not continue the older one")
    return f"the {new[1]} facts begin with the {old[1]} that were sealed before"


def check(proof: dict[str, Any], seal: str | None = None, key: str | None = None, printed: str | None = None) -> str:
    """Return what *proof* proves; raise ValueError if it proves nothing."""
    need(seal or key or printed, "give --key, --seal or --code, from elsewhere than the proof")
    of, path = checkpoint(proof["checkpoint"]), [bytes.fromhex(each) for each in proof["path"]]
    need(all(len(each) == 32 for each in path), "a hash has another length")
    typed = unicodedata.normalize("NFKC", printed or code(of)).strip().upper().translate(TYPED)
    need(proof["code"] == code(of) == typed, "the code is that of another checkpoint")
    need(seal is None or checkpoint(seal) == of, "the proof is against another seal")
    if key:
        check_signature(seal or proof["checkpoint"], key)
    if proof["format"] == "dualcert-inclusion/1":
        return check_fact(proof["fact"], of, path)
    need(proof["format"] == "dualcert-consistency/1", "a proof of an unknown kind")
    if key:
        check_signature(proof["old"], key)
    return check_continuation(checkpoint(proof["old"]), of, path)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("proof", "--seal", "--key", "--code"):
        asked.add_argument(name)
    given = asked.parse_args()
    try:
        seal = Path(given.seal).read_text(encoding="utf-8") if given.seal else None
        proof = json.loads(Path(given.proof).read_text(encoding="utf-8"))
        print("proved:", check(proof, seal, given.key, given.code))
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        print("NOT PROVED:", str(error) or repr(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
