"""Several processes that begin at one instant: nothing is lost, done twice, or given to two."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping

from faults.cases import BY_NAME, NAMES, Bench, Place
from faults.runs import Ran, Run

TRY_AGAIN = {"store-busy", "conflict"}
"""What a command may be told that lost: it recorded nothing."""


def inits(bench: Bench) -> list[str]:
    """Some make a store while others open it: one makes it, and nobody sees half of it."""
    place, lost = bench.fresh(BY_NAME["init"]), []
    ended = bench.together(place, [("init",), ("replay",), ("init",), ("replay",), ("init",), ("replay",)])
    makers, openers = ended[::2], ended[1::2]
    if Counter(ran.status for ran in makers) != Counter({0: 1, 4: len(makers) - 1}):
        lost.append(f"makers ended with {[(ran.status, ran.err) for ran in makers]}")
    lost += [f"a maker that lost is told {ran.err}" for ran in makers if ran.status and ran.code != "store-exists"]
    lost += [f"an opener is told {ran.err}" for ran in openers if ran.status and ran.code != "store-missing"]
    found = bench.look(place)
    if len(found.get("trail", [])) != 2:
        lost.append(f"the books are {found}")
    return _ended(bench, place, lost)


def imports_of_others(bench: Bench) -> list[str]:
    """Imports of different names at once: nobody gets another's id."""
    return _imports(bench, [[pair] for pair in NAMES[:4]])


def imports_of_the_same(bench: Bench) -> list[str]:
    """Imports of the same names at once: nobody gets two ids."""
    return _imports(bench, [NAMES[:2]] * 4)


def _imports(bench: Bench, files: list) -> list[str]:
    place, lost = bench.fresh(BY_NAME["import --add-people"]), []
    commands = []
    for number, pairs in enumerate(files):
        rows = "".join(f"晋城市,{county},{name}\n" for county, name in pairs)
        (place.folder / f"{number}.csv").write_text(f"市,县,包联干部\n{rows}", encoding="utf-8")
        commands.append(("import", f"{number}.csv", "--kind", "pairings", "--add-people"))
    for command, ran in zip(commands, bench.together(place, commands), strict=True):
        lost += _failed(ran)
        if ran.status:
            lost += _failed(bench.run(place, command), again=True)
    ids = Counter(person["name"] for person in bench.look(place)["people"])
    expected = {name for pairs in files for _, name in pairs}
    if set(ids) != expected or set(ids.values()) != {1}:
        lost.append(f"the directory has {dict(ids)}, not each of {sorted(expected)} once")
    lost += _of_others(bench, place, {county: name for pairs in files for county, name in pairs})
    return _ended(bench, place, lost)


def _of_others(bench: Bench, place: Place, expected: Mapping[str, str]) -> list[str]:
    """Return the pairings that are not of the person whom the sheet names."""
    people = {person["person"]: person["name"] for person in bench.look(place)["people"]}
    rows = json.loads(bench.must(place, ("status", "--kind", "pairing", "--format", "json")).out)["rows"]
    named = dict(zip(("140522", "140525", "140521", "140524", "140581"), (county for county, _ in NAMES), strict=True))
    found = {named[row["target"].removeprefix("county-")]: people.get(row["supporter"]) for row in rows}
    return [] if found == dict(expected) else [f"the pairings are of {found}, not {dict(expected)}"]


def first_people(bench: Bench) -> list[str]:
    """The directory is made by several at once: everybody is kept."""
    place, ids = bench.fresh(BY_NAME["people add"]), [f"person-{number}" for number in range(1, 7)]
    commands = [("people", "add", id_, "--name", id_) for id_ in ids]
    lost = [problem for ran in bench.together(place, commands) for problem in _failed(ran, again=True)]
    kept = [person["person"] for person in bench.look(place).get("people", [])]
    return _ended(bench, place, lost + ([] if kept == ids else [f"kept are {kept}"]))


def plans(bench: Bench) -> list[str]:
    """Planned by several at once: each dispatch once, with its message."""
    place, case = bench.fresh(BY_NAME["dispatch plan"]), BY_NAME["dispatch plan"]
    lost = [problem for ran in bench.together(place, [case.arguments] * 3) for problem in _failed(ran, again=True)]
    found, known = bench.look(place), bench.undisturbed(case).after
    same = all(found.get(key) == known[key] for key in ("dispatches", "outbox"))
    return _ended(bench, place, lost + ([] if same else [f"planned are {found}"]))


def senders(bench: Bench) -> list[str]:
    """Sent by several at once: each message by one of them."""
    place, case = bench.fresh(BY_NAME["dispatch send"]), BY_NAME["dispatch send"]
    lost = [problem for ran in bench.together(place, [case.arguments] * 4) for problem in _failed(ran, again=True)]
    ended = [(state, attempts) for _, state, attempts in bench.look(place).get("dispatches", [])]
    files = len(list((place.folder / "outgoing").glob("*.eml")))
    known = len(bench.undisturbed(case).after["dispatches"])
    if ended != [("delivered", 1)] * known or files != known:
        lost.append(f"{files} went out of {known}, and the log has {ended}")
    return _ended(bench, place, lost)


def writers(bench: Bench, processes: int = 6, threads: int = 2, count: int = 2) -> list[str]:
    """Processes with threads write at once: each acknowledged exactly once."""
    place = bench.fresh(BY_NAME["apply"])
    runs = [
        Run(place.folder, call=("faults.writing:write", place.store, process, threads, count), broken=bench.broken, seconds=300, instant=0)
        for process in range(processes)
    ]  # fmt: skip
    ended = bench.launcher.together(runs)
    told = [json.loads(ran.out) for ran in ended if ran.status == 0]
    lost = [f"a writer ended with {ran.status}: {ran.err[-300:]}" for ran in ended if ran.status != 0]
    lost += [wrong for each in told for wrong in each["wrong"]]
    acknowledged = Counter(lab for each in told for lab in (*each["own"], *each["shared"]))
    stored = Counter(json.loads(bench.launcher.run(Run(place.folder, call=("faults.writing:stored", place.store))).out))
    labs = Counter({stream: n for stream, n in stored.items() if stream.startswith("lab-")})
    lost += [f"{lab}: acknowledged {n} times, stored {labs[lab]} times" for lab, n in acknowledged.items()
             if (n, labs[lab]) != (1, 1)]  # fmt: skip
    lost += [f"{lab}: stored, and acknowledged to nobody" for lab in labs - acknowledged]
    return _ended(bench, place, lost)


def _failed(ran: Ran, *, again: bool = False) -> list[str]:
    """Return what is wrong with how a command ended; it may have to be said *again* only where it lost a race."""
    sound = ran.status == 0 or (ran.status in {3, 4} and ran.code in TRY_AGAIN and not again)
    return [] if sound and "Traceback" not in ran.err else [f"ended with {ran.status}: {ran.err[-300:]}"]


def _ended(bench: Bench, place: Place, lost: list[str]) -> list[str]:
    bench.remove(place)
    return lost


RACES: Mapping[str, Callable[[Bench], list[str]]] = {
    race.__name__: race
    for race in (inits, imports_of_others, imports_of_the_same, first_people, plans, senders, writers)
}
