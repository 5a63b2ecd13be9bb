"""Bad input through Python, `apply`, `record`, the shell and import: the stated error with its place, nothing recorded, no traceback."""

from __future__ import annotations

import json
import shlex

import pytest
import xlsxwriter
from attrs import frozen
from hostile import GROUPS

from dualcert import Registry
from dualcert.cli.program import run
from dualcert.domain.commands import by_name, parse
from dualcert.errors import BadPolicy, DualcertError, Refused
from dualcert.roster import import_roster

LAB, OTHER, COUNTY, CAMPAIGN = "lab-140525-1", "lab-140522-1", "county-140525", "campaign-shanxi-2023"
NUMBER = "210404090041"
REGISTER = {
    "do": "register-lab",
    "lab": OTHER,
    "name": "阳城县站",
    "level": "county",
    "division": "140522",
    "on": "2019-01-01",
}
AMEND = {"do": "amend-lab", "lab": LAB, "on": "2022-01-01"}
CLOSE = {"do": "close-lab", "lab": LAB, "on": "2023-01-01", "reason": "撤并"}
GRANT = {
    "do": "grant-certificate", "lab": LAB, "scheme": "CATL", "number": "[2021]农质检核（晋）字第0041号",
    "granted_on": "2021-07-15", "valid_until": "2027-07-14",
}  # fmt: skip
SUSPEND = {"do": "suspend-certificate", "lab": LAB, "scheme": "CMA", "on": "2022-03-01", "reason": "飞行检查"}
ASSESS = {"do": "record-assessment", "lab": LAB, "scheme": "CMA", "outcome": "rectify", "on": "2022-01-01"}
SCOPE = {"do": "change-scope", "lab": LAB, "scheme": "CMA", "on": "2022-01-01"}
DESIGNATE = {"do": "designate-lab", "county": COUNTY, "lab": LAB, "on": "2021-01-01"}
ENROL = {
    "do": "enrol-county",
    "county": COUNTY,
    "programme": "national",
    "batch": 3,
    "standing": "named",
    "on": "2020-01-01",
}
DELIST = {"do": "delist-county", "county": COUNTY, "programme": "national", "reason": "未通过", "on": "2023-10-08"}
ITEM = {"problem": "缺仪器", "measure": "采购", "responsible": "person-1", "due": "2023-06-30"}
PLAN = {"do": "issue-plan", "county": COUNTY, "issuer": "泽州县人民政府", "on": "2023-04-20", "items": [ITEM]}
PAIR = {"do": "assign-pairing", "kind": "city-county", "supporter": "person-1", "target": COUNTY, "on": "2023-04-20"}
MEET = {
    "do": "hold-meeting",
    "campaign": CAMPAIGN,
    "city": "140500",
    "kind": "dispatch",
    "month": "2023-05",
    "on": "2023-05-20",
}
EXAMPLE = {"do": "select-exemplar", "campaign": CAMPAIGN, "county": COUNTY, "reason": "好", "on": "2023-06-30"}
RETRACT = {"do": "retract-fact", "stream": LAB, "version": 1, "on": "2022-01-01", "reason": "错"}
CORRECT = {**RETRACT, "do": "correct-fact", "version": 2}
POLICY = {
    "name": "x", "title": "t", "province": "140000", "from": "2023-01-01", "to": "2023-12-31",
    "target": {"percent": 85, "basis": ["city"]},
}  # fmt: skip
OPEN = {"do": "open-campaign", "campaign": "campaign-x", "on": "2023-01-01", "policy": POLICY}


def policy(**changes):
    return {**OPEN, "policy": {**POLICY, **changes}}


@frozen
class Bad:
    """A bad input, the code of its refusal, and its place: the field, the option, the key of a policy, the cell.

    Where the books as they stand are against it, the place is what the sentence names. `way` is how the input comes: a
    command comes from Python, in a line of `apply` and as options of `record`.
    """

    what: str
    way: str
    input: object
    code: str
    place: str


def commands(**rows):
    return [Bad(what.replace("_", " "), "command", *row) for what, row in rows.items()]


def shell(*rows):
    return [Bad(line, "shell", line, code, place) for line, code, place in rows]


def cells(*rows):
    """Rows of cells by their headers; the last header is that of the bad one, unless another is named."""
    return [Bad(str(row), "cell", row, code, rest[0] if rest else list(row)[-1]) for row, code, *rest in rows]


CMA = {"CMA证书编号": NUMBER, "CMA发证日期": "2021-06-15", "CMA有效期至": "2027-06-14"}


def granted(day):
    return {"CMA证书编号": NUMBER, "CMA有效期至": "2027-06-14", "CMA发证日期": day}


