"""A naive model of duties and scores: it reads the rows of facts, one day at a time, and shares no code with the library.

Each question walks the facts that were known, stood and had happened by the day, in the words of the domain page.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from attrs import define, field

DAY = timedelta(days=1)
RANK = {
    "lab.closed": 1, "lab.registered": 0, "lab.application-accepted": 10, "lab.application-refused": 11,
    "lab.assessment-recorded": 12, "lab.approval-recorded": 13, "lab.certificate-cancelled": 20,
    "lab.certificate-revoked": 20, "lab.certificate-granted": 21, "lab.certificate-renewed": 22,
    "lab.certificate-suspended": 23, "lab.certificate-reinstated": 24, "county.lab-released": 0,
    "county.lab-designated": 1, "county.enrolled": 10, "county.named": 11, "county.delisted": 12,
    "county.candidacy-cancelled": 13, "county.plan-issued": 20, "county.plan-submitted": 21,
    "county.measure-completed": 22, "pairing.assigned": 0, "pairing.visit-recorded": 1, "pairing.problem-identified": 2,
    "pairing.problem-resolved": 3, "pairing.progress-reported": 4, "pairing.ended": 5, "campaign.opened": 0,
    "campaign.policy-amended": 1, "campaign.exemplar-withdrawn": 2, "campaign.exemplar-selected": 3, "campaign.closed": 10,
}  # fmt: skip
"""The order of the facts of one day, as the domain page has it; the rest is in order of entry."""


def as_date(text: Any) -> date:
    return date.fromisoformat(text)


@define(eq=False)
class Naive:
    """The facts that are known at a position, as rows; every question is about one day."""

    rows: list[dict[str, Any]]
    cities: list[str]
    counties: list[str]
    province: str = "140000"
    _cache: dict[Any, Any] = field(factory=dict)

    def walk(self, stream: str, day: date | None) -> list[dict[str, Any]]:
        """Return the rows of a stream that stand and happened by *day* (None: ever), in order."""
        if (stream, day) not in self._cache:
            mine = self._by_stream().get(stream, [])
            gone = {row["data"]["version"] for row in mine if row["fact"] == "fact.retracted"}
            stood = [row for row in mine if row["version"] not in gone and row["fact"] != "fact.retracted"]
            happened = [row for row in stood if day is None or as_date(row["on"]) <= day]
            self._cache[stream, day] = sorted(happened, key=lambda r: (r["on"], RANK.get(r["fact"], 9), r["version"]))
        return self._cache[stream, day]

    def _by_stream(self) -> dict[str, list[dict[str, Any]]]:
        if "streams" not in self._cache:
            self._cache["streams"] = {}
            for row in self.rows:
                self._cache["streams"].setdefault(row["stream"], []).append(row)
        return self._cache["streams"]

    def streams(self, kind: str) -> list[str]:
        return sorted(stream for stream in self._by_stream() if stream.startswith(f"{kind}-"))

    # --- campaigns

    def policies(self, campaign: str, day: date | None) -> list[dict[str, Any]]:
        kinds = ("campaign.opened", "campaign.policy-amended")
        return [row for row in self.walk(campaign, day) if row["fact"] in kinds]

    def policy(self, campaign: str, day: date) -> dict[str, Any]:
        """Return the policy of a campaign on a day; before the first, the first."""
        found = self.policies(campaign, day) or self.policies(campaign, None)[:1]
        return found[-1]["data"]["policy"]

    def campaigns(self, day: date) -> list[str]:
        """Return the campaigns opened by the day, those begun last at the end; before any, the first."""
        opened = {
            each: min(as_date(row["on"]) for row in self.policies(each, None))
            for each in self.streams("campaign")
            if self.policies(each, None)
        }
        by_then = [each for each, on in opened.items() if on <= day]
        by_then = by_then or sorted(opened, key=lambda each: (opened[each], each))[:1]
        return sorted(by_then, key=lambda each: (self.policy(each, day)["from"], opened[each], each))

    def closed(self, campaign: str, day: date) -> bool:
        return any(row["fact"] == "campaign.closed" for row in self.walk(campaign, day))

    def leading(self, campaigns: list[str], day: date) -> str:
        begun = [each for each in campaigns if as_date(self.policy(each, day)["from"]) <= day]
        covering = [each for each in begun if day <= as_date(self.policy(each, day)["to"])]
        return (covering or begun or campaigns[:1])[-1]

    # --- labs

    def active(self, lab: str, day: date) -> bool:
        kinds = [row["fact"] for row in self.walk(lab, day)]
        return "lab.registered" in kinds and "lab.closed" not in kinds

    def counted(self, lab: str, day: date, basis: list[str]) -> bool:
        counted, level = None, None
        for row in self.walk(lab, day):
            if row["fact"] in {"lab.registered", "lab.amended"}:
                data = row["data"]
                counted = data["counted"] if data.get("counted") is not None else counted
                level = data.get("level") or level
        return self.active(lab, day) and bool(counted) and level in basis

    def certificate(self, lab: str, scheme: str, day: date) -> dict[str, Any]:
        """Return what is known of a certificate on a day: periods, suspension, the renewal and the application under way."""
        key = ("certificate", lab, scheme, day)
        if key not in self._cache:
            self._cache[key] = self._certificate(lab, scheme, day)
        return self._cache[key]

    def _certificate(self, lab: str, scheme: str, day: date) -> dict[str, Any]:  # noqa: C901, PLR0912  one branch a fact
        found: dict[str, Any] = {
            "periods": [],
            "ended": True,
            "suspended": False,
            "renewal": None,
            "steps": [],
            "cut": False,
        }
        for row in self.walk(lab, day):
            data, on = row["data"], as_date(row["on"])
            if data.get("scheme") != scheme:
                continue
            match row["fact"].removeprefix("lab."):
                case "certificate-granted":
                    found |= {"suspended": False, "ended": False, "renewal": None, "steps": []}
                    found["periods"].append(
                        (on, as_date(data["valid_until"]), data["number"], as_date(data["valid_until"]))
                    )
                case "certificate-renewed":
                    # An application is settled by the renewal, even where the renewal itself came too late to count.
                    found["steps"] = [] if not found["ended"] else found["steps"]
                    if not found["ended"]:
                        found["renewal"] = None
                        found["periods"].append(
                            (on, as_date(data["valid_until"]), data["number"], as_date(data["valid_until"]))
                        )
                case "certificate-suspended":
                    found["suspended"] = True
                case "certificate-reinstated":
                    found["suspended"] = False
                case "certificate-cancelled" | "certificate-revoked":
                    cut = on - DAY
                    found["periods"] = [(a, min(b, cut), n, u) for a, b, n, u in found["periods"]]
                    found |= {"ended": True, "suspended": False, "renewal": None, "steps": []}
                    found["cut"] = True
                case "application-accepted":
                    if data["purpose"] == "renewal" and found["renewal"] is None:
                        found["renewal"] = on
                    found["steps"].append((on, 10, 1, "applied", data["purpose"], None, on))
                case "application-refused":
                    found["renewal"] = None
                    found["steps"].append((on, 11, 0, "none", None, None, None))
                case "assessment-recorded":
                    order = {"failed": (0, "none"), "rectify": (1, "applied"), "passed": (2, "assessed")}[
                        data["outcome"]
                    ]
                    by = (data["rectify_by"],) if data["outcome"] == "rectify" else None
                    found["steps"].append((on, 12, *order, None, by, None))
                case "approval-recorded":
                    found["steps"].append((on, 13, 3, "approved", None, None, None))
        return found

    def held(self, lab: str, scheme: str, day: date) -> bool:
        return any(a <= day <= b for a, b, _, _ in self.certificate(lab, scheme, day)["periods"])

    def last_begun(self, lab: str, scheme: str, day: date) -> tuple | None:
        begun = [p for p in self.certificate(lab, scheme, day)["periods"] if p[0] <= day]
        return max(begun, key=lambda p: (p[0], p[3], p[2]), default=None)

    def counts(self, lab: str, scheme: str, day: date, target: dict[str, Any]) -> bool:
        """Return whether a certificate counts: valid, or by one of the two switches."""
        known = self.certificate(lab, scheme, day)
        if known["suspended"] and not target["suspended_counts"]:
            return False
        if self.held(lab, scheme, day):
            return True
        last = self.last_begun(lab, scheme, day)
        pending = target["pending_renewal_counts"] and last and known["renewal"] is not None
        return bool(pending and last[1] == last[3] < day and known["renewal"] <= last[3])

    def dual(self, lab: str, day: date, target: dict[str, Any]) -> bool:
        return all(self.counts(lab, scheme, day, target) for scheme in ("CMA", "CATL"))

    def application(self, lab: str, scheme: str, day: date) -> dict[str, Any] | None:
        """Return the application under way: its step, since when, what it is for."""
        steps = self.certificate(lab, scheme, day)["steps"]
        last = max(steps, key=lambda step: step[:3], default=None)
        if last is None or last[3] == "none":
            return None
        accepted = [step for step in steps if step[6]]
        return {
            "state": last[3], "since": last[0], "rectify": last[5],
            "purpose": accepted[-1][4] if accepted else None, "accepted": accepted[-1][0] if accepted else None,
        }  # fmt: skip

    # --- counties and pairings

    def designated(self, county: str, day: date) -> list[str]:
        labs: set[str] = set()
        for row in self.walk(county, day):
            if row["fact"] == "county.lab-designated":
                labs.add(row["data"]["lab"])
            elif row["fact"] == "county.lab-released":
                labs.discard(row["data"]["lab"])
        return sorted(lab for lab in labs if self.active(lab, day))

    def passes(self, county: str, day: date, target: dict[str, Any]) -> bool | None:
        key = ("passes", county, day, json.dumps(target))
        if key not in self._cache:
            dual = [self.dual(lab, day, target) for lab in self.designated(county, day)]
            self._cache[key] = (all(dual) if target["county_passes"] == "all" else any(dual)) if dual else None
        return self._cache[key]

    def fails(self, subject: str, day: date, target: dict[str, Any]) -> bool:
        """Return whether a target of support needs it: a county that fails, a lab that is not dual; a city always."""
        if subject.startswith("county-"):
            return self.passes(subject, day, target) is False
        if subject.startswith("lab-"):
            return self.active(subject, day) and not self.dual(subject, day, target)
        return True

    def since(self, subject: str, day: date, first: date, target: dict[str, Any]) -> date:
        """Return the first day of the run of failing that *day* lies in, not before *first*."""
        while day > first and self.fails(subject, day - DAY, target):
            day -= DAY
        return day

    def pairings(self, day: date) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of each pairing that is assigned and not ended; one whose assignment is being corrected is not."""
        found = {stream: self.walk(stream, day) for stream in self.streams("pairing")}
        facts = {stream: [row["fact"] for row in rows] for stream, rows in found.items()}
        return {
            s: rows
            for s, rows in found.items()
            if facts[s][:1] == ["pairing.assigned"] and "pairing.ended" not in facts[s]
        }

    # --- duties

    def duties(self, day: date) -> set[tuple]:
        """Return every duty by its day: (kind, campaign, subject, key, owed from, due, state)."""
        running = [each for each in self.campaigns(day) if not self.closed(each, day)]
        leader = self.leading(running, day) if running else None
        found: set[tuple] = set()
        for each in running:
            found |= set(self.of_campaign(each, day))
            if each == leader:
                found |= set(self.of_province(each, day))
        return found

    @staticmethod
    def stated(day: date, owed_from: date, due: date | None, done: date | None, *, lapsed: bool = False) -> str:
        if done is not None:
            return "done-late" if due and done > due else "done-in-time"
        if lapsed:
            return "lapsed"
        if day < owed_from:
            return "not-yet-owed"
        return "overdue" if due and day > due else "open"

    def of_campaign(self, campaign: str, day: date):  # noqa: C901, PLR0912  one after the other, as the page has them
        policy = self.policy(campaign, day)
        first, last = as_date(policy["from"]), as_date(policy["to"])
        yield from self.gates(campaign, policy, day)
        yield from self.plans(campaign, policy, day)
        facts = self.walk(campaign, day)

        def done(fact: str, **fields: str) -> date | None:
            days = [as_date(r["on"]) for r in facts if r["fact"] == fact and fields.items() <= r["data"].items()]
            return min(days, default=None)

        month = first.replace(day=1)
        while month <= last:
            following = (month + timedelta(days=31)).replace(day=1)
            end, name = following - DAY, f"{month:%Y-%m}"
            for units, kinds in (
                (self.cities, policy["cycle"]["monthly"]),
                ([self.province], policy["cycle"].get("province", [])),
            ):
                for unit in units:
                    for kind in kinds:
                        if month <= day:
                            held = done("campaign.meeting-held", city=unit, kind=kind, month=name)
                            owed = max(month, first)
                            yield (
                                "meeting",
                                campaign,
                                unit,
                                (name, kind),
                                owed,
                                end,
                                self.stated(day, owed, end, held),
                            )
            if "bulletin" in policy:
                issued, due = (
                    done("campaign.bulletin-issued", month=name),
                    end + timedelta(days=policy["bulletin"]["due_day"]),
                )
                if end < day or issued:
                    yield (
                        "bulletin",
                        campaign,
                        self.province,
                        name,
                        end + DAY,
                        due,
                        self.stated(day, end + DAY, due, issued),
                    )
            month = following
        owed = first
        for summary in sorted(policy["summary"], key=lambda each: each["due"]):
            due = as_date(summary["due"])
            if owed <= day:
                for city in self.cities:
                    handed_in = done("campaign.summary-submitted", city=city, milestone=summary["name"])
                    yield (
                        "summary",
                        campaign,
                        city,
                        summary["name"],
                        owed,
                        due,
                        self.stated(day, owed, due, handed_in),
                    )
            owed = max(owed, due + DAY)
        within = policy.get("difficulties", {}).get("answer_within_days")
        for row in facts:
            if row["fact"] == "campaign.difficulty-reported":
                on, item = as_date(row["on"]), row["data"]["item"]
                due = on + timedelta(days=within) if within else None
                answered = done("campaign.difficulty-answered", item=item)
                yield ("difficulty", campaign, item, None, on, due, self.stated(day, on, due, answered))
        chosen: set[str] = set()
        for row in facts:
            if row["fact"] == "campaign.exemplar-selected":
                chosen.add(row["data"]["county"])
            elif row["fact"] == "campaign.exemplar-withdrawn":
                chosen.discard(row["data"]["county"])
        if len(chosen) < policy["exemplars"]["quota"] and first <= day:
            yield ("exemplars", campaign, campaign, None, first, last, self.stated(day, first, last, None))

    def standings(
        self, county: str, day: date, *, without: tuple[str, str, date] | None = None
    ) -> list[dict[str, Any]]:
        """Return the facts of standing in the one programme, without a gate's own decisions from its last day on."""
        found = []
        for row in self.walk(county, day):
            if row["fact"] in {"county.enrolled", "county.named", "county.delisted", "county.candidacy-cancelled"}:
                own = without and row["data"].get("gate") == without[0] and as_date(row["on"]) >= without[2]
                if not own:
                    found.append(row)
        return found

    def gates(self, campaign: str, policy: dict[str, Any], day: date):
        for gate in policy["gate"]:
            last = as_date(gate["on"]) - (DAY if not gate["inclusive"] else timedelta(0))
            for county in self.counties:
                judged_on = min(day, last)
                judged = self.standings(county, judged_on, without=(gate["name"], campaign, last))
                now = self.standings(county, day)
                if not judged or now[-1]["fact"] in {"county.delisted", "county.candidacy-cancelled"}:
                    continue
                if judged[-1]["fact"] not in {"county.enrolled", "county.named"}:
                    continue
                enrolled = [row for row in judged if row["fact"] == "county.enrolled"][-1]
                named = judged[-1]["fact"] == "county.named"
                standing, batch = ("named" if named else enrolled["data"]["standing"]), enrolled["data"]["batch"]
                what = {"standing": standing, "programme": "provincial", "batch": batch}
                if not any(each.items() <= what.items() for each in gate["applies"]):
                    continue
                if any(each.items() <= what.items() for each in gate["except"]):
                    continue
                decided = [
                    row for row in self.standings(county, day)
                    if row["data"].get("gate") == gate["name"] and as_date(row["on"]) >= last
                    and any(id_.startswith(f"{campaign}@") for id_ in row["data"]["evidence"])
                ]  # fmt: skip
                if decided or self.passes(county, judged_on, policy["target"]):
                    continue
                owed = max(as_date(policy["from"]), as_date(judged[-1]["on"]))
                yield ("gate", campaign, county, gate["name"], owed, last, self.stated(day, owed, last, None))

    def plans(self, campaign: str, policy: dict[str, Any], day: date):
        """Go through the days: a run of failing begins a duty, until a plan was handed in."""
        first, last, rule = as_date(policy["from"]), as_date(policy["to"]), policy["plan"]
        for county in self.counties:
            each, run = first, None
            handed_in = [as_date(r["on"]) for r in self.walk(county, day) if r["fact"] == "county.plan-submitted"]
            while each <= day:
                fails = self.fails(county, each, policy["target"])
                run = (run or each) if fails else None
                ends = fails and (each == day or not self.fails(county, each + DAY, policy["target"]))
                if ends and run and run <= last:
                    later = run + timedelta(days=rule.get("within_days") or 30)
                    due = as_date(rule["due"]) if run == first else max(as_date(rule["due"]), later)
                    done = min((on for on in handed_in if on <= each), default=None)
                    yield (
                        "plan",
                        campaign,
                        county,
                        None,
                        run,
                        due,
                        self.stated(day, run, due, done, lapsed=each < day),
                    )
                    if done:
                        break
                each += DAY

    def of_province(self, campaign: str, day: date):
        policy = self.policy(campaign, day)
        target, rule = policy["target"], policy["pairing"]
        yield from self.measures(campaign, target, day)
        yield from self.covers(campaign, policy, day)
        for id_, rows in self.pairings(day).items():
            for kind, fact, every in (("visit", "pairing.visit-recorded", rule["visit_every_days"]),
                                      ("progress-report", "pairing.progress-reported", rule.get("report_every_days"))):  # fmt: skip
                if every:
                    for each in self.recurring(id_, rows, fact, every, policy, day):
                        yield (kind, campaign, id_, None, *each)
            problems = {
                r["data"]["problem"]: as_date(r["on"])
                for r in reversed(rows)
                if r["fact"] == "pairing.problem-identified"
            }
            for problem, on in problems.items():
                solved = [
                    as_date(r["on"])
                    for r in rows
                    if r["fact"] == "pairing.problem-resolved" and r["data"]["problem"] == problem
                ]
                within = rule.get("resolve_within_days")
                due = on + timedelta(days=within) if within else None
                yield ("problem", campaign, id_, problem, on, due, self.stated(day, on, due, min(solved, default=None)))
        for lab in self.streams("lab"):
            if self.active(lab, day):
                for scheme in ("CMA", "CATL"):
                    yield from self.certificates(campaign, policy, lab, scheme, day)

    def measures(self, campaign: str, target: dict[str, Any], day: date):
        for county in self.counties:
            plan, done = None, {}
            for row in self.walk(county, day):
                if row["fact"] == "county.plan-issued":
                    plan, done = row, {}
                elif row["fact"] == "county.measure-completed" and plan:
                    done.setdefault(row["data"]["item"], as_date(row["on"]))
            for number, item in enumerate(plan["data"]["items"] if plan else (), start=1):
                lapsed = self.passes(county, day, target) is not False
                owed, due = as_date(plan["on"]), as_date(item["due"])
                yield (
                    "measure",
                    campaign,
                    county,
                    number,
                    owed,
                    due,
                    self.stated(day, owed, due, done.get(number), lapsed=lapsed),
                )

    def covers(self, campaign: str, policy: dict[str, Any], day: date):
        target, first, last = policy["target"], as_date(policy["from"]), as_date(policy["to"])
        paired: dict[tuple[str, str], date] = {}
        for rows in self.pairings(day).values():
            data, on = rows[0]["data"], as_date(rows[0]["on"])
            key = data["kind"], data["target"]
            paired[key] = min(on, paired.get(key, on))
        wanted = [("province-city", city) for city in self.cities]
        wanted += [("city-county", c) for c in self.counties if self.fails(c, day, target)]
        wanted += [("lab-lab", lab) for lab in self.streams("lab")
                   if self.counted(lab, day, target["basis"]) and not self.dual(lab, day, target)]  # fmt: skip
        for kind, subject in wanted:
            owed = self.since(subject, day, first, target) if day >= first and kind != "province-city" else first
            if first <= owed <= min(last, day):
                within = policy["pairing"].get("within_days")
                due = owed + timedelta(days=within) if within else None
                done = max(paired[kind, subject], owed) if (kind, subject) in paired else None
                yield ("cover", campaign, subject, kind, owed, due, self.stated(day, owed, due, done))

    def recurring(self, id_: str, rows: list[dict[str, Any]], fact: str, every: int, policy: dict[str, Any], day: date):
        """Go through the days from each time to the next: a run of failing in between is a duty."""
        subject, target = rows[0]["data"]["target"], policy["target"]
        first, last = as_date(policy["from"]), as_date(policy["to"])
        times = [as_date(row["on"]) for row in rows if row["fact"] == fact]
        city_passes = False
        if subject.isdecimal():
            inside = [lab for lab in self.streams("lab") if self.counted(lab, day, target["basis"])]
            city_passes = bool(inside) and all(self.dual(lab, day, target) for lab in inside)
        for begin, following in zip([as_date(rows[0]["on"]), *times], [*times, None], strict=True):
            each, end = max(begin, first), following or day
            while each <= end:
                if not self.fails(subject, each, target):
                    each += DAY
                    continue
                owed = each
                while each <= end and self.fails(subject, each, target):
                    each += DAY
                to_the_end = each > end
                if owed <= last:
                    due = owed + timedelta(days=every)
                    done = following if to_the_end and following else None
                    lapsed = not to_the_end or city_passes
                    yield (owed, due, self.stated(day, owed, due, done, lapsed=lapsed))

    def certificates(self, campaign: str, policy: dict[str, Any], lab: str, scheme: str, day: date):
        application = self.application(lab, scheme, day)
        if application:
            rectify, stages = application["rectify"], policy.get("stages", {})
            step = {"applied": "accepted", "assessed": "assessed", "approved": "approved"}[application["state"]]
            within = stages.get(step)
            due = application["since"] + timedelta(days=within) if within else None
            if rectify:
                due = as_date(rectify[0]) if rectify[0] else None
            kind = "rectification" if rectify else "next-step"
            yield (
                kind,
                campaign,
                lab,
                scheme,
                application["since"],
                due,
                self.stated(day, application["since"], due, None),
            )
        last = self.last_begun(lab, scheme, day)
        if last is None:
            return
        covering = [p for p in self.certificate(lab, scheme, day)["periods"] if p[0] <= day <= p[1]]
        if covering:
            last = max(covering, key=lambda p: p[3])
        elif self.certificate(lab, scheme, day)["ended"] or self.counts(lab, scheme, day, policy["target"]):
            return
        rules = [r for r in policy["certificate_rule"] if r["scheme"] == scheme and as_date(r["from"]) <= last[0]]
        before = max(rules, key=lambda r: r["from"])["apply_before_days"] if rules else 0
        apply_by = last[3] - timedelta(days=before)
        owed = apply_by - timedelta(days=max(policy["reminders"]["expiring_days"]))
        if owed <= day:
            due = apply_by if covering else last[3]
            renews = application and application["purpose"] in {"first", "renewal"}
            done = application["accepted"] if renews else None
            owed = max(owed, last[0])
            yield ("renewal", campaign, lab, scheme, owed, due, self.stated(day, owed, due, done))

    # --- score

    def scores(self, campaign: str, day: date) -> dict[str, tuple | None]:
        """Return the components of each city: name -> (part, whole); None where no lab is counted."""
        policy = self.policy(campaign, day)
        asked = set(self.of_campaign(campaign, day)) | set(self.of_province(campaign, day))
        kinds = {"plans": {"plan"}, "cycle": {"meeting"}, "visits": {"cover", "visit"}, "summaries": {"summary"}}
        found: dict[str, tuple | None] = {}
        for city in self.cities:
            labs = [lab for lab in self.streams("lab")
                    if lab[4:8] == city[:4] and self.counted(lab, day, policy["target"]["basis"])]  # fmt: skip
            parts = {"ratio": (sum(self.dual(lab, day, policy["target"]) for lab in labs), len(labs))}
            for name, of in kinds.items():
                judged = [
                    state for kind, _, subject, _, _, due, state in asked
                    if kind in of and f"-{city[:4]}" in f"-{subject}"
                    and (state in {"done-in-time", "done-late", "overdue"} or (state == "open" and due is None))
                ]  # fmt: skip
                parts[name] = (judged.count("done-in-time"), len(judged))
            found[city] = parts if labs else None
        return found
