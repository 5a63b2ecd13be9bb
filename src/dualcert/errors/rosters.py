"""Refusals of a spreadsheet, or of a row of it."""

from __future__ import annotations

from datetime import date

from dualcert.errors.base import Invalid, NotFound, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class BadRoster(Invalid, Refused):
    """A spreadsheet cannot be read as a roster."""

    code = "bad-roster"
    template = N_("{file}: {problem}")
    file: str
    problem: str


@define(kw_only=True, eq=False)
class RosterEncrypted(BadRoster):
    """A workbook is protected by a password."""

    code = "roster-encrypted"
    template = N_("{file} is protected by a password: save it without one")
    problem: str = ""


@define(kw_only=True, eq=False)
class RosterMislabelled(BadRoster):
    """The content of a file is not what its ending promises."""

    code = "roster-mislabelled"
    template = N_("{file} is {found} by its content, not {expected}: give it its right ending, or save it as .xlsx")
    problem: str = ""
    found: str
    expected: str


@define(kw_only=True, eq=False)
class RosterDamaged(BadRoster):
    """A file is cut off, or otherwise violates its format."""

    code = "roster-damaged"
    template = N_("{file} is damaged or cut off: {problem}")


@define(kw_only=True, eq=False)
class RosterTooLarge(BadRoster):
    """A file, a sheet or a cell is larger than a roster may be."""

    code = "roster-too-large"
    template = N_("{file} is too large: {problem}")


@define(kw_only=True, eq=False)
class RosterUnreadable(BadRoster):
    """The process that read the file crashed or exceeded its limits."""

    code = "roster-unreadable"
    template = N_("{file} cannot be read: {problem}")


@define(kw_only=True, eq=False)
class SheetAmbiguous(BadRoster):
    """Several sheets of a workbook could be meant."""

    code = "sheet-ambiguous"
    template = N_("{file}: the sheets {sheets} could be meant; say which with --sheet, or take all with --all-sheets")
    problem: str = ""
    sheets: tuple[str, ...]


@define(kw_only=True, eq=False)
class KindAmbiguous(BadRoster):
    """A sheet could be of several kinds."""

    code = "kind-ambiguous"
    template = N_("{file}: it could be of the kinds {kinds}; say which with --kind")
    problem: str = ""
    kinds: tuple[str, ...]


@define(kw_only=True, eq=False)
class ColumnRepeated(BadRoster):
    """Two columns of a sheet mean the same; `lines` are those of a mapping that leaves all but the first unread."""

    code = "column-repeated"
    template = N_("{file}: the columns {columns} mean the same; {problem}")
    columns: tuple[str, ...]
    lines: tuple[str, ...] = ()


@define(kw_only=True, eq=False)
class ColumnUnknown(BadRoster):
    """Columns that would change what is recorded are not understood; `lines` are those of a mapping that leaves them unread."""

    code = "column-unknown"
    template = N_(
        "{file}: what do the columns {columns} hold? Say it with --columns FILE: a file with [columns] and a line for each "
        "such as {example}, or to leave them unread: {lines}"
    )
    problem: str = ""
    kind: str
    columns: tuple[str, ...]
    example: str
    lines: tuple[str, ...]


@define(kw_only=True, eq=False)
class HeadersMissing(BadRoster):
    """No sheet has all headers that a kind of roster needs; `sheet` and `kind` are the nearest ones, or empty.

    `headers` are those that are known, `others` those that are not, `missing` those of templates that it lacks.
    """

    code = "headers-missing"
    kind: str
    sheet: str
    headers: tuple[str, ...]
    others: tuple[str, ...] = ()
    missing: tuple[str, ...]


@define(kw_only=True, eq=False)
class TablesAmbiguous(BadRoster):
    """A sheet has several tables."""

    code = "tables-ambiguous"
    template = N_("{file}: sheet {sheet} has tables under rows {rows}; give each a sheet of its own")
    problem: str = ""
    sheet: str
    rows: tuple[str, ...]