TABLE = [
    *commands(
        # days
        a_30_February=({**GRANT, "granted_on": "2021-02-30"}, "bad-value", "granted_on"),
        a_29_February_of_2023=({**SUSPEND, "on": "2023-02-29"}, "bad-value", "on"),
        a_29_February_of_1900=({**SUSPEND, "on": "1900-02-29"}, "bad-value", "on"),
        month_0=({**SUSPEND, "on": "2022-00-01"}, "bad-value", "on"),
        month_13_with_dots=({**GRANT, "granted_on": "2021.13.1"}, "bad-value", "granted_on"),
        day_and_month_in_an_order_of_their_own=({**GRANT, "granted_on": "1/2/2021"}, "bad-value", "granted_on"),
        year_1=({**SUSPEND, "on": "0001-01-01"}, "implausible-date", "on"),
        year_9999_as_for_ever=({**GRANT, "valid_until": "9999-12-31"}, "implausible-date", "valid_until"),
        a_year_before_Christ=({**SUSPEND, "on": "-2022-03-01"}, "bad-value", "on"),
        serial_0=({**SUSPEND, "on": "0"}, "bad-value", "on"),
        serial_60=({**SUSPEND, "on": "60"}, "bad-value", "on"),
        digits_without_hyphens=({**SUSPEND, "on": "20220301"}, "bad-value", "on"),
        a_week=({**SUSPEND, "on": "2022-W09-2"}, "bad-value", "on"),
        a_day_of_the_year=({**SUSPEND, "on": "2022-060"}, "bad-value", "on"),
        full_width_digits=({**SUSPEND, "on": "２０２２-03-01"}, "bad-value", "on"),
        Arabic_digits=({**SUSPEND, "on": "٢٠٢٢-03-01"}, "bad-value", "on"),
        a_time_of_day=({**SUSPEND, "on": "2022-03-01T10:00:00"}, "bad-value", "on"),
        a_zone_behind_a_day=({**SUSPEND, "on": "2022-03-01Z"}, "bad-value", "on"),
        a_break_behind_a_day=({**SUSPEND, "on": "2022-03-01\n"}, "bad-value", "on"),
        no_day=({**SUSPEND, "on": ""}, "bad-value", "on"),
        a_word_for_a_day=({**SUSPEND, "on": "tomorrow"}, "bad-value", "on"),
        from_the_future=({**SUSPEND, "on": "2090-01-01"}, "in-the-future", "2090-01-01"),
        month_13=({**MEET, "month": "2023-13"}, "bad-value", "month"),
        a_month_of_one_digit=({**MEET, "month": "2023-5"}, "bad-value", "month"),
        a_month_of_year_1=({**MEET, "month": "0001-01"}, "bad-value", "month"),
        # periods
        end_before_start=({**GRANT, "valid_until": "2021-07-14"}, "bad-period", "valid_until"),
        another_day_than_that_of_the_grant=({**GRANT, "on": "2021-07-16"}, "on-differs", "2021-07-16"),
        overlapping=({**GRANT, "scheme": "CMA", "granted_on": "2022-01-01", "number": "2"}, "certificate-already-held", NUMBER),
        rectified_before_it_was_found=({**ASSESS, "rectify_by": "2021-12-30"}, "bad-value", "rectify_by"),
        rectified_although_passed=({**ASSESS, "outcome": "passed", "rectify_by": "2022-12-30"}, "bad-value", "rectify_by"),
        rectified_on_no_day=({**ASSESS, "rectify_by": "2022-02-30"}, "bad-value", "rectify_by"),
        # certificates
        renewed_without_a_grant=({**GRANT, "do": "renew-certificate"}, "certificate-not-granted", LAB),
        revoked_without_a_grant=({**SUSPEND, "do": "revoke-certificate", "scheme": "CATL"}, "certificate-not-granted", LAB),
        suspended_without_a_certificate=({**SUSPEND, "scheme": "CATL"}, "certificate-not-held", LAB),
        reinstated_while_valid=({**SUSPEND, "do": "reinstate-certificate"}, "certificate-not-suspended", LAB),
        a_scheme_that_is_none=({**GRANT, "scheme": "CNAS"}, "bad-value", "scheme"),
        a_scheme_in_small_letters=({**GRANT, "scheme": "cma"}, "bad-value", "scheme"),
        a_route_that_is_none=(
            {"do": "accept-application", "lab": LAB, "scheme": "CMA", "route": "快", "purpose": "first", "on": "2022-01-01"},
            "bad-value", "route"),
        an_outcome_that_is_none=({**ASSESS, "outcome": "良好"}, "bad-value", "outcome"),
        a_Cyrillic_letter_in_a_number=({**GRANT, "number": "СMA-1"}, "bad-text", "number"),
        a_Greek_letter_in_a_number=({**GRANT, "number": "ΑΒ1"}, "bad-text", "number"),
        no_number=({**GRANT, "number": ""}, "bad-text", "number"),
        a_parameter_without_a_name=({**GRANT, "scope_parameters": ["铅", ""]}, "bad-text", "scope_parameters[2]"),
        a_parameter_with_a_NUL=({**GRANT, "scope_parameters": ["铅", "镉", "a\0"]}, "bad-text", "scope_parameters[3]"),
        a_parameter_in_and_out=({**SCOPE, "extended": ["铅"], "reduced": ["铅"]}, "bad-value", "reduced"),
        no_parameter=(SCOPE, "missing-field", "extended / reduced"),
        nothing_to_amend_of_a_certificate=({**SUSPEND, "do": "amend-certificate"}, "missing-field", "number / holder"),
        # codes
        unknown_division=({**REGISTER, "division": "149999"}, "unknown-division", "division"),
        a_zone=({**REGISTER, "division": "140171"}, "wrong-level", "division"),
        a_city_where_a_county_belongs=({**REGISTER, "division": "140500"}, "wrong-level", "division"),
        a_province_where_a_county_belongs=({**REGISTER, "division": "140000"}, "wrong-level", "division"),
        a_retired_code=({**REGISTER, "division": "140481"}, "unknown-division", "division"),
        a_county_by_name_alone=({**REGISTER, "division": "城区"}, "bad-id", "division"),
        a_code_that_lost_its_zero=({**REGISTER, "division": "14052"}, "bad-id", "division"),
        a_level_that_is_none=({**REGISTER, "level": "town"}, "bad-value", "level"),
        another_level_than_that_of_the_division=({**AMEND, "level": "city"}, "wrong-level", "division"),
        a_credit_code_with_a_wrong_check_digit=({**REGISTER, "credit_code": "91350100M000100Y44"}, "bad-credit-code", "credit_code"),
        a_credit_code_that_is_short=({**REGISTER, "credit_code": "9114"}, "bad-credit-code", "credit_code"),
        a_credit_code_in_small_letters=({**REGISTER, "credit_code": "91140000ma0gtlay6b"}, "bad-credit-code", "credit_code"),
        a_credit_code_with_the_letter_O=({**REGISTER, "credit_code": "91140000MA0GTLAYOI"}, "bad-credit-code", "credit_code"),
        an_empty_credit_code=({**REGISTER, "credit_code": ""}, "bad-text", "credit_code"),
        a_city_for_a_county=({**DESIGNATE, "county": "county-140500"}, "wrong-level", "county"),
        a_code_for_a_county=({**DESIGNATE, "county": "140525"}, "bad-id", "county"),
        a_county_that_is_none=({**DESIGNATE, "county": "county-149999"}, "unknown-division", "county"),
        a_county_for_a_city=({**MEET, "city": "140525"}, "wrong-level", "city"),
        a_placeholder_for_a_city=({**MEET, "city": "110100"}, "wrong-level", "city"),
        a_city_that_is_none=({**MEET, "city": "149900"}, "unknown-division", "city"),
        a_county_of_another_province=({**EXAMPLE, "county": "county-110101"}, "out-of-province", "county"),
        a_county_that_is_none_as_target=({**PAIR, "target": "county-149999"}, "unknown-division", "target"),
        a_code_as_target=({**PAIR, "target": "140525"}, "bad-id", "target"),
        a_county_as_target_of_a_citys_lead=({**PAIR, "kind": "province-city", "target": "140525"}, "wrong-level", "target"),
        a_lab_as_supporter=({**PAIR, "supporter": LAB}, "bad-id", "supporter"),
        a_lab_that_nobody_registered=({**SUSPEND, "lab": "lab-140525-9"}, "unknown-lab", "lab-140525-9"),
        a_county_without_a_standing=(DELIST, "wrong-standing", COUNTY),
        a_campaign_that_nobody_opened=({**MEET, "campaign": "campaign-none"}, "unknown-campaign", "campaign-none"),
        a_campaign_without_its_kind=({**MEET, "campaign": "shanxi-2023"}, "bad-id", "campaign"),
        a_county_that_does_not_pass_as_example=(EXAMPLE, "exemplar-not-passing", COUNTY),
        # counts
        batch_0=({**ENROL, "batch": 0}, "bad-value", "batch"),
        batch_minus_1=({**ENROL, "batch": -1}, "bad-value", "batch"),
        a_batch_without_end=({**ENROL, "batch": 10**30}, "bad-value", "batch"),
        a_batch_in_words=({**ENROL, "batch": "第三批"}, "bad-value", "batch"),
        a_batch_in_full_width_digits=({**ENROL, "batch": "３"}, "bad-value", "batch"),
        half_a_batch=({**ENROL, "batch": 3.5}, "bad-value", "batch"),
        a_standing_that_is_an_end=({**ENROL, "standing": "delisted"}, "bad-value", "standing"),
        a_position_of_the_future=({**DELIST, "position": 10**9}, "unknown-position", "1000000000"),
        evidence_that_is_no_fact=({**DELIST, "evidence": [f"{LAB}@1", "x"]}, "bad-id", "evidence[2]"),
        evidence_that_is_not_there=({**DELIST, "evidence": [f"{LAB}@9"]}, "unknown-fact", LAB),
        item_0=({"do": "complete-measure", "county": COUNTY, "item": 0, "on": "2023-05-01"}, "bad-value", "item"),
        version_0=({**RETRACT, "version": 0}, "bad-value", "version"),
        half_a_version=({**RETRACT, "version": 1.5}, "bad-value", "version"),
        # plans
        a_plan_without_items=({**PLAN, "items": []}, "bad-value", "items"),
        an_item_that_is_a_text=({**PLAN, "items": ["缺仪器"]}, "bad-value", "items[1]"),
        an_item_of_half_its_fields=({**PLAN, "items": [ITEM, {"problem": "缺仪器"}]}, "bad-value", "items[2]"),
        an_item_of_more_fields=({**PLAN, "items": [{**ITEM, "cost": 1}]}, "bad-value", "items[1]"),
        an_item_due_on_no_day=({**PLAN, "items": [{**ITEM, "due": "2023-06-31"}]}, "bad-value", "items[1].due"),
        an_item_of_somebody_by_name=({**PLAN, "items": [ITEM, {**ITEM, "responsible": "王建国"}]}, "bad-id", "items[2].responsible"),
        an_item_whose_problem_is_a_number=({**PLAN, "items": [{**ITEM, "problem": 5}]}, "bad-value", "items[1].problem"),
        a_plan_handed_in_that_nobody_made=({"do": "submit-plan", "county": COUNTY, "on": "2023-05-01"}, "no-plan", COUNTY),
        # text
        NUL=({**REGISTER, "name": "阳城\0县站"}, "bad-text", "name"),
        CR_LF=({**REGISTER, "name": "阳城\r\nBcc: x@y"}, "bad-text", "name"),
        a_tabulator=({**REGISTER, "name": "阳城\t县站"}, "bad-text", "name"),
        a_terminals_command=({**SUSPEND, "reason": "\x1b[2J"}, "bad-text", "reason"),
        a_separator_of_lines=({**SUSPEND, "reason": "一\u2028二"}, "bad-text", "reason"),
        writing_turned_round=({**REGISTER, "name": "阳城\u202e县站"}, "bad-text", "name"),
        a_name_of_a_megabyte=({**REGISTER, "name": "县" * 1_000_000}, "bad-text", "name"),
        a_reason_of_2001_characters=({**SUSPEND, "reason": "因" * 2_001}, "bad-text", "reason"),
        only_blanks=({**SUSPEND, "reason": " \u3000"}, "bad-text", "reason"),
        only_what_nobody_sees=({**SUSPEND, "reason": "\u200b"}, "bad-text", "reason"),
        a_break_in_a_source=({**SUSPEND, "source": "晋农发\n8号"}, "bad-text", "source"),
        # ids
        a_path_for_an_id=({**SUSPEND, "lab": "../../etc/passwd"}, "bad-id", "lab"),
        an_id_with_a_break=({**SUSPEND, "lab": f"{LAB}\n"}, "bad-id", "lab"),
        an_id_with_a_blank=({**SUSPEND, "lab": f"{LAB} "}, "bad-id", "lab"),
        an_id_in_capitals=({**SUSPEND, "lab": LAB.upper()}, "bad-id", "lab"),
        an_id_in_full_width_digits=({**SUSPEND, "lab": "lab-１４０５２５-1"}, "bad-id", "lab"),
        an_id_of_500_digits=({**SUSPEND, "lab": f"lab-140525-{'9' * 500}"}, "bad-id", "lab"),
        lab_0=({**SUSPEND, "lab": "lab-140525-0"}, "bad-id", "lab"),
        lab_01=({**SUSPEND, "lab": "lab-140525-01"}, "bad-id", "lab"),
        a_persons_name=({**SUSPEND, "by": "张三"}, "bad-id", "by"),
        a_persons_address=({**SUSPEND, "by": "zhang@example.org"}, "bad-id", "by"),
        a_command_id_with_a_blank=({**SUSPEND, "command_id": "x y"}, "bad-id", "command_id"),
        a_pairing_by_half=({"do": "record-visit", "pairing": "pairing-x", "on": "2023-05-01", "note": "走访"}, "bad-id", "pairing"),
        a_lab_merged_into_itself=({**CLOSE, "merged_into": LAB}, "bad-value", "merged_into"),
        a_lab_merged_into_none=({**CLOSE, "merged_into": "lab-140525-77"}, "unknown-lab", "lab-140525-77"),
        a_lab_registered_twice=({**REGISTER, "lab": LAB, "division": "140525"}, "lab-already-registered", LAB),
        # order
        before_registration=({**SUSPEND, "on": "2009-12-31"}, "before-registration", LAB),
        designated_before_registration=({**DESIGNATE, "on": "2009-01-01"}, "before-registration", LAB),
        a_late_entry_against_a_later_fact=(
            {**GRANT, "scheme": "CMA", "granted_on": "2020-01-01", "number": "0"}, "contradicts-later-fact", f"{LAB}@2"),
        retracting_what_others_rest_on=(RETRACT, "rested-on", f"{LAB}@1"),
        retracting_a_fact_that_is_not_there=({**RETRACT, "version": 9}, "unknown-fact", LAB),
        a_stream_that_is_not_there=({**RETRACT, "stream": "lab-140525-99"}, "unknown-stream", "lab-140525-99"),
        a_stream_that_is_none=({**RETRACT, "stream": "lab"}, "bad-id", "stream"),
        a_dispatch_for_a_stream=({**RETRACT, "stream": f"dispatch-{'0' * 32}"}, "bad-id", "stream"),
        replaced_on_no_day=({**CORRECT, "replacement": {**SUSPEND, "on": "2021-02-30"}}, "bad-value", "replacement.on"),
        replaced_by_half_a_command=(
            {**CORRECT, "replacement": {"do": "grant-certificate", "lab": LAB}}, "missing-field", "replacement.scheme"),
        replaced_by_no_command=({**CORRECT, "replacement": {"do": "vote"}}, "unknown-command", "vote"),
        replaced_by_a_retraction=({**CORRECT, "replacement": RETRACT}, "wrong-replacement", "retract-fact"),
        replaced_by_another_labs=({**CORRECT, "replacement": {**GRANT, "lab": OTHER}}, "wrong-replacement", OTHER),
        # policy
        a_policy_without_a_name=({**OPEN, "policy": {k: v for k, v in POLICY.items() if k != "name"}}, "bad-policy", "top"),
        percent_0=(policy(target={"percent": 0, "basis": ["city"]}), "bad-policy", "target.percent"),
        percent_101=(policy(target={"percent": 101, "basis": ["city"]}), "bad-policy", "target.percent"),
        no_basis=(policy(target={"percent": 85, "basis": []}), "bad-policy", "target.basis"),
        an_unknown_key=(policy(colour="red"), "bad-policy", "top"),
        a_campaign_that_ends_before_it_begins=(policy(to="2022-12-31"), "bad-policy", "to"),
        a_province_that_is_none=(policy(province="149999"), "bad-policy", "province"),
        a_gate_without_a_date=(policy(gate=[{"name": "g", "applies": []}]), "bad-policy", "gate[0]"),
        a_reminder_twice=(policy(reminders={"expiring_days": [7, 30, 7]}), "bad-policy", "reminders.expiring_days"),
        a_reminder_of_a_table_twice=(policy(highlights={"due": "2023-06-30", "remind_days": [7, 7]}), "bad-policy", "highlights.remind_days"),
        a_recipient_twice=(policy(bulletin={"due_day": 1, "recipients": ["各市", "各市"]}), "bad-policy", "bulletin.recipients"),
        counties_of_a_gate_twice=(policy(gate=[{"name": "g", "on": "2023-09-30", "applies": [{}, {}]}]), "bad-policy", "gate[0].applies"),
        weights_that_do_not_add_up=(policy(score={"ratio": 60}), "bad-policy", "score"),
        # form
        a_missing_field=({k: v for k, v in SUSPEND.items() if k != "reason"}, "missing-field", "reason"),
        nothing_to_amend=(AMEND, "missing-field", "name / level / division / credit_code / counted"),
        nothing_that_changes=({**AMEND, "name": "泽州县站"}, "nothing-changes", LAB),
    ),
    *[Bad(line if len(line) < 300 else f"{line[:9]}…", "line", line, code, place) for line, code, place in (
        ("nonsense", "bad-json", ""),
        ("[]", "bad-json", ""),
        ('"x"', "bad-json", ""),
        ("{", "bad-json", ""),
        ('{"do": "register-lab", "name": "\\ud800"}', "bad-json", ""),
        ('{"do": NaN}', "bad-json", ""),
        ('{"on": 1e400}', "bad-json", ""),
        ("\xff", "bad-json", ""),
        ("[" * 100_000, "bad-json", ""),
        ("{}", "missing-field", "do"),
        ('{"do": "vote"}', "unknown-command", "vote"),
        ('{"do": ["x"]}', "unknown-command", "x"),
        (json.dumps({**SUSPEND, "colour": "red"}), "unknown-field", "'colour'"),
        (json.dumps({**SUSPEND, "on": None}), "bad-value", "on"),
        (json.dumps({**SUSPEND, "on": True}), "bad-value", "on"),
        (json.dumps({**SUSPEND, "on": 20220301}), "bad-value", "on"),
        (json.dumps({**SUSPEND, "on": ["2022-03-01"]}), "bad-value", "on"),
        (json.dumps({**SUSPEND, "reason": 5}), "bad-value", "reason"),
        (json.dumps({**SUSPEND, "reason": None}), "bad-value", "reason"),
        (json.dumps({**SUSPEND, "scheme": {}}), "bad-value", "scheme"),
        (json.dumps({**SUSPEND, "lab": {"id": 1}}), "bad-id", "lab"),
        (json.dumps({**SUSPEND, "by": None}), "bad-id", "by"),
        (json.dumps({**SUSPEND, "source": None}), "bad-value", "source"),
        (json.dumps({**REGISTER, "counted": "yes"}), "bad-value", "counted"),
        (json.dumps({**REGISTER, "counted": 1}), "bad-value", "counted"),
        (json.dumps({**REGISTER, "division": 140522}), "bad-id", "division"),
        (json.dumps({**GRANT, "scope_parameters": "铅"}), "bad-value", "scope_parameters"),
        (json.dumps({**GRANT, "scope_parameters": [5]}), "bad-value", "scope_parameters[1]"),
        (json.dumps({**ENROL, "batch": "3"}), "bad-value", "batch"),
        (json.dumps({**ENROL, "batch": True}), "bad-value", "batch"),
        (json.dumps({**PLAN, "items": "缺仪器"}), "bad-value", "items"),
        (json.dumps({**DELIST, "evidence": "x"}), "bad-value", "evidence"),
        (json.dumps({**CORRECT, "replacement": "x"}), "wrong-replacement", LAB),
    )],
    *shell(
        ("status --as-of 2023-02-30", "bad-usage", "'--as-of'"),
        ("status --as-of 1/2/2023", "bad-usage", "'--as-of'"),
        ("status --as-of 2023.4.1", "bad-usage", "'--as-of'"),
        ("status --known-at yesterday", "bad-usage", "'--known-at'"),
        ("status --known-at @-1", "bad-usage", "'--known-at'"),
        ("status --known-at @1.5", "bad-usage", "'--known-at'"),
        ("status --known-at @99999", "unknown-position", "99999"),
        ("status --known-at 2023-10-08T25:00", "bad-usage", "'--known-at'"),
        ("status --format yaml", "bad-usage", "'--format'"),
        ("status --kind town", "bad-usage", "'--kind'"),
        ("status lab-140525-9", "unknown-lab", "lab-140525-9"),
        ("status nobody", "bad-id", "nobody"),
        ("ratio --policy notes.txt", "bad-policy", "notes.txt"),
        ("ratio --policy nosuch.toml", "bad-policy", "nosuch.toml"),
        ("ratio --campaign campaign-none", "unknown-campaign", "campaign-none"),
        ("ratio --series weekly", "bad-usage", "'--series'"),
        ("due --within -1", "bad-usage", "'--within'"),
        ("due --within soon", "bad-usage", "'--within'"),
        ("gate apply nosuch", "unknown-gate", "nosuch"),
        ("history", "bad-usage", "'ID"),
        ("history lab-x", "unknown-stream", "lab-x"),
        ("record vote", "bad-usage", "'vote'"),
        ("record register-lab --colour red", "bad-usage", "'--colour'"),
        ("record grant-certificate --scheme CMA", "missing-field", "lab"),
        ("record issue-plan --county county-140525 --on 2023-04-20 --issuer x --items 缺仪器", "bad-value", "items"),
        ("record issue-plan --county county-140525 --on 2023-04-20 --issuer x --items {}", "bad-value", "items"),
        (f"record correct-fact --stream {LAB} --version 2 --on 2022-01-01 --reason x --replacement [", "bad-value", "replacement"),
        ("apply nosuch.jsonl", "bad-usage", "nosuch.jsonl"),
        ("apply folder", "bad-usage", "folder"),
        ("apply --by 张三 empty.jsonl", "bad-id", "by"),
        ("import nosuch.xlsx", "bad-roster", "nosuch.xlsx"),
        ("import folder", "bad-roster", "folder"),
        ("import sound.csv --kind towns", "bad-usage", "'--kind'"),
        ("import sound.csv --on 2023-02-30", "bad-usage", "'--on'"),
        ("import sound.csv --on 0001-01-01", "implausible-date", "on"),
        ("import sound.csv --by 张三", "bad-id", "by"),
        ("import sound.csv --sheet 二", "bad-roster", "二"),
        ("import sound.csv --columns nosuch.toml", "bad-usage", "'--columns'"),
        ("import sound.csv --columns notes.txt", "bad-configuration", "notes.txt"),
        ("import sound.csv --columns mapping.toml", "bad-configuration", "nonsense"),
        ("undo nosuch", "unknown-source", "nosuch"),
        ("people show person-9", "unknown-person", "person-9"),
        ("people add 张三 --email nonsense", "bad-id", "person"),
        ("people add person-9 --name 张三 --email nonsense", "bad-value", "email"),
        ("verify --code 7", "bad-value", "code"),
        ("verify --seal nosuch", "bad-usage", "'--seal'"),
        ("prove nobody", "bad-id", "FACT"),
        ("prove lab-140525-9@1", "unknown-stream", "lab-140525-9"),
        ("prove --since notes.txt", "seal-unusable", "notes.txt"),
        ("prove @1 --seal notes.txt", "seal-unusable", "notes.txt"),
        ("backup notes.txt", "file-exists", "notes.txt"),
        ("restore folder new.db", "backup-unusable", "folder"),
        ("report run nosuch", "unknown-reporter", "nosuch"),
        ("report run ledger --config nosuch.toml", "bad-configuration", "nosuch.toml"),
        ("plugins list --config broken.toml", "bad-configuration", "broken.toml"),
        ("plugins list --config unknown.toml", "bad-configuration", "unknown.toml"),
        ("plugins new 1x", "bad-configuration", "1x"),
        ("init", "store-exists", "books.db"),
        ("--store new.db init --policy broken.toml", "bad-policy", "broken.toml"),
        ("--store new.db init --policy nosuch", "bad-policy", "nosuch"),
        ("--store new.db init --by 张三", "bad-id", "by"),
        ("--store nosuch.db status", "store-missing", "nosuch.db"),
        ("--store notes.txt status", "store-foreign", "notes.txt"),
        ("--store folder status", "store-foreign", "folder"),
        ("--store empty.jsonl status", "store-empty", "empty.jsonl"),
        ("--store '' status", "bad-store-url", "''"),
        ("--store sqlite:/// status", "bad-store-url", "sqlite:///"),
        ("--store sqlite3:///x.db status", "bad-store-url", "sqlite3"),
        ("--store file:///etc/passwd status", "bad-store-url", "file:///etc/passwd"),
        ("--store http://x/y status", "bad-store-url", "http://x/y"),
        ("--store postgresql://127.0.0.1:99999/x status", "store-unusable", "99999"),
        ("--lang xx status", "bad-usage", "'--lang'"),
        ("--nope status", "bad-usage", "--nope"),
        ("nosuch", "bad-usage", "'nosuch'"),
    ),
    *cells(
        # units
        ({"市": None, "县": None}, "missing-cell", "市"),
        ({"市": "晋成市"}, "unknown-unit"),
        ({"县": "泽州县城"}, "unknown-unit"),
        ({"市": None, "县": "城区"}, "ambiguous-unit"),
        ({"县": "沁水县", "行政区划代码": "140525"}, "unit-contradicted"),
        ({"市": None, "县": None, "行政区划代码": "149999"}, "unknown-unit"),
        ({"市": None, "县": None, "行政区划代码": "14052"}, "unknown-unit"),
        ({"市": None, "县": None, "行政区划代码": "140171"}, "wrong-level"),
        ({"机构级别": "乡级"}, "bad-value"),
        ({"机构级别": "市级"}, "wrong-level"),
        # texts and ids
        ({"机构名称": None}, "missing-cell"),
        ({"机构名称": "\u3000 "}, "missing-cell"),
        ({"机构名称": "站\0"}, "bad-text"),
        ({"机构名称": "\u202e站"}, "bad-text"),
        ({"机构名称": "站\x1b[2J"}, "bad-text"),
        ({"机构名称": "站" * 201}, "bad-text"),
        ({"机构名称": "#NAME?"}, "error-value"),
        ({"统一社会信用代码": "91350100M000100Y44"}, "bad-credit-code"),
        ({"统一社会信用代码": 9.135010000001e17}, "digits-lost"),
        ({"是否纳入统计": "也许"}, "bad-value"),
        ({"机构编号": "lab-140522-1"}, "bad-id"),
        ({"机构编号": "140525-1"}, "bad-id"),
        ({"机构编号": "../../x"}, "bad-id"),
        ({"并入机构": "无此站"}, "no-such-lab"),
        ({"承担县": "无此县"}, "unknown-unit"),
        ({"承担县": "阳城县（2023-13-01）"}, "bad-value"),
        ({"是否双认证": "是"}, "dual-contradicted"),
        ({"是否双认证": "或许"}, "bad-value"),
        # days
        ({"登记日期": "2023-02-30"}, "bad-value"),
        ({"登记日期": "1/2/2023"}, "ambiguous-date"),
        ({"登记日期": "2090-01-01"}, "in-the-future"),
        (granted("2021.13.1"), "bad-value"),
        (granted("1/2/2021"), "ambiguous-date"),
        (granted("0001-01-01"), "implausible-date"),
        (granted(0), "bad-value"),
        (granted(60), "bad-value"),
        (granted(-5), "bad-value"),
        (granted(45199.5), "bad-value"),
        (granted(True), "bad-value"),
        (granted("2021-06-15 10:30"), "bad-value"),
        (granted("2021年6月"), "bad-value"),
        (granted("#N/A"), "error-value"),
        (granted(None), "missing-cell"),
        # certificates
        ({**CMA, "CMA有效期至": "9999-12-31"}, "implausible-date"),
        ({**CMA, "CMA有效期至": "长期"}, "bad-value"),
        ({**CMA, "CMA有效期至": "2021-06-14"}, "bad-period"),
        ({**CMA, "CMA有效期至": None}, "missing-cell"),
        ({**CMA, "CMA证书编号": None}, "missing-cell", "CMA证书编号"),
        ({**CMA, "CMA证书编号": 1.23457e17}, "digits-lost", "CMA证书编号"),
        ({**CMA, "CMA证书编号": "#REF!"}, "error-value", "CMA证书编号"),
        ({**CMA, "CMA证书编号": "СМА-1"}, "bad-text", "CMA证书编号"),
        ({**CMA, "CMA状态": "注销"}, "needs-date"),
        ({**CMA, "CMA状态": "不详"}, "life-unclear"),
        ({**CMA, "CMA状态": "注销（2023-02-30）"}, "bad-value"),
        ({**CMA, "CMA状态": "暂停（2090-01-01）"}, "in-the-future"),
        ({**CMA, "CMA状态": "注销（2090-01-01）"}, "in-the-future"),
    ),
    *[Bad(name, "file", made, code, name) for name, made, code in (
        *((name, made, code) for name, code in (
            ("locked-by-flag.xlsx", "roster-encrypted"), ("locked-by-flag.ods", "roster-encrypted"),
            ("locked.xls", "roster-encrypted"), ("locked.ods", "roster-encrypted"), ("a-part-twice.xlsx", "roster-damaged"),
            ("nothing-but-the-signature.xlsx", "roster-damaged"), ("half.xlsx", "roster-damaged"),
            ("cut.xls", "roster-damaged"), ("no-content.ods", "roster-damaged"), ("empty.csv", "roster-damaged"),
            ("mark.csv", "headers-missing"), ("web-page.csv", "roster-mislabelled"), ("paper.csv", "roster-mislabelled"),
        ) for group in GROUPS.values() for each, made in group.items() if each == name),
        ("old.xlsx", GROUPS["old"]["signature.xls"], "roster-mislabelled"),
        ("new.csv", GROUPS["zips"]["sound.xlsx"], "roster-mislabelled"),
        ("words.csv", "你好\n".encode, "headers-missing"),
        ("twice.csv", "市,县,机构名称,机构名称\n晋城市,泽州县,甲站,乙站\n".encode, "column-repeated"),
        ("unknown.csv", "市,县,机构名称,证书有效期的情况\n晋城市,泽州县,甲站,2027\n".encode, "column-unknown"),
    )],
]  # fmt: skip


