"""verify, seal, prove, backup and restore at the shell."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tampering import unguarded


@pytest.fixture
def office(shell):
    shell("init")
    shell("record", "register-lab", "--lab", "lab-140525-1", "--name", "泽州站", "--level", "county", "--division", "140525", "--on", "2019-01-01")  # fmt: skip
    return shell


def test_a_sealed_store_that_is_changed_is_not_sound(office, tmp_path):
    sealed = office("seal", "--out", "first.seal")
    assert (sealed.status, sealed.out) == (0, "")
    code = sealed.err.split()[-1]
    assert office("verify", "--seal", "first.seal", "--code", code).status == 0
    with unguarded(tmp_path / "dualcert.db") as connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '泽州', '沁水') AS BLOB)"
        )

    told = office("verify", "--seal", "first.seal", "--code", code)

    assert told.status == 1
    assert told.out.startswith(
        "dualcert.db is not sound: position 3, lab-140525-1@1: it is not the fact that was here\n"
    )
    document = office("verify", "--seal", "first.seal", "--format", "json")
    assert (document.status, document.json["sound"], document.json["position"]) == (1, False, 3)
    assert office("seal").error_code == "not-sound"
    chinese = office("--lang", "zh", "verify")
    assert chinese.out.startswith("dualcert.db 不完好：位置 3，lab-140525-1@1：它不是原来在此的记录")


def test_a_seal_is_printed_or_written_and_never_over_a_file(office, tmp_path):
    printed = office("seal").out
    office("seal", "--out", "first.seal")

    assert (tmp_path / "first.seal").read_text(encoding="utf-8") == printed
    assert office("seal", "--out", "dualcert.db").error_code == "file-exists"
    assert office("seal", "--as", "x").error_code == "bad-usage"
    assert office("seal", "--cosign", "first.seal").error_code == "bad-usage"


def test_keys_are_shown_rotated_and_made_anew(office):
    office("seal", "--out", "first.seal")
    first = office("seal", "key", "show").out
    rotated = office("seal", "key", "rotate").out
    assert office("seal", "key", "show").out == first + rotated
    assert office("verify", "--seal", "first.seal", "--key", first.strip()).status == 0

    assert office("seal", "key", "new", "--yes").status == 0
    assert office("verify", "--seal", "first.seal").error_code == "seal-unusable"
    assert office("verify", "--seal", "first.seal", "--key", first.strip()).status == 0
    assert len(office("seal", "key", "show", "--format", "json").json["rows"]) == 1


def test_where_the_list_of_keys_is_lost_what_the_error_says_helps(office):
    office("seal")
    (listed,) = (Path(os.environ["DUALCERT_STATE"]) / "keys").glob("*.pub")
    listed.unlink()

    refused = office("seal")
    assert (refused.error_code, "'dualcert seal key new'" in refused.err) == ("seal-unusable", True)
    assert office("seal", "key", "new", "--yes").status == 0
    assert office("seal").status == 0


def test_a_witness_cosigns_and_is_asked_for(office, tmp_path):
    office("seal", "--out", "first.seal")
    public = office("seal", "key", "show").out.strip()
    cosigned = office(
        "seal", "--cosign", "first.seal", "--as", "audit.jincheng", "--key", public, "--out", "cosigned.seal"
    )
    witness = cosigned.err.split()[-1]
    assert office("verify", "--seal", "cosigned.seal", "--witness", witness).status == 0
    assert office("verify", "--seal", "first.seal", "--witness", witness).error_code == "seal-unusable"

    office("record", "amend-lab", "--lab", "lab-140525-1", "--name", "新站", "--on", "2020-01-01")
    office("seal", "--out", "second.seal")
    again = ("seal", "--cosign", "second.seal", "--as", "audit.jincheng", "--key", public)
    assert office(*again).error_code == "seal-unusable"
    proof = office("prove", "--since", "first.seal", "--seal", "second.seal").out
    (tmp_path / "proof.json").write_text(proof, encoding="utf-8")
    assert office(*again, "--proof", "proof.json").status == 0
    assert office(*again, "--proof", "first.seal").error_code == "seal-unusable"


def test_a_proof_is_json_and_the_checker_is_written(office, tmp_path):
    proof = office("prove", "lab-140525-1@1", "--checker", "check.py")

    assert (proof.status, proof.json["fact"]["position"]) == (0, 3)
    assert (tmp_path / "check.py").read_text(encoding="utf-8").startswith("#!/usr/bin/env python3")
    assert office("prove", "--checker", "other.py").status == 0
    assert office("prove").error_code == office("prove", "x@1", "--since", "check.py").error_code == "bad-usage"
    assert office("prove", "lab-140525-1@9").error_code == "unknown-fact"
    assert office("verify", "--code", "9-x").error_code == "bad-value"


def test_a_store_is_backed_up_and_restored(office):
    office("people", "add", "person-1", "--name", "张三")

    saved = office("backup", "saved", "--format", "json").json
    restored = office("restore", "saved", "restored.db")

    assert (saved["facts"], saved["people"]) == (3, 1)
    assert restored.status == 0
    assert "sending is off" in restored.err
    assert (
        json.loads(office("--store", "restored.db", "people", "show", "--format", "json").out)["rows"][0]["name"]
        == "张三"
    )
    assert office("--store", "restored.db", "dispatch", "send", "--yes").error_code == "sending-off"
    assert office("backup", "saved").error_code == "file-exists"
    assert office("restore", "saved", "restored.db").error_code == "store-exists"


def test_the_doctor_mends(office, tmp_path):
    with unguarded(tmp_path / "dualcert.db"):
        pass

    assert office("doctor").status == 1
    assert office("doctor", "--fix").status == 0
    assert office("doctor").status == 0