@define(kw_only=True, eq=False)
class MissingCell(Invalid, Refused):
    """A row lacks a cell that it needs."""

    code = "missing-cell"
    template = N_("the row has no {needed}{hint}")
    needed: str
    hint: str = ""


@define(kw_only=True, eq=False)
class UnknownUnit(NotFound, Refused):
    """No division has this name in the area where it is looked for."""

    code = "unknown-unit"
    template = N_("there is no {name} in {within}")
    name: str
    within: str


@define(kw_only=True, eq=False)
class FormerUnit(Invalid, Refused):
    """A unit that no longer exists, and that has no single successor."""

    code = "former-unit"
    template = N_("{name} was a unit until {until}, and more than one could have followed on it: name the present unit")
    name: str
    until: str


@define(kw_only=True, eq=False)
class RowRepeated(Invalid, Refused):
    """Two rows of a sheet are about the same lab, county, pairing, meeting, summary or report."""

    code = "row-repeated"
    template = N_(
        "row {first} is about the same: put what both say into one row, or the later one into a file that is imported after this one"
    )
    first: int


@define(kw_only=True, eq=False)
class OtherName(Invalid, Refused):
    """The lab of that division and level is registered under another name."""

    code = "other-name"
    template = N_(
        "{lab} is registered as {name}; give its id, a new id for another lab, or its former name in a column 原名称"
    )
    lab: str
    name: str


@define(kw_only=True, eq=False)
class OtherId(Invalid, Refused):
    """The lab of that name, division and level is registered under another id."""

    code = "other-id"
    template = N_("the books have {name} under the id {lab}: give that id, or leave the cell empty")
    lab: str
    name: str


@define(kw_only=True, eq=False)
class CreditCodeShared(Invalid, Refused):
    """A credit code is already used by another lab."""

    code = "credit-code-shared"
    template = N_("credit code {credit_code} is already used by {elsewhere}")
    credit_code: str
    elsewhere: str


@define(kw_only=True, eq=False)
class DayDiffers(Invalid, Refused):
    """The books have another day for the fact than the row."""

    code = "day-differs"
    template = N_("the books have {known}, the row has {stated}; --correct takes the row's day")
    known: date
    stated: date


@define(kw_only=True, eq=False)
class DayNotStated(Invalid, Refused):
    """A cell states that something was done, and not when."""

    code = "day-not-stated"
    template = N_("the day is not stated: write it there, or give one for all such cells with --on")


@define(kw_only=True, eq=False)
class NoteDiffers(Invalid, Refused):
    """The books have other words than the row for the same meeting, difficulty or answer."""

    code = "note-differs"
    template = N_("the books have “{known}”; --correct takes the row's words")
    known: str


@define(kw_only=True, eq=False)
class RegisteredLater(Invalid, Refused):
    """The row dates something before the registration of its lab."""

    code = "registered-later"
    template = N_("{lab} is registered only from {since} on; --correct registers it from {on} on")
    lab: str
    since: date
    on: date


@define(kw_only=True, eq=False)
class NumberShared(Invalid, Refused):
    """A certificate number is already used by another lab; `hint` says what to do where it may be the same one."""

    code = "number-shared"
    template = N_("number {number} is already used by {elsewhere}{hint}")
    number: str
    elsewhere: str
    hint: str = ""


@define(kw_only=True, eq=False)
class CertificateDiffers(Invalid, Refused):
    """The books have that number with other days."""

    code = "certificate-differs"
    template = N_(
        "the books have number {number} from {granted_on} to {valid_until}; --correct takes these days away for those of the row"
    )
    number: str
    granted_on: date
    valid_until: date


@define(kw_only=True, eq=False)
class CertificateOlder(Invalid, Refused):
    """The books have a later certificate, which was granted while the row's, which they lack, was valid."""

    code = "certificate-older"
    template = N_(
        "the books lack this certificate and have the later {number} from {granted_on} to {valid_until}; --correct enters "
        "the row's before it, which becomes its renewal"
    )
    number: str
    granted_on: date
    valid_until: date