def of(way):
    """Return the rows of the table whose input comes this way, each under its name."""
    return pytest.mark.parametrize("bad", [each for each in TABLE if each.way == way], ids=lambda bad: bad.what)


def test_the_table_has_as_many_inputs_as_are_promised_and_each_once():
    names = [(each.way, each.what) for each in TABLE]

    assert len(set(names)) == len(names) >= 150


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with books of one lab, and files that are none."""
    made = tmp_path_factory.mktemp("bad")
    with Registry.open(str(made / "books.db"), policy="shanxi-2023") as registry:
        registry.execute(parse({**REGISTER, "lab": LAB, "name": "泽州县站", "division": "140525", "on": "2010-01-01"}))
        registry.execute(parse({**GRANT, "scheme": "CMA", "number": NUMBER, "granted_on": "2021-06-15", "valid_until": "2027-06-14"}))  # fmt: skip
    (made / "folder").mkdir()
    for name, text in {
        "notes.txt": "hello",
        "empty.jsonl": "",
        "broken.toml": "[plugins\n",
        "unknown.toml": "[plugin]\n",
        "mapping.toml": '[columns]\n"x" = "nonsense"\n',
        "sound.csv": "市,县,机构名称\n晋城市,泽州县,站\n",
    }.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def registry(folder):
    with Registry.open(str(folder / "books.db")) as opened:
        yield opened


@pytest.fixture
def untouched(folder, monkeypatch):
    """Run in the folder, and find afterwards that not a byte of the books was changed, nor a file added."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before = (folder / "books.db").read_bytes(), sorted(folder.iterdir())
    yield
    assert ((folder / "books.db").read_bytes(), sorted(folder.iterdir())) == before


