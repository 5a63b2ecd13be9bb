"""The commands `verify`, `seal` and `prove`, by which books stand up in a dispute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_answer, print_json, print_table
from dualcert.cli.shell import Shell, ShellCommand, ShellGroup, formatted, option, pass_shell, progress_bar

if TYPE_CHECKING:
    from dualcert.integrity.keys import KeyFolder
    from dualcert.integrity.sealing import Verdict
    from dualcert.store.log import EventLog

UNSOUND = 1

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)

keyed = option(
    "--key",
    "given_keys",
    multiple=True,
    metavar="KEY|FILE",
    help=N_("The public key that has to have signed, or a file of such keys; default those of this machine."),
)


@contextmanager
def _log(shell: Shell) -> Iterator[EventLog]:
    from dualcert.store.log import open_log

    with closing(open_log(shell.store)) as log:
        yield log


def _keys() -> KeyFolder:
    """Return the keys of this machine, in the folder that also remembers what was sent."""
    from dualcert.integrity.keys import KeyFolder
    from dualcert.reporting.quarantine import Quarantine

    return KeyFolder(Quarantine.default().folder / "keys")


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert verify",
        "dualcert verify --format json",
    ),
    help=N_(
        "Check every fact of the store, and that none was changed, removed, added or moved.\n\n"
        "The facts are compared with the tree of hashes that the last seal or backup left beside the store, and with seals and codes "
        "that are given. The first wrong position is named. Nothing is changed. Exit status 1 if the store is not sound."
    ),
)
@option(
    "--seal", "seals", type=FILE, multiple=True, metavar="FILE", help=N_("A seal that the facts have to agree with.")
)
@option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    help=N_("A code that was printed, such as 1523-7K4Q-M2XV-09TB-RZ5D."),
)
@option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="KEY",
    help=N_("The public key of a witness that has to have cosigned the seals."),
)
@keyed
@formatted
@pass_shell
def verify(
    shell: Shell, seals: tuple[Path, ...], codes: tuple[str, ...], witnesses: tuple[str, ...],
    given_keys: tuple[str, ...], format_: str,
) -> int:  # fmt: skip
    """Look through the log, and print what was found."""
    from dualcert.integrity.notes import COSIGNED
    from dualcert.integrity.sealing import Given, judge, keys_given

    with _log(shell) as log, progress_bar(log.length(), _("verifying")) as bar:
        keys = keys_given(given_keys, _keys(), log.store.id) if seals else ()
        cosigners = keys_given(witnesses, _keys(), log.store.id, COSIGNED) if witnesses else ()
        verdict = judge(log, Given(seals, codes, keys, cosigners), bar.update)
    if not print_answer(format_, verdict.to_dict()):
        _print(verdict)
    return 0 if verdict.sound else UNSOUND


def _print(verdict: Verdict) -> None:
    values = {"store": verdict.store, "facts": verdict.facts, "code": verdict.code, "n": verdict.compared}
    if verdict.position is not None:
        wrong = _("{store} is not sound: position {position}, {fact}: {problem}")
        click.echo(wrong.format(store=verdict.store, position=verdict.position, fact=verdict.fact or "-",
                                problem=_said(verdict.problem)))  # fmt: skip
    elif verdict.problem is not None:
        click.echo(_("{store} is not sound: {problem}").format(store=verdict.store, problem=_said(verdict.problem)))
    click.echo(
        _("{facts} facts are sound, code {code}; {n} of them were compared with the tree kept beside the store").format(
            **values
        )
    )
    if verdict.rows:
        click.echo()
        rows = [
            [each.what, each.size, each.sound, ", ".join(each.signed_by), _said(each.problem)] for each in verdict.rows
        ]
        print_table((N_("seal or code"), N_("facts"), N_("agrees"), N_("signed by"), N_("detail")), rows, numbers=[1])


def _said(problem: str | None) -> str:
    from dualcert.errors import Phrase

    return problem.render(_) if isinstance(problem, Phrase) else _(problem) if problem else ""


@click.group(
    cls=ShellGroup,
    examples=(
        "dualcert seal",
        "dualcert seal --out books.seal",
    ),
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    help=N_(
        "Verify the store, and print a signed checkpoint of it: a seal.\n\n"
        "Keep seals outside the house, with whoever may doubt the books later: every later 'verify --seal' shows whether a "
        "fact before the seal was changed. The key is made by the first seal. With --cosign another office adds its "
        "signature to a seal, as a witness."
    ),
)
@option(
    "--out",
    type=NEW_FILE,
    metavar="FILE",
    help=N_("Write the seal to FILE, which must not exist, instead of printing it."),
)
@option("--cosign", type=FILE, metavar="FILE", help=N_("Cosign this seal of another store; needs --as and --key."))
@option("--as", "name", metavar="NAME", help=N_("The name of the witness, without blanks, such as audit.jincheng."))
@option(
    "--proof",
    type=FILE,
    metavar="FILE",
    help=N_("The proof that the seal continues the one that was cosigned before ('prove --since')."),
)
@keyed
@click.pass_context
def seal(
    ctx: click.Context,
    out: Path | None,
    cosign: Path | None,
    name: str | None,
    proof: Path | None,
    given_keys: tuple[str, ...],
) -> None:
    """Seal, or cosign a seal."""
    if ctx.invoked_subcommand:
        return
    if cosign:
        _cosign(cosign, out, name, proof, given_keys)
        return
    from dualcert.integrity.sealing import seal as sealed

    if name or proof or given_keys:
        raise click.UsageError(_("--as, --key and --proof belong to --cosign"))
    shell: Shell = ctx.obj
    if out:
        _check_free(out)
    with _log(shell) as log, progress_bar(log.length(), _("verifying")) as bar:
        made = sealed(log, _keys(), bar.update)
    _hand_out(made.note.whole, out)
    note(_("{n} facts are sealed, code {code}").format(n=made.checkpoint.size, code=made.checkpoint.code))


def _check_free(out: Path) -> None:
    from dualcert.files import check_free

    check_free(out)


def _hand_out(text: str, out: Path | None) -> None:
    """Write the text of a seal to a new file, or print it."""
    from dualcert.files import write_whole

    if out:
        write_whole(out, text.encode())
    else:
        click.echo(text, nl=False)


def _cosign(path: Path, out: Path | None, name: str | None, proof: Path | None, given_keys: tuple[str, ...]) -> None:
    from dualcert.errors import SealUnusable
    from dualcert.integrity.notes import is_name
    from dualcert.integrity.proofs import path_of
    from dualcert.integrity.sealing import cosign, keys_given

    if not name or not is_name(name) or not given_keys:
        raise click.UsageError(
            _("a witness needs --as with a name without blanks, and the store's public key in --key")
        )
    keys = _keys()
    try:
        steps = path_of(proof.read_text(encoding="utf-8")) if proof else []
    except (OSError, ValueError) as error:
        raise SealUnusable(store=str(proof), problem=str(error)) from None
    cosigned = cosign(path, keys, name, keys_given(given_keys, keys, ""), steps, datetime.now(UTC))
    _hand_out(cosigned.whole, out)
    note(_("cosigned; the witness's public key: {key}").format(key=keys.witness_key(name).text))


@seal.group(
    cls=ShellGroup, examples=("dualcert seal key show",), help=N_("The keys with which this machine seals the store.")
)
def key() -> None:
    """Only a group."""


@key.command(
    "show",
    cls=ShellCommand,
    examples=("dualcert seal key show",),
    help=N_("Show the public keys of the store, the newest last; hand them to whoever keeps seals."),
)
@formatted
@pass_shell
def show(shell: Shell, format_: str) -> None:
    """Print the public keys."""
    with _log(shell) as log:
        rows = [{"key": each.text} for each in _keys().public(log.store.id)]
    if not print_answer(format_, {"rows": rows}):
        for row in rows:
            click.echo(row["key"])


@key.command(
    "rotate",
    cls=ShellCommand,
    examples=("dualcert seal key rotate",),
    help=N_("Make a new key, signed by the present one, which is deleted. Seals of the old one are still recognised."),
)
@pass_shell
def rotate(shell: Shell) -> None:
    """Replace the key."""
    with _log(shell) as log:
        keys = _keys()
        keys.rotate(log.store.id)
        click.echo(keys.public(log.store.id)[-1].text)


@key.command(
    "new",
    cls=ShellCommand,
    examples=("dualcert seal key new --yes",),
    help=N_(
        "Make a key that no other one vouches for, where the present one was lost or stolen.\n\n"
        "Whoever keeps seals has to be told the new public key in person."
    ),
)
@option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_shell
def new(shell: Shell, *, yes: bool) -> None:
    """Make a key."""
    with _log(shell) as log:
        keys = _keys()
        known = keys.begun(log.store.id)
        if known and not yes:
            click.confirm(_("This replaces the key and its list; seals that it signed are recognised only with --key then. Go on?"), abort=True, err=True)  # fmt: skip
        if known:
            keys.renew(log.store.id)
        else:
            keys.private(log.store.id)  # a key that another process made meanwhile is kept
        click.echo(keys.public(log.store.id)[-1].text)


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert prove lab-140525-1@1",
        "dualcert prove --checker check_proof.py",
    ),
    help=N_(
        "Prove that a fact is in the sealed books, or that they continue an older seal; the proof is JSON.\n\n"
        "FACT is stream@version, or @POSITION. --checker writes a program of one file with which anybody checks proofs "
        "without dualcert."
    ),
)
@click.argument("fact", required=False)
@option(
    "--seal",
    "seal_file",
    type=FILE,
    metavar="FILE",
    help=N_("Prove it against this seal; default against all facts there are, by their code."),
)
@option("--since", type=FILE, metavar="FILE", help=N_("Prove that nothing before this older seal was changed."))
@option("--checker", type=NEW_FILE, metavar="FILE", help=N_("Write the checker to FILE."))
@pass_shell
def prove(shell: Shell, fact: str | None, seal_file: Path | None, since: Path | None, checker: Path | None) -> None:
    """Print a proof, or write the checker."""
    from importlib.resources import files

    from dualcert.files import write_whole

    if checker:
        write_whole(checker, files("dualcert").joinpath("data", "check_proof.py").read_bytes(), mode=0o755)
    if not fact and not since:
        if not checker:
            raise click.UsageError(_("give a FACT, --since or --checker"))
        return
    if fact and since:
        raise click.UsageError(_("give either a FACT or --since"))
    print_json(_proof(shell, fact, seal_file, since))


def _proof(shell: Shell, fact: str | None, seal_file: Path | None, since: Path | None) -> dict[str, Any]:
    from dualcert.integrity.proofs import prove_fact, prove_since, seal_at
    from dualcert.integrity.sealing import looked

    with _log(shell) as log:
        tree = looked(log).sound(log.url.shown)
        against = seal_at(log, tree, seal_file) if seal_file else None
        if since:
            return prove_since(log, tree, seal_at(log, tree, since), against)
        assert fact is not None
        return prove_fact(log, tree, fact, against)
