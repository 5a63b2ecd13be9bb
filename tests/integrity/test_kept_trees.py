"""The tree beside a log is whole whatever two processes keep at once, and never of fewer facts than it was."""

from __future__ import annotations

from hashlib import sha256

import pytest

from dualcert.integrity.merkle import Tree
from dualcert.integrity.treetable import TreeTable
from dualcert.store.url import Store, parse_url
from meanwhile import act_after, act_before


def tree_of(size):
    tree = Tree()
    tree.extend(sha256(str(n).encode()).digest() for n in range(size))
    return tree


@pytest.fixture
def tables(tmp_path):
    """The table as two processes have it open."""
    store = Store(parse_url(tmp_path / "books.db"), "a" * 32)
    with TreeTable(store) as one, TreeTable(store) as other:
        yield one, other


def kept(table):
    tree = table.tree()
    return tree.size, tree.root()


@pytest.mark.parametrize("older", [100, 256, 300, 512, 550])
def test_a_tree_of_fewer_facts_replaces_none_of_more(tables, older):
    one, other = tables
    one.keep(tree_of(600))

    other.keep(tree_of(older))

    assert kept(one) == (600, tree_of(600).root())


@pytest.mark.parametrize("older", [100, 256, 300, 512])
def test_a_tree_is_whole_where_another_keeps_an_older_one_meanwhile(tables, monkeypatch, older):
    one, other = tables
    one.keep(tree_of(600))
    act_before(monkeypatch, "dualcert.integrity.merkle.Tree.leaves", lambda: other.keep(tree_of(older)))

    one.keep(tree_of(1200))

    assert kept(one) == (1200, tree_of(1200).root())


def test_a_tree_of_other_facts_is_replaced(tables):
    one, _ = tables
    one.keep(tree_of(600))
    other = Tree()
    other.extend([bytes(32)] * 300)

    one.keep(other)

    assert kept(one) == (300, other.root())


def test_a_tree_is_read_at_one_moment(tables, monkeypatch):
    one, other = tables
    other.keep(tree_of(100))
    act_after(monkeypatch, "dualcert.integrity.treetable.TreeTable._select", lambda: other.keep(tree_of(300)))

    assert kept(one) == (100, tree_of(100).root())
