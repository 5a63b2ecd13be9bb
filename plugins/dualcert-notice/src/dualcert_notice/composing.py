"""A paper around its body: head, addressee, signature, annexes and 版记, from the configuration and the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from attrs import frozen

from dualcert.reporting import Books, Request
from dualcert_notice.catalogue import Words
from dualcert_notice.config import NoticeConfig
from dualcert_notice.paper import Annex, Block, Form, Paper


@frozen
class Desk:
    """Where a paper is written: the question, the books, the configuration, the words."""

    request: Request
    books: Books

    @property
    def config(self) -> NoticeConfig:
        """How the paper is set up."""
        config: NoticeConfig = self.request.config
        return config

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.request.language, self.config.words)

    def told(self, part: str, finding: Any) -> str:
        """Return the *part* of a finding, `item` or `heading`, in the words of the paper."""
        return self.words.finding(part, finding, self.request, self.books)

    def configured(self, value: str, what: str) -> str:
        """Return *value*, or the placeholder of *what* where it is empty."""
        return value or self.words.missing(what)

    @property
    def issuer(self) -> str:
        """The issuer, or its placeholder."""
        return self.configured(self.config.issuer, "issuer")

    @property
    def basis(self) -> str:
        """The document that decisions rest on, or its placeholder."""
        return self.configured(self.config.basis, "basis")

    def reply(self, day: date) -> str:
        """Return the day until which a reminder of *day* is answered, or its placeholder."""
        days = self.config.reply_days
        return self.words.missing("reply") if days is None else self.words.day(day + timedelta(days=days))

    @property
    def objection(self) -> str:
        """The working days for an objection, or their placeholder."""
        days = self.config.objection_days
        return self.words.missing("days") if days is None else str(days)


def composed(
    desk: Desk,
    *,
    form: Form,
    title: str,
    addressee: str,
    blocks: Sequence[Block],
    day: date,
    annexes: Sequence[tuple[str, tuple[Block, ...]]] = (),
) -> Paper:
    """Return the paper with this body and these annexes, each of a title and its blocks."""
    words, config, issuer = desk.words, desk.config, desk.issuer
    form = config.form or form
    number, office = desk.configured(config.number, "number"), config.office or issuer
    receivers = words.listed(config.addressees) if config.addressees else addressee
    return Paper(
        language=words.language,
        form=form,
        mark=config.mark or words(f"{form}-mark", issuer=issuer),
        number=number,
        signer=(words("signer"), config.signer) if config.signer else None,
        title=title,
        addressee=f"{receivers}{words('colon')}",
        blocks=blocks,
        enclosed=words("enclosure"),
        enclosures=_enclosures(words, [name for name, _ in annexes]),
        signature=config.signature or issuer,
        day=day,
        dated=words.day(day),
        notes=tuple(words("note", note=note) for note in _notes(desk)),
        annexes=_annexes(words, annexes),
        copies=words("copies", copies=words.listed(config.copies)) if config.copies else "",
        office=office,
        printed=words("printed", on=words.day(config.printed_on or day)),
        origin=desk.books.basis(words.language),
        placeholders=tuple(
            words.missing(what) for what in ("issuer", "number", "basis", "reply", "days", "city", "support")
        ),
    )


def _enclosures(words: Words, titles: Sequence[str]) -> tuple[str, ...]:
    if len(titles) < 2:
        return tuple(titles)
    return tuple(words("enclosure-nth", nth=nth, title=title) for nth, title in enumerate(titles, start=1))


def _annexes(words: Words, annexes: Sequence[tuple[str, tuple[Block, ...]]]) -> tuple[Annex, ...]:
    labels = [words("annex")] if len(annexes) == 1 else [words("annex-nth", nth=n + 1) for n in range(len(annexes))]
    return tuple(Annex(label, title, blocks) for label, (title, blocks) in zip(labels, annexes, strict=True))


def _notes(desk: Desk) -> list[str]:
    """Return what stands in brackets under the date: whom to ask and, if configured, where the figures come from."""
    return [
        note
        for note in (desk.config.contact, desk.words.origin("origin", desk.books) if desk.config.origin_line else "")
        if note
    ]
