"""The store cannot be used."""

from __future__ import annotations

from attrs import define

from dualcert.errors.base import N_, DualcertError


@define(kw_only=True, eq=False)
class StoreUnusable(DualcertError):
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
class StoreMissing(StoreUnusable):
    """There is no store; only `init` makes one."""

    code = "store-missing"
    template = N_("there is no store {store}; make one with 'dualcert init'")


@define(kw_only=True, eq=False)
class StoreExists(StoreUnusable):
    """There is a store already."""

    code = "store-exists"
    template = N_("there is a store {store} already; nothing was touched")


@define(kw_only=True, eq=False)
class StoreEmpty(StoreUnusable):
    """A file or table without an opening fact: a failed copy, or a creation cut off."""

    code = "store-empty"
    template = N_("{store} has no opening fact: did a copy or an 'init' fail? Remove it or restore it")


@define(kw_only=True, eq=False)
class StoreForeign(StoreUnusable):
    """Somebody else's file or table."""

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
class StoreReadOnly(StoreUnusable):
    """The store can be read and not written."""

    code = "store-read-only"
    template = N_("{store} is read-only; nothing was recorded")


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
