"""A registry that was opened before a process forked, as servers do that load before they fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from dualcert import Registry

FORKING = """
import json, os, sys
from dualcert import Registry, ReportHighlight
from dualcert.people import Directory, Person

url, children, each = sys.argv[1], 4, 12
registry = Registry.open(url)
registry.catch_up()
people = Directory.open(registry.store)
people.add(Person("person-99", "before"))

def work(child):
    for n in range(each):
        registry.execute(ReportHighlight(campaign="campaign-shanxi-2023", city="140500", note=f"{child}-{n}", on="2023-05-05"))
    people.add(Person(f"person-{child + 1}", str(child)))

pids = []
for child in range(children):
    pid = os.fork()
    if not pid:
        try:
            work(child)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    pids.append(pid)
work(children)
statuses = [os.waitpid(pid, 0)[1] for pid in pids]
print(json.dumps({"statuses": statuses, "position": registry.catch_up(), "people": len(people.all())}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    return str(tmp_path / "b.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_every_process_opens_the_store_for_itself(url):
    Registry.create(url, policy="shanxi-2023").close()

    ran = subprocess.run([sys.executable, "-c", FORKING, url], capture_output=True, text=True, timeout=120, check=False)

    assert json.loads(ran.stdout) == {"statuses": [0] * 4, "position": 2 + 5 * 12, "people": 6}, ran.stderr


COMMANDS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 160
PREFORK = """
import json, os, sys
from dualcert import RegisterLab, Registry, ReportHighlight

url, commands, workers = sys.argv[1], int(sys.argv[2]), 8
registry = Registry.open(url)
registry.catch_up()
campaign, county = "campaign-shanxi-2023", "140525"

def work(worker):
    for n in range(commands // workers):
        if n % 10 == 0:
            registry.execute(ReportHighlight(campaign=campaign, city="140500", note=f"{worker}-{n}", on="2023-05-05"))
        else:
            lab = f"lab-{county}-{worker * 10_000 + n}"
            registry.execute(RegisterLab(lab=lab, name=lab, level="county", division=county, on="2019-01-01"))

pids = []
for worker in range(workers):
    pid = os.fork()
    if not pid:
        try:
            work(worker)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    pids.append(pid)
statuses = [os.waitpid(pid, 0)[1] for pid in pids]
notes = {row.data.note for row in registry.history(campaign) if row.fact == "campaign.highlight-reported"}
print(json.dumps({"statuses": statuses, "facts": registry.catch_up() - 2, "notes": len(notes)}))
"""


def test_eight_workers_on_one_store_lose_nothing_and_are_refused_nothing(url):
    """Each writes labs of its own, and all of them one stream, for which each races with all others."""
    Registry.create(url, policy="shanxi-2023").close()

    ran = subprocess.run(
        [sys.executable, "-c", PREFORK, url, str(COMMANDS)], capture_output=True, text=True, timeout=3_600, check=False
    )

    assert json.loads(ran.stdout) == {"statuses": [0] * 8, "facts": COMMANDS, "notes": COMMANDS // 10}, ran.stderr
