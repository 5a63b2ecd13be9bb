"""The keys with which seals are signed: made, guarded and rotated in a folder outside the store and its backups.

For each store there is a private key, readable by its owner only, and the list of its public keys: the first one, and
after it those that were rotated in, each signed by the one before it. So whoever has one of them trusts the later ones.
"""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from dualcert.errors import N_, FileExists, Phrase, SealUnusable
from dualcert.files import alone, is_there, make_folder, sync_folder, write_whole
from dualcert.integrity.checkpoint import Checkpoint
from dualcert.integrity.notes import COSIGNED, PublicKey, bytes_of, public_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PASSPHRASE = "DUALCERT_SEAL_PASSPHRASE"  # noqa: S105  the name of the variable
"""The variable with the words that encrypt private keys in their files; without it they are guarded by permissions alone."""
ROTATED = "dualcert rotated key\n"


@frozen
class KeyFolder:
    """The keys of one machine."""

    folder: Path

    def public(self, origin: str) -> tuple[PublicKey, ...]:
        """Return the public keys of a store, the oldest first; none if it was never sealed from here.

        Raises SealUnusable if the list was changed.
        """
        path = self.folder / f"{origin}.pub"
        try:
            return chained(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise SealUnusable(store=str(path), problem=error.strerror or str(error)) from None
        except ValueError as error:
            problem = N_("it is damaged ({reason}); restore it, or make another key with 'dualcert seal key new'")
            raise SealUnusable(store=str(path), problem=Phrase(problem, reason=str(error))) from None

    def private(self, origin: str) -> Ed25519PrivateKey:
        """Return the private key of a store; the first one is made.

        Raises SealUnusable if it is missing, may be read by others, or is not that of the newest public key; also if it is there
        and the list of public keys is lost, for those who hold older seals know the key by that list.
        """
        with self.alone():
            return self._present(origin)

    def begun(self, origin: str) -> bool:
        """Return whether there is a key of a store, or what is left of one."""
        return any(os.path.lexists(path) for path in (self._path(origin), self.folder / f"{origin}.pub"))

    def rotate(self, origin: str) -> Ed25519PrivateKey:
        """Make a new key, signed by the present one, which it replaces; raises the errors of `private`."""
        with self.alone():
            return self._made(origin, self._present(origin))

    def renew(self, origin: str) -> Ed25519PrivateKey:
        """Make a new key that no older one signs; raises FileUnwritable."""
        with self.alone():
            return self._made(origin)

    def alone(self) -> AbstractContextManager[None]:
        """Return the lock under which keys are made, and what was cosigned last is looked up and written."""
        return alone(self.folder, mode=0o700)

    def _present(self, origin: str) -> Ed25519PrivateKey:
        path = self._path(origin)
        if not self.public(origin):
            if os.path.lexists(path):
                problem = N_(
                    "the list of its public keys is missing beside it; restore it, or make another key with 'dualcert seal key new'"
                )
                raise SealUnusable(store=str(path), problem=problem)
            return self._made(origin)
        self._finish(origin)
        key = _loaded(path)
        if public_of(key, origin) != self.public(origin)[-1]:
            raise SealUnusable(
                store=str(path), problem=N_("it is not the newest key of the list of public keys beside it")
            )
        return key

    def _made(self, origin: str, old: Ed25519PrivateKey | None = None) -> Ed25519PrivateKey:
        """Make a key, signed by the *old* one if there is one, and put it into its place."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        new = Ed25519PrivateKey.generate()
        path, listed = self._path(origin), self.folder / f"{origin}.pub"
        public = public_of(new, origin).text
        signed = f" {b64encode(old.sign(f'{ROTATED}{public}'.encode())).decode()}" if old else ""
        before = "".join(f"{line}\n" for line in listed.read_text(encoding="utf-8").splitlines()) if old else ""
        write_whole(_unfinished(path), _stored(new), replace=True, mode=0o600)
        write_whole(listed, f"{before}{public}{signed}\n".encode(), replace=True, mode=0o644)
        self._finish(origin)
        return new

    def _finish(self, origin: str) -> None:
        """Move a new key to its place if it is listed: a process that died in between left it beside it."""
        path = self._path(origin)
        new = _unfinished(path)
        if is_there(new) and public_of(_loaded(new), origin) == self.public(origin)[-1]:
            new.replace(path)
            sync_folder(self.folder)

    def witness(self) -> Ed25519PrivateKey:
        """Return the private key with which this machine cosigns the seals of other stores; it is made if needed."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        path = self._path("witness")
        with suppress(FileExists):  # another process was faster
            if not is_there(path):
                make_folder(self.folder, mode=0o700)
                write_whole(path, _stored(Ed25519PrivateKey.generate()), mode=0o600)
        return _loaded(path)

    def witness_key(self, name: str) -> PublicKey:
        """Return the public key under which this machine cosigns as *name*."""
        return public_of(self.witness(), name, COSIGNED)

    def witnessed(self, origin: str) -> Checkpoint | None:
        """Return the checkpoint of a store that this machine cosigned last; raises OSError, ValueError."""
        try:
            return Checkpoint.read((self.folder / f"{origin}.witnessed").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def remember(self, origin: str, checkpoint: str) -> None:
        """Remember the text of the checkpoint that was cosigned last; raises FileUnwritable."""
        write_whole(self.folder / f"{origin}.witnessed", checkpoint.encode(), replace=True, mode=0o600)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.key"


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def chained(text: str) -> tuple[PublicKey, ...]:
    """Return the keys of a list, each signed by the one before it; raises ValueError where one is not, or there is none."""
    keys = tuple(_chained(text.splitlines()))
    if not keys:
        raise ValueError("there is no key in it")
    return keys


def _chained(lines: Sequence[str]) -> Iterator[PublicKey]:
    before: PublicKey | None = None
    for line in lines:
        written, _, signature = line.partition(" ")
        key = PublicKey.read(written)
        if before and not before.verifies(bytes_of(signature), f"{ROTATED}{key.text}".encode()):
            raise ValueError(f"the key {key.id.hex()} is not signed by the one before it")
        yield key
        before = key


def trusted(given: PublicKey, listed: Sequence[PublicKey]) -> tuple[PublicKey, ...]:
    """Return the keys to trust if the *given* one is trusted: it, and those that follow it in the list."""
    return tuple(listed[listed.index(given) :]) if given in listed else (given,)


def _stored(key: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization as form

    words = os.environ.get(PASSPHRASE)
    try:
        how = form.BestAvailableEncryption(words.encode()) if words else form.NoEncryption()
        return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, how)
    except ValueError as error:  # no key can be encrypted with these words: they are too long, or no text
        raise SealUnusable(store=PASSPHRASE, problem=_hushed(error)) from None


def _hushed(error: Exception) -> str:
    """Return the reason of *error*; that of words that are no text would quote them."""
    return N_("its value is not in UTF-8") if isinstance(error, UnicodeError) else str(error)


def _loaded(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            others = Phrase(
                N_("it can be read by others (mode {mode}): rotate it, for it may be known"), mode=f"{mode:o}"
            )
            raise SealUnusable(store=str(path), problem=others)
        words = os.environ.get(PASSPHRASE)
        key = load_pem_private_key(path.read_bytes(), words.encode() if words else None)
    except FileNotFoundError:
        problem = N_("the private key is missing; restore it, or make another one with 'dualcert seal key new'")
        raise SealUnusable(store=str(path), problem=problem) from None
    except (OSError, ValueError, TypeError) as error:
        raise SealUnusable(store=str(path), problem=_hushed(error)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealUnusable(store=str(path), problem=N_("it is no Ed25519 key"))
    return key
