"""An officer's question, asked by a program: who was dual-certified that day, as we knew it then?

Run it in this folder: `python officer.py`. Registry, commands and answers are all that a service needs;
its own clock and its own store's URL take the place of those below.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from dualcert import CertificateAlreadyHeld, GrantCertificate, Registry, import_roster

HERE = Path(__file__).parent
YANGCHENG = "lab-140522-1"


class Clock:
    """The instants at which facts are recorded; a service leaves this to the system's clock."""

    now = datetime(2023, 2, 16, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        return self.now


def main() -> None:
    """Import a roster, record a certificate late, and ask both clocks."""
    clock = Clock()
    with Registry.create(":memory:", policy=HERE / "shanxi-2023.toml", clock=clock) as registry:
        import_roster(registry, HERE / "shanxi-2023.xlsx", accept_valid=True)
        jincheng = next(row for row in registry.ratio(by="city").rows if row.division == "140500")
        print(f"{jincheng.name}: {jincheng.dual} of {jincheng.labs} labs, {jincheng.percent} %")

        # Yangcheng's certificates are granted in September and entered in October.
        clock.now = datetime(2023, 10, 12, 1, tzinfo=UTC)
        for scheme, number in (("CMA", "230404090099"), ("CATL", "[2023]农质检核（晋）字第0099号")):
            registry.execute(
                GrantCertificate(
                    lab=YANGCHENG,
                    scheme=scheme,
                    number=number,
                    granted_on=date(2023, 9, 28),
                    valid_until=date(2029, 9, 27),
                    by="person-17",
                    source="made up",
                )
            )

        deadline = date(2023, 9, 30)
        for known_at in (date(2023, 10, 8), date(2023, 10, 12)):
            answer = registry.status(YANGCHENG, as_of=deadline, known_at=known_at).to_dict()
            print(f"dual-certified on {deadline}, as known on {known_at}: {answer['rows'][0]['dual']}")

        # A refusal is a value: a code for programs, fields for messages, a sentence for people.
        try:
            registry.execute(
                GrantCertificate(
                    lab=YANGCHENG,
                    scheme="CMA",
                    number="230404090100",
                    granted_on=date(2023, 10, 1),
                    valid_until=date(2029, 9, 30),
                )
            )
        except CertificateAlreadyHeld as refusal:
            print(f"{refusal.code}: {refusal}")


if __name__ == "__main__":
    main()
