"""Another process that acts at the one moment at which it could do harm: just before the lock is taken, or between two steps."""

from __future__ import annotations

from contextlib import contextmanager
from pkgutil import resolve_name

from dualcert import files


def act_before_the_lock(monkeypatch, module, act):
    """Have *act* done when code of *module* is about to take a folder's lock, the first time."""
    acts = [act]

    @contextmanager
    def late(folder, mode=0o777):
        while acts:
            acts.pop()()
        with files.alone(folder, mode):
            yield

    monkeypatch.setattr(f"{module}.alone", late)


def act_before(monkeypatch, place, act):
    """Have *act* done before the function of that name (module and class included) runs, the first time."""
    really, acts = resolve_name(place), [act]

    def late(*given, **how):
        while acts:
            acts.pop()()
        return really(*given, **how)

    monkeypatch.setattr(place, late)


def act_after(monkeypatch, place, act):
    """Have *act* done after the function of that name has run, the first time."""
    really, acts = resolve_name(place), [act]

    def early(*given, **how):
        done = really(*given, **how)
        while acts:
            acts.pop()()
        return done

    monkeypatch.setattr(place, early)
