"""Refusals by the rules of a dispatch, and of sending."""

from __future__ import annotations

from dualcert.errors.base import AlreadyExists, Forbidden, Invalid, NotFound, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_
from dualcert.values.terms import DispatchState


@define(kw_only=True, eq=False)
class DispatchAlreadyPlanned(AlreadyExists, Refused):
    """A message goes to a recipient once."""

    code = "dispatch-already-planned"
    template = N_("{dispatch} is planned already")
    dispatch: str


@define(kw_only=True, eq=False)
class DispatchStandsOtherwise(Invalid, Refused):
    """The dispatch is in a state in which this cannot be recorded."""

    code = "dispatch-stands-otherwise"
    template = N_("{dispatch} is {state}")
    dispatch: str
    state: DispatchState


@define(kw_only=True, eq=False)
class UnknownDispatch(NotFound, Refused):
    """No dispatch of that id was planned."""

    code = "unknown-dispatch"
    template = N_("no dispatch {dispatch} was planned")
    dispatch: str


@define(kw_only=True, eq=False)
class SendingOff(Forbidden, Refused):
    """The store was sent from elsewhere or restored from a backup; a person has to resume sending here."""

    code = "sending-off"
    template = N_("sending is off for {store} here: {problem}; 'dispatch resume' goes on")
    store: str
    problem: str


@define(kw_only=True, eq=False)
class ContentMissing(NotFound, Refused):
    """The frozen message of a dispatch is not in the outbox."""

    code = "content-missing"
    template = N_("the outbox has no message of {dispatch}: plan it anew under another key, or abandon it")
    dispatch: str
