from __future__ import annotations

from enum import Enum
from typing import Literal

import pytest
from attrs import frozen

from dualcert.errors import BadConfiguration
from dualcert.reporting import NoConfig, Secret
from dualcert.reporting.configuration import Configuration, load_configuration


@pytest.fixture
def written(tmp_path):
    """Write a configuration and load it."""

    def load(text):
        path = tmp_path / "dualcert.toml"
        path.write_text(text, encoding="utf-8")
        return load_configuration(path)

    return load


@frozen(kw_only=True)
class Server:
    host: str
    port: int = 465
    password: Secret | None = None
    names: tuple[str, ...] = ()


def test_without_a_file_everything_is_as_it_comes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_configuration() == Configuration()


def test_the_file_here_is_read_and_the_environment_names_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dualcert.toml").write_text('[dispatch]\nchannel = "smtp"\n')
    (tmp_path / "other.toml").write_text('[dispatch]\nchannel = "folder"\n')
    assert load_configuration().dispatch.channel == "smtp"

    monkeypatch.setenv("DUALCERT_CONFIG", str(tmp_path / "other.toml"))
    assert load_configuration().dispatch.channel == "folder"


def test_a_file_that_is_named_has_to_be_there(tmp_path):
    with pytest.raises(BadConfiguration, match=r"other\.toml"):
        load_configuration(tmp_path / "other.toml")


LIMITS = ("dispatch.attempts", "dispatch.backoff_seconds", "dispatch.backoff_limit_seconds", "dispatch.lease_seconds",
          "render.seconds", "render.megabytes", "render.memory_megabytes")  # fmt: skip
BEYOND = ("1_000_000_000_000_000_000", "99_999_999_999", "inf", "nan")
"""More than clocks and systems count."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[plugin]\n", "plugin"),
        ("[plugins]\nalow = []\n", "plugins: there is no key alow; there are allow"),
        ('[plugins]\nallow = "dualcert-email"\n', "plugins"),
        ("[dispatch]\nattempts = true\n", "dispatch"),
        ("[dispatch]\nattempts = 0\n", "attempts"),
        ("[dispatch]\nlease_seconds = -1\n", "lease_seconds"),
        ("[render]\nseconds = 0\n", "seconds"),
        *(
            (f"[{key.replace('.', ']' + chr(10))} = {value}\n", key.rpartition(".")[2])
            for key in LIMITS
            for value in BEYOND
        ),
        ("[render]\nseconds = 1e-300\n", "seconds"),
        ("reporter = 7\n", "reporter"),
        ("[reporter]\nbulletin = 7\n", "reporter"),
        ("[dispatch\n", "dualcert.toml"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(written, text, said):
    with pytest.raises(BadConfiguration) as refused:
        written(text)
    assert said in str(refused.value)


def test_a_reporters_table_becomes_its_own_class(written):
    configuration = written('[channel.smtp]\nhost = "mail"\nnames = ["a", "b"]\n')

    assert configuration.of_channel("smtp", Server) == Server(host="mail", names=("a", "b"))
    assert configuration.of_reporter("any", NoConfig) == NoConfig()


@pytest.mark.parametrize(
    "table", ["", 'host = "m"\nprot = 1', 'host = "m"\nport = "x"', 'host = "m"\npassword = "clear"']
)
def test_a_table_that_does_not_fit_is_refused_with_its_place(written, table):
    configuration = written(f"[channel.smtp]\n{table}\n")

    with pytest.raises(BadConfiguration, match=r"channel\.smtp"):
        configuration.of_channel("smtp", Server)


def test_a_secret_is_looked_up_and_never_shown(written, monkeypatch, tmp_path):
    monkeypatch.setenv("MAIL_PASSWORD", "geheim")
    by_env = written('[channel.smtp]\nhost = "m"\npassword = {env = "MAIL_PASSWORD"}\n')
    server = by_env.of_channel("smtp", Server)
    assert server.password.reveal() == "geheim"
    assert "geheim" not in f"{server!r} {server.password} {by_env!r} {[server]}"

    (tmp_path / "password").write_text("from a file\n")
    by_file = written(f'[channel.smtp]\nhost = "m"\npassword = {{file = "{tmp_path / "password"}"}}\n')
    assert by_file.of_channel("smtp", Server).password.reveal() == "from a file"


class Level(Enum):
    CITY = "city"
    COUNTY = "county"


@frozen(kw_only=True)
class Words:
    level: Level = Level.CITY
    form: Literal["docx", "pdf"] | None = None
    key: Secret | None = None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('level = "town"', "reporter.mine.level: 'town' is none of city, county"),
        ('form = "odt"', "reporter.mine.form: 'odt' is none of docx, pdf"),
        ('key = "s3cret"', 'reporter.mine.key: a secret is {env = "NAME"} or {file = "PATH"}'),
        ("key = {}", 'reporter.mine.key: a secret is {env = "NAME"} or {file = "PATH"}'),
        ('key = { name = "KEY" }', 'reporter.mine.key: a secret is {env = "NAME"} or {file = "PATH"}'),
    ],
)
def test_a_slip_is_told_in_the_words_of_who_writes_the_file(written, line, said):
    with pytest.raises(BadConfiguration) as refused:
        written(f"[reporter.mine]\n{line}\n").of_reporter("mine", Words)
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_words_that_are_right_are_taken(written):
    text = '[reporter.mine]\nlevel = "county"\nform = "pdf"\n'
    assert written(text).of_reporter("mine", Words) == Words(level=Level.COUNTY, form="pdf")


@pytest.mark.parametrize("reference", ['{env = "DUALCERT_NOT_SET"}', '{file = "/nowhere/password"}'])
def test_a_secret_that_is_not_there_is_refused_by_its_reference(written, reference):
    with pytest.raises(BadConfiguration, match=r"channel\.smtp\.password"):
        written(f'[channel.smtp]\nhost = "m"\npassword = {reference}\n').of_channel("smtp", Server)