def located(place, facts, message):
    """Return whether a refusal has its place: in its field or key, or, where the books are against it, in its sentence."""
    own = facts.get("field", facts.get("place"))
    return place in message if own is None else place == own


@pytest.mark.usefixtures("untouched")
@of("command")
def test_through_python(registry, bad):
    with pytest.raises((Refused, BadPolicy, TypeError)) as refused:
        registry.execute(by_name()[bad.input["do"]](**{k: v for k, v in bad.input.items() if k != "do"}))

    assert len(str(refused.value)) < 400
    if isinstance(refused.value, TypeError):  # Python itself refuses a call without a required argument
        assert (bad.code, bad.place in str(refused.value)) == ("missing-field", True)
    else:
        assert refused.value.code == bad.code
        assert located(bad.place, refused.value.facts(), str(refused.value)), refused.value


@pytest.mark.usefixtures("untouched")
def test_in_lines_of_apply(folder, tmp_path, capsys):
    """All lines in one file: each is refused by its number, and what stands around it changes nothing."""
    rows = [each for each in TABLE if each.way in {"command", "line"}]
    given = [each.input.encode("latin-1") if "\xff" in each.what else text_of(each.input).encode() for each in rows]
    (tmp_path / "lines.jsonl").write_bytes(b"\n".join(given))

    status = run(["--store", "books.db", "apply", str(tmp_path / "lines.jsonl")])

    out, err = capsys.readouterr()
    told = {each["line"]: each for each in map(json.loads, err.splitlines())}
    assert {n: each["code"] for n, each in told.items()} == {n: each.code for n, each in enumerate(rows, start=1)}
    assert [
        each.what for n, each in enumerate(rows, start=1) if not located(each.place, told[n], told[n]["message"])
    ] == []
    assert (status, json.loads(out)["recorded"]) == (3, 0)


