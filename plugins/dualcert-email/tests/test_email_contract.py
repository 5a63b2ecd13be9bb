"""The plugin keeps the contracts of reporters and channels, and is set up as it says."""

from __future__ import annotations

import pytest
from dualcert_email import DigestConfig, Folder, ReminderDigest, Smtp

from dualcert.errors import BadConfiguration
from dualcert.reporting import Secret
from dualcert.reporting.configuration import typed
from dualcert.testing.channels import ChannelContract
from dualcert.testing.reporters import ReporterContract


class TestReminderDigest(ReporterContract):
    reporter = ReminderDigest()


class TestReminderDigestWithAFallback(ReporterContract):
    reporter = ReminderDigest()
    config = DigestConfig(fallback="person-3")


class TestSmtp(ChannelContract):
    channel = Smtp()
    config = Smtp.Config(
        host="127.0.0.1",
        port=9,
        sender="books@example.org",
        username="books",
        password=Secret("s3cret-word"),
        timeout=1,
    )


class TestFolder(ChannelContract):
    channel = Folder()

    @pytest.fixture(autouse=True)
    def set_up(self, tmp_path):
        self.config = Folder.Config(folder=str(tmp_path / "out"), sender="books@example.org")


def test_it_is_found_where_it_is_installed(installed):
    plugin, reporter = installed.reporter("reminder-digest")

    assert (plugin.distribution, plugin.troubles) == ("dualcert-email", [])
    assert isinstance(reporter, ReminderDigest)
    assert isinstance(installed.channel("smtp"), Smtp)
    assert isinstance(installed.channel("folder"), Folder)


@pytest.mark.parametrize(
    ("config", "table"),
    [
        (DigestConfig, {"fallbacks": "person-1"}),
        (DigestConfig, {"fallback": 1}),
        (Smtp.Config, {"host": "h", "sender": "a@b.cn", "verify": False}),
        (Smtp.Config, {"host": "h", "sender": "a@b.cn", "password": "in the clear"}),
        (Smtp.Config, {"host": "h"}),
        (Folder.Config, {"folder": "f"}),
    ],
)
def test_what_is_set_up_wrongly_is_refused(config, table):
    with pytest.raises(BadConfiguration):
        typed("here", table, config)