@define(kw_only=True, eq=False)
class GrantedEarlier(Invalid, Refused):
    """The books have that number and end with a later day of granting, which may be that of a re-issue."""

    code = "granted-earlier"
    template = N_(
        "the books have {number} granted on {known}, the row on {stated}; --correct has it granted on {stated} and issued "
        "anew on {known}"
    )
    number: str
    known: date
    stated: date


@define(kw_only=True, eq=False)
class LifeMisplaced(Invalid, Refused):
    """A title or a heading says in several words what became of the certificates below it."""

    code = "life-misplaced"
    template = N_(
        "{value}: which of these became of the certificate? Write it in a column 状态 of the row, as in 注销（2023-05-06）"
    )
    value: str


@define(kw_only=True, eq=False)
class LifeUnclear(Invalid, Refused):
    """What a cell says of a certificate's life is not understood."""

    code = "life-unclear"
    template = N_(
        "{value}: write 有效, 过期, 暂停, 恢复, 注销 or 撤销 with its day, as in 注销（2023-05-06）, or leave the column unread with --columns"
    )
    value: str


@define(kw_only=True, eq=False)
class LifeUnread(ColumnUnknown):
    """A column that is not read holds words of a certificate's life."""

    code = "life-unread"
    template = N_(
        "{file}: the columns {columns} are not read, and say of certificates: {cells}. Say with --columns what they hold: a file "
        "with [columns] and a line such as {example}, or to leave them unread: {lines}"
    )
    cells: tuple[str, ...]


@define(kw_only=True, eq=False)
class WhichScheme(ColumnUnknown):
    """Columns of a certificate do not say of which, and the sheet may mean either."""

    code = "which-scheme"
    template = N_(
        "{file}: of which certificate are the columns {columns}? Write CMA or CATL in front of them, or say it with --columns: "
        "a file with [columns] and a line for each such as {example}"
    )


@define(kw_only=True, eq=False)
class WhichCertificate(Invalid, Refused):
    """A row does not say which of the two certificates it is about."""

    code = "which-certificate"
    template = N_(
        "{stated}: of which certificate? Write it in the cell (CMA证书{stated}) or in the header (CMA状态, CATL状态)"
    )
    stated: str


@define(kw_only=True, eq=False)
class ClaimContradicted(Invalid, Refused):
    """What a row says of a certificate contradicts what the row and the books together say."""

    code = "claim-contradicted"
    template = N_("the row says {stated}, but by the row and the books: {found}")
    stated: str
    found: str


@define(kw_only=True, eq=False)
class SeveralUnits(Invalid, Refused):
    """One cell names several units."""

    code = "several-units"
    template = N_("{name} names several units: give each a row of its own")
    name: str


@define(kw_only=True, eq=False)
class DualContradicted(Invalid, Refused):
    """The column «dual-certified» and the certificates of the row contradict each other."""

    code = "dual-contradicted"
    template = N_("the row says {stated}, its certificates say {found}")
    stated: str
    found: str


@define(kw_only=True, eq=False)
class AmbiguousDate(Invalid, Refused):
    """It is unclear which number of a date is the day and which the month."""

    code = "ambiguous-date"
    template = N_("{value} can be read in two ways; write it as YYYY-MM-DD")
    value: str


@define(kw_only=True, eq=False)
class DigitsLost(Invalid, Refused):
    """The spreadsheet has lost digits of a number."""

    code = "digits-lost"
    template = N_("{value}: the spreadsheet has lost digits; format the column as text and type the number again")
    value: str


@define(kw_only=True, eq=False)
class ErrorValue(Invalid, Refused):
    """A cell shows an error."""

    code = "error-value"
    template = N_("the cell shows the error {value}")
    value: str


@define(kw_only=True, eq=False)
class FormulaWithoutValue(Invalid, Refused):
    """No program has computed the value of a formula."""

    code = "formula-without-value"
    template = N_("the formula has no value: open the file in a spreadsheet program and save it")