def text_of(value):
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.usefixtures("untouched")
@of("command")
def test_as_options_of_record(tmp_path, capsys, bad):
    name, *options = options_of(bad.input, tmp_path)

    status = run(["--store", "books.db", "record", name, *options])

    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2 if bad.code == "bad-policy" else 3, "", 1)
    assert err.startswith(f"{bad.code}: ")
    assert bad.place in err or bad.place == "top", err


def options_of(command, folder):
    """Yield the name of a command, and its fields as the shell takes them: a policy is a file."""
    yield command["do"]
    for field, value in command.items():
        match field, value:
            case "do", _:
                given = []
            case "policy", _:
                (folder / "policy.toml").write_text(toml(value), encoding="utf-8")
                given = [folder / "policy.toml"]
            case (("items" | "replacement"), _):
                given = [json.dumps(value)]
            case _, list():
                given = value
            case _:
                given = [value]
        yield from (f"--{field.replace('_', '-')}={each}" for each in given)


def toml(policy):
    lines = [
        f"{k} = {v if k in ('from', 'to') else json.dumps(v)}"
        for k, v in policy.items()
        if not isinstance(v, dict | list)
    ]
    for name, table in policy.items():
        for each in table if isinstance(table, list) else [table] if isinstance(table, dict) else []:
            lines.append(f"[[{name}]]" if isinstance(table, list) else f"[{name}]")
            lines += [f"{k} = {json.dumps(v)}" for k, v in each.items()]
    return "\n".join(lines)


