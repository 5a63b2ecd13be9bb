"""The program speaks the reader's language; what programs read stays English."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_catalog_is_whole():
    """Every message of the sources is there, translated, with its placeholders, and compiled."""
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "messages.py", "check"], check=False, capture_output=True, encoding="utf-8"
    )

    assert ran.returncode == 0, ran.stderr


def test_help_speaks_chinese(shell):
    out = shell("--lang", "zh", "--help").out

    for said in ("双认证", "用法：", "选项", "命令", "显示本帮助并退出", "导入台账", "退出状态"):
        assert said in out
    assert "查看某日双认证机构数" in shell("--lang", "zh", "ratio", "--help").out
    assert "证书编号。  [必填]" in shell("--lang=zh", "record", "grant-certificate", "--help").out


def test_errors_speak_chinese_and_their_codes_stay(shell):
    assert shell("--lang", "zh", "ratio").err == "store-missing: 没有账簿 dualcert.db；请用 'dualcert init' 新建\n"
    assert "不在 'province', 'city', 'county', 'level' 之中" in shell("--lang", "zh", "ratio", "--by", "x").err


def test_tables_speak_chinese_and_json_stays_english(shanxi):
    table = shanxi("--lang", "zh", "status", "lab-140522-1", "lab-140525-1", "--as-of", "2023-02-16").out
    assert "有效" in table
    assert "截至 2023-02-16" in table

    rows = shanxi("--lang", "zh", "status", "lab-140525-1", "--as-of", "2023-02-16", "--format", "json").json["rows"]
    assert rows[0]["cma"]["state"] == "valid"
    error = shanxi("--lang", "zh", "status", "lab-140525-9", "--format", "json").error
    assert (error["code"], error["message"]) == ("unknown-lab", "机构 lab-140525-9 未登记")


@pytest.mark.parametrize(
    ("environment", "arguments", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, (), True),
        ({"LANG": "zh_CN.UTF-8"}, ("--lang", "en"), False),
        ({"LANG": "zh_CN.UTF-8", "DUALCERT_LANG": "en"}, (), False),
        ({"LANG": "en_GB.UTF-8", "DUALCERT_LANG": "zh"}, (), True),
        ({}, (), False),
    ],
)
def test_the_language_is_that_asked_for_else_that_of_the_environment(
    shell, monkeypatch, environment, arguments, chinese
):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert ("用法" in shell(*arguments, "--help").out) is chinese


def test_what_is_wrong_with_a_value_is_said_in_chinese_with_its_figures(shanxi):
    def err(*arguments):
        return shanxi("--lang", "zh", *arguments).err

    register = (
        "record",
        "register-lab",
        "--lab=lab-140522-9",
        "--division=140522",
        "--level=county",
        "--on=2020-01-01",
    )
    assert "字符 U+202E 不能出现在文本中" in err(*register, "--name=阳城\u202e县站")
    assert "300 个字符，超过 200" in err(*register, f"--name={'县' * 300}")
    assert "140522 阳城县 的级别是 县级，不是 市级" in err(*register[:4], "--level=city", "--on=2020-01-01", "--name=x")
