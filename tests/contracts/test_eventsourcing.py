"""The suites that eventsourcing ships, run on our recorders."""

from __future__ import annotations

import pytest
from eventsourcing.tests.persistence import ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase

from dualcert.store import postgres, sqlite
from dualcert.store.url import parse_url


class SQLiteRecorders:
    originator_id_type = "text"

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def new_originator_id(self):
        return str(super().new_originator_id())

    def create_recorder(self):
        place = parse_url(f"sqlite:///{self.folder}/books.db")
        place.path.touch()
        recorder = sqlite.LogRecorder(sqlite.DurableDatastore(place))
        recorder.create_table()
        return recorder


class MemoryRecorders(SQLiteRecorders):
    def create_recorder(self):
        recorder = sqlite.LogRecorder(sqlite.DurableDatastore(parse_url(":memory:")))
        recorder.create_table()
        return recorder


class PostgreSQLRecorders(SQLiteRecorders):
    @pytest.fixture(autouse=True)
    def _database(self, postgres_url):
        self.url = postgres_url
        self.datastores = []
        yield
        for datastore in self.datastores:
            datastore.close()

    def create_recorder(self):
        datastore = postgres.DurablePostgres(parse_url(self.url))
        self.datastores.append(datastore)
        recorder = postgres.LogRecorder(datastore)
        recorder.create_table()
        return recorder


class TestSQLiteRecorder(SQLiteRecorders, ApplicationRecorderTestCase):
    pass


class TestMemoryRecorder(MemoryRecorders, ApplicationRecorderTestCase):
    pass


class TestPostgreSQLRecorder(PostgreSQLRecorders, ApplicationRecorderTestCase):
    def test_insert_subscribe(self):
        self.optional_test_insert_subscribe()


class TestSQLiteIds(SQLiteRecorders, NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000


class TestPostgreSQLIds(PostgreSQLRecorders, NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000


# Imported base cases are not ours to collect.
del ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