@pytest.mark.usefixtures("untouched", "read_here")
@of("shell")
def test_through_the_shell(monkeypatch, capsys, bad):
    monkeypatch.setenv("DUALCERT_STORE", "books.db")

    status = run(shlex.split(bad.input))

    out, err = capsys.readouterr()
    assert status in {2, 3, 4}
    assert (out, err.splitlines()[-1].partition(":")[0]) == ("", bad.code), err
    assert bad.place in err.splitlines()[-1]


HEADERS = list(dict.fromkeys(header for each in TABLE if each.way == "cell" for header in each.input))
HEADERS = list(dict.fromkeys(["市", "县", "机构名称", *HEADERS]))


@pytest.mark.usefixtures("untouched", "read_here")
def test_in_cells_of_a_roster(registry, tmp_path):
    """All rows in one sheet: each has its finding at its own cell, and none is recorded."""
    rows = [each for each in TABLE if each.way == "cell"]
    with xlsxwriter.Workbook(tmp_path / "bad.xlsx") as book:
        page = book.add_worksheet("台账")
        for nth, row in enumerate([dict(zip(HEADERS, HEADERS, strict=True)), *(each.input for each in rows)]):
            whole = {"市": "晋城市", "县": "陵川县", "机构名称": f"第{nth}站", **row}
            if row.get("CMA证书编号") == NUMBER:
                whole["CMA证书编号"] = f"23040409{nth:04}"
            for column, header in enumerate(HEADERS):
                value = whole.get(header)
                page.write_string(nth, column, value) if isinstance(value, str) else page.write(nth, column, value)

    done = import_roster(registry, tmp_path / "bad.xlsx").to_dict()

    found = {(each["row"], each["column"], each["code"]) for each in done["findings"]}
    assert {(nth, each.place, each.code) for nth, each in enumerate(rows, start=2)} == found
    assert all(each["cell"] == f"{chr(65 + HEADERS.index(each['column']))}{each['row']}" for each in done["findings"])
    assert (done["refused"], done["facts"]) == (len(rows), 0)


