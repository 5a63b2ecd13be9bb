"""The store cannot be used."""

from __future__ import annotations

from dualcert.errors.base import AlreadyExists, Forbidden, NotFound, Unavailable
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class StoreUnusable(Unavailable):
    """The store cannot be used; `store` is its URL without a password."""

    code = "store-unusable"
    template = N_("{store}: {problem}")
    store: str
    problem: str = ""


@define(kw_only=True, eq=False)
class BadStoreUrl(StoreUnusable):
    """A URL that names no kind of store."""

    code = "bad-store-url"
    template = N_("{store} is not a store: {problem}")


@define(kw_only=True, eq=False)
class StoreMissing(NotFound, StoreUnusable):
    """There is no store; only `init` makes one."""

    code = "store-missing"
    template = N_("there is no store {store}; make one with 'dualcert init'")


@define(kw_only=True, eq=False)
class StoreExists(AlreadyExists, StoreUnusable):
    """There is a store already."""

    code = "store-exists"
    template = N_("there is a store {store} already; nothing was touched")


@define(kw_only=True, eq=False)
class StoreEmpty(StoreUnusable):
    """A file of no bytes, or a log without an opening fact: what is left of a failed copy."""

    code = "store-empty"
    template = N_("{store} is empty: did a copy fail? Restore it, or remove it")


@define(kw_only=True, eq=False)
class StoreForeign(StoreUnusable):
    """The file or table belongs to another program."""

    code = "store-foreign"
    template = N_("{store} is not a dualcert store: {problem}")


@define(kw_only=True, eq=False)
class StoreDamaged(StoreUnusable):
    """The bytes of the store cannot be read."""

    code = "store-damaged"
    template = N_("{store} is damaged ({problem}): restore a backup")


@define(kw_only=True, eq=False)
class StoreBusy(StoreUnusable):
    """Another process keeps the store locked."""

    code = "store-busy"
    template = N_("{store} is locked by another process ({problem}); try again")


@define(kw_only=True, eq=False)
class StoreReadOnly(Forbidden, StoreUnusable):
    """The store can be read and not written."""

    code = "store-read-only"
    template = N_("{store} is read-only; nothing was recorded")


@define(kw_only=True, eq=False)
class StoreFull(StoreUnusable):
    """The disk of the store is full; the transaction wrote nothing."""

    code = "store-full"
    template = N_("{store}: the disk is full ({problem}); free some space, then run it again")


@define(kw_only=True, eq=False)
class StoreNotDurable(StoreUnusable):
    """The database will not promise that an acknowledged fact is on disk."""

    code = "store-not-durable"
    template = N_("{store} does not keep what it acknowledges: {problem}")


@define(kw_only=True, eq=False)
class WrittenByNewer(StoreUnusable):
    """A fact or a log of a newer dualcert."""

    code = "written-by-newer"
    template = N_("{name} was written by a newer dualcert; upgrade this one")
    name: str


@define(kw_only=True, eq=False)
class UnknownFactName(StoreUnusable):
    """A stored name that is on no list; it is never imported or guessed."""

    code = "unknown-fact-name"
    template = N_("{fact} has the unknown name {name}")
    fact: str
    name: str


@define(kw_only=True, eq=False)
class StoreJournalLeft(StoreUnusable):
    """The journal beside the file belongs to another state of the file and would damage it; nothing was opened."""

    code = "store-journal-left"
    template = N_(
        "beside {store} lies {journal}, the journal of another state of it: was a backup copied over a store? "
        "If so, move the journal away and open the store again"
    )
    journal: str


@define(kw_only=True, eq=False)
class StoreOutcomeUnknown(StoreUnusable):
    """The connection was lost during recording, and it is unknown whether the facts were recorded."""

    code = "store-outcome-unknown"
    template = N_(
        "{store}: {problem}; whether it was recorded could not be read. Run it again: what was recorded is unchanged then"
    )


@define(kw_only=True, eq=False)
class StoreLostAfterwards(StoreUnusable):
    """Facts were recorded, and after that the store could not be read any more."""

    code = "store-lost-afterwards"
    template = N_("{store}: it was recorded; after that the store could not be read ({problem})")


@define(kw_only=True, eq=False)
class StoreClosed(StoreUnusable):
    """The registry, or what it opened, was closed."""

    code = "store-closed"
    template = N_("{store} was closed")


@define(kw_only=True, eq=False)
class StoreMoved(StoreUnusable):
    """What was opened is not at its place any more: it was moved, removed or replaced; nothing was recorded in it."""

    code = "store-moved"
    template = N_("{store} was moved or replaced while it was open; nothing was recorded. Open it anew")


@define(kw_only=True, eq=False)
class NotSound(StoreUnusable):
    """A fact is not what it was, or not what a fact can be: the first of them is named by its position."""

    code = "not-sound"
    template = N_("{store} is not sound: position {position}, {fact}: {problem}")
    position: int
    fact: str


@define(kw_only=True, eq=False)
class SealUnusable(StoreUnusable):
    """A seal, a key or a proof cannot be used; `store` is its file."""

    code = "seal-unusable"
    template = N_("{store} cannot be used: {problem}")


@define(kw_only=True, eq=False)
class KeysUnusable(StoreUnusable):
    """The file of people's keys beside backups is missing, damaged, or of another store."""

    code = "keys-unusable"
    template = N_("{store} cannot be used: {problem}")


@define(kw_only=True, eq=False)
class PersonUnreadable(StoreUnusable):
    """What is stored of a person cannot be decrypted, and they were not erased; `store` has their entry."""

    code = "person-unreadable"
    template = N_(
        "{person} cannot be read in {store}: {problem}. Put the keys back ('people keys FILE', with those of a backup), or enter "
        "name, phone and e-mail anew ('people add' with all three)"
    )
    person: str


@define(kw_only=True, eq=False)
class BackupUnusable(StoreUnusable):
    """A backup is not whole, or was changed; nothing was restored."""

    code = "backup-unusable"
    template = N_("{store} cannot be restored: {problem}")
