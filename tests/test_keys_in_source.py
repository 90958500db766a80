"""What no run can show: how secrets are compared, and that no key becomes one of another algorithm, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain

from tests.spec_text import ROOT

COMPARED = {"mac", "commitment", "salt", "tek", "kek", "seed", "secret", "token", "exporter", "passphrase"}
"""Names of what only `crypto.same` may compare: secrets, MACs, commitments."""

SITES = {
    "protocol/keys/envelope.py": 1,  # an envelope's commitment to its TEK
    "protocol/messages/entry.py": 2,  # an entry's salted commitment to its text; that of evidence
    "protocol/exchange/proof.py": 1,  # the MAC of a link's proof
    "protocol/exchange/offer.py": 1,  # the MAC of who joins by an invite
    "coalchat/store/keyfile.py": 1,  # a key file's commitment to its KEK
    "coalchat/node/server.py": 1,  # a local client's token
}
"""Where secrets are compared, and how often: what is compared in a new place is compared by `same`, and stands here."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """All modules that run where secrets are; not what writes the vectors, whose secrets are printed."""
    for path in sorted(chain(ROOT.glob("protocol/**/*.py"), ROOT.glob("coalchat/**/*.py"))):
        if not path.is_relative_to(ROOT / "protocol/vectors"):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def name_of(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def early_exits(tree: ast.Module) -> list[str]:
    """Comparisons of what is secret that may end at the first byte that differs."""
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(name_of(operand) in COMPARED for operand in (node.left, *node.comparators))
    ]


def test_the_search_finds_what_it_looks_for() -> None:
    source = "if join.mac != made or 1 == tek or len(tek) == 32 or seed is None: pass"
    assert early_exits(ast.parse(source)) == ["join.mac != made", "1 == tek"]


def test_secrets_are_compared_in_constant_time() -> None:
    assert [(path, found) for path, tree in trees() for found in early_exits(tree)] == []


def test_where_secrets_are_compared() -> None:
    found: dict[str, int] = {}
    for path, tree in trees():
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and name_of(n.func) == "same"]
        if calls:
            found[path] = len(calls)
    assert found == SITES


def names(tree: ast.Module) -> set[str]:
    """All that is named, also by an import that gives it another name."""
    nodes = list(ast.walk(tree))
    return {name_of(node) for node in nodes if isinstance(node, ast.Name | ast.Attribute)} | {
        node.name for node in nodes if isinstance(node, ast.alias)
    }


def test_no_key_is_converted_to_another_algorithm() -> None:
    assert "crypto_to_curve25519" in names(ast.parse("from sodium import crypto_to_curve25519 as harmless"))
    named = {name for _, tree in trees() for name in names(tree)}
    assert "crypto_sign_seed_keypair" in named  # libsodium's own conversions would stand beside it
    assert not [name for name in named if "to_curve25519" in name]
