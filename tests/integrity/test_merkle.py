"""The tree of hashes is that of RFC 6962 and RFC 9162."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualcert.integrity.merkle import (
    EMPTY,
    Tree,
    is_consistent,
    leaf_bytes,
    leaf_hash,
    node_hash,
    root_of_inclusion,
)

LEAVES = [leaf_hash(b"%d" % n) for n in range(1_100)]
REFERENCE = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
"""The leaves with which Certificate Transparency's own tests begin, and the roots of the first 1 to 8 of them."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(hashes):
    """The definition of RFC 6962, 2.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(mth(hashes[:split]), mth(hashes[split:]))


def grown(size, steps=(1, 7, 300)):
    tree, at = Tree(), 0
    while at < size:
        step = min(steps[at % len(steps)], size - at)
        tree.extend(LEAVES[at : at + step])
        at += step
    return tree


def test_the_roots_are_those_of_certificate_transparency():
    tree = Tree()
    for leaf, root in zip(REFERENCE, ROOTS, strict=True):
        tree.extend([leaf_hash(bytes.fromhex(leaf))])
        assert tree.root().hex() == root


@given(st.integers(0, 1_100), st.lists(st.integers(1, 400), min_size=1, max_size=3), st.data())
def test_every_root_is_that_of_the_definition_however_the_tree_grew(size, steps, data):
    tree, upto = grown(size, steps), data.draw(st.integers(0, size))

    assert (tree.size, tree.root(), tree.root(upto)) == (size, mth(LEAVES[:size]), mth(LEAVES[:upto]))


@given(st.integers(1, 1_100), st.data())
def test_a_path_leads_to_the_root_and_no_other_does(size, data):
    tree, index = grown(size), data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index)

    assert root_of_inclusion(LEAVES[index], index, size, path) == tree.root()
    assert root_of_inclusion(LEAVES[index], index, size, [*path, EMPTY]) is None
    assert root_of_inclusion(LEAVES[index], index, size, path[:-1]) != tree.root() or not path
    assert root_of_inclusion(LEAVES[index - 1], index, size, path) != tree.root() or size == 1
    assert root_of_inclusion(LEAVES[index], size, size, path) is None


@given(st.integers(1, 1_100), st.data())
def test_a_tree_is_shown_to_continue_an_older_one_and_no_other(size, data):
    tree, old = grown(size), data.draw(st.integers(1, size))
    path, root, before = tree.consistency(old), tree.root(), tree.root(old)

    assert is_consistent(old, before, size, root, path)
    assert not is_consistent(old, tree.root(old - 1), size, root, path)
    assert not is_consistent(old, before, size, tree.root(size - 1), path)
    assert not is_consistent(old, before, size, root, [*path, EMPTY])
    assert not is_consistent(size + 1, before, size, root, path)
    assert old == size or not is_consistent(old, before, size, root, path[:-1])


@pytest.mark.parametrize("ask", [lambda t: t.root(4), lambda t: t.inclusion(3), lambda t: t.consistency(4), lambda t: t.consistency(0)])  # fmt: skip
def test_what_is_not_in_the_tree_is_an_error(ask):
    with pytest.raises(ValueError, match=r"leaves|leaf|tree"):
        ask(grown(3))


def test_a_leaf_is_one_line_and_the_stored_bytes():
    assert leaf_bytes(5, "lab-140525-1", 2, "lab.closed", b"{}") == b"5 lab-140525-1 2 lab.closed\n{}"
    for stream, topic in (("lab 1", "x"), ("lab", "x\ny")):
        with pytest.raises(ValueError, match="a name"):
            leaf_bytes(1, stream, 1, topic, b"")