@define(kw_only=True, eq=False)
class UnitContradicted(Invalid, Refused):
    """A division code and the names beside it mean different units."""

    code = "unit-contradicted"
    template = N_("code {unit} is {found}, but the row names {stated}")
    unit: str
    found: str
    stated: str


@define(kw_only=True, eq=False)
class AmbiguousUnit(Invalid, Refused):
    """Several units of the province have this name."""

    code = "ambiguous-unit"
    template = N_("{name} can be {units}: name its city")
    name: str
    units: str


@define(kw_only=True, eq=False)
class AmbiguousLab(Invalid, Refused):
    """Several labs could be meant."""

    code = "ambiguous-lab"
    template = N_("{labs} could be meant; give the id of the right one, or a new id for a new lab")
    labs: tuple[str, ...]


@define(kw_only=True, eq=False)
class NoSuchLab(NotFound, Refused):
    """No lab has this name in the area where it is looked for."""

    code = "no-such-lab"
    template = N_("there is no lab {name} in {within}")
    name: str
    within: str


@define(kw_only=True, eq=False)
class NeedsDate(Invalid, Refused):
    """Neither the sheet nor --on gives the day of a change."""

    code = "needs-date"
    template = N_(
        "{subject} is {known} in the books and {stated} in the row; give the day of the change with --on or in the column {column}"
    )
    subject: str
    known: str
    stated: str
    column: str


@define(kw_only=True, eq=False)
class EndUnread(ColumnUnknown):
    """A column that is not read says that what the row records has ended: a county's standing, a pairing."""

    code = "end-unread"
    template = N_(
        "{file}: the columns {columns} are not read, and say that something has ended: {cells}. Record that with {commands}, "
        "and leave the columns unread with --columns FILE: a file with [columns] and the lines {lines}"
    )
    cells: tuple[str, ...]
    commands: tuple[str, ...]


@define(kw_only=True, eq=False)
class StandingDiffers(Invalid, Refused):
    """The books have the county with another standing or batch."""

    code = "standing-differs"
    template = N_("the books have {known}, the row has {stated}")
    known: str
    stated: str


@define(kw_only=True, eq=False)
class NobodyCalled(NotFound, Refused):
    """The directory has no person of that name."""

    code = "nobody-called"
    template = N_("the directory has nobody called {name}: add them with 'people add' or --add-people")
    name: str


@define(kw_only=True, eq=False)
class SeveralPeople(Invalid, Refused):
    """One cell names several people."""

    code = "several-people"
    template = N_("{name} names several people: give each a row of their own")
    name: str


@define(kw_only=True, eq=False)
class AmbiguousPerson(Invalid, Refused):
    """Several people of the directory have this name."""

    code = "ambiguous-person"
    template = N_("{name} can be {people}; write the id instead")
    name: str
    people: tuple[str, ...]


@define(kw_only=True, eq=False)
class NotPaired(Invalid, Refused):
    """No pairing of the two is active on the day."""

    code = "not-paired"
    template = N_("{supporter} was not paired with {target} on {on}")
    supporter: str
    target: str
    on: date


@define(kw_only=True, eq=False)
class PlanDiffers(Invalid, Refused):
    """The books have another plan that was issued on the same day."""

    code = "plan-differs"
    template = N_("the books have another plan issued on {on}")
    on: date


@define(kw_only=True, eq=False)
class RowsDiffer(Invalid, Refused):
    """Rows of one plan contradict each other."""

    code = "rows-differ"
    template = N_("row {first} has {stated} for the same plan")
    first: int
    stated: str


@define(kw_only=True, eq=False)
class ValidityDiffers(Invalid, Refused):
    """A validity with both its days begins on another day than that of the grant."""

    code = "validity-differs"
    template = N_("the validity begins on {first}, the certificate was granted on {granted_on}")
    first: date
    granted_on: date
