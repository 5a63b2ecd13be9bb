"""The contract of stores, held on all three."""

import pytest

from dualcert.testing.stores import StoreContract


class TestMemory(StoreContract):
    reopens = False

    @pytest.fixture
    def url(self):
        return ":memory:"


class TestSQLite(StoreContract):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/books.db"


class TestSQLiteWithWal(StoreContract):
    @pytest.fixture
    def url(self, tmp_path):
        return f"sqlite:///{tmp_path}/books.db?journal=wal"


class TestPostgreSQL(StoreContract):
    @pytest.fixture
    def url(self, postgres_url):
        return postgres_url