@pytest.mark.usefixtures("untouched", "read_here")
@of("file")
def test_as_a_file_of_rows(registry, tmp_path, bad):
    (tmp_path / bad.what).write_bytes(bad.input())

    with pytest.raises(DualcertError) as refused:
        import_roster(registry, tmp_path / bad.what)

    assert refused.value.code == bad.code
    assert bad.place in str(refused.value)


@pytest.mark.parametrize(
    "question", ["status", "ratio --by city", "due", "agenda", "risk standing", "plans", "score", "history " + LAB]
)
def test_a_question_about_the_time_before_the_first_fact_is_answered_or_refused(folder, monkeypatch, capsys, question):
    monkeypatch.setenv("DUALCERT_STORE", str(folder / "books.db"))

    assert run([*question.split(), "--known-at", "@0"]) in {0, 3}
    assert "internal-error" not in capsys.readouterr().err


@pytest.fixture
def books_of_one_lab(books):
    books.execute(parse({**REGISTER, "lab": LAB, "name": "泽州县站", "division": "140525", "on": "2010-01-01"}))
    return books


def test_what_looks_dangerous_is_recorded_as_the_text_it_is(books):
    """Formulas, markup, paths and templates are names like any other; outputs write them as text."""
    for n, name in enumerate(
        ["=cmd|'/c calc'!A0", "<script>x</script>", "../..", "CON", "{{7*7}}", "'; DROP TABLE x"], start=2
    ):
        books.execute(parse({**REGISTER, "lab": f"lab-140522-{n}", "name": name}))
        assert books.status(f"lab-140522-{n}").rows[0].name == name


def test_a_number_with_other_brackets_is_the_same_number(books_of_one_lab):
    assert books_of_one_lab.execute(parse(GRANT)).recorded
    assert books_of_one_lab.execute(parse({**GRANT, "number": "〔2021〕农质检核(晋)字第0041号"})).unchanged
