"""Evidence at the command line: made by a node, checked without one."""

from __future__ import annotations

import pytest

from coalchat.api.evidence import Proof
from coalchat.api.vocabulary import Answer, Precedence, State
from coalchat.cli.evidence import proof_lines
from tests.cli.conftest import Make, Pair
from tests.cli.laptops import Laptop
from tests.cli.test_messages import arrives, send


@pytest.fixture
def stranger(make: Make, pair: Pair) -> Laptop:
    """Who was not there: he has the charter's file and no keys."""
    court = make("court")
    (court.desk / "guard.charter").write_text((pair.xaa.desk / "guard.charter").read_text())
    return court


def test_a_stranger_checks_it_by_the_charter_alone(pair: Pair, stranger: Laptop) -> None:
    order = send(pair.xaa, "hold the bridge\nuntil dawn").out.strip()
    arrives(pair.xbb, order)
    told = pair.xbb.run("evidence", "export", order[:12], "--out", "order.evidence")
    assert told.out.splitlines()[0] == "[MISSION SECRET REL XAA, XBB]"
    file = pair.xbb.desk / "order.evidence"
    text = file.read_text()
    assert text.splitlines()[0] == "MISSION SECRET REL XAA, XBB"
    assert file.stat().st_mode & 0o077 == 0
    (stranger.desk / "order.evidence").write_text(text)

    shown = stranger.run(
        "evidence", "check", "order.evidence", "--charter", "guard.charter", passphrase=False
    ).out.splitlines()
    assert shown[0] == "[MISSION SECRET REL XAA, XBB]"
    proved, claimed = shown.index("claimed by its author, and no more:"), shown.index("not shown by this:")
    assert any(line.startswith("  who    Cdr XAA of XAA, device 1 (") for line in shown[:proved])
    assert {"    hold the bridge", "    until dawn"} <= set(shown[:proved])
    assert [line[:7] for line in shown[proved + 1 : claimed]] == ["  when "]
    assert any("revoked" in line for line in shown[claimed:])
    record = pair.xaa.run("evidence", "check", "order.evidence", "--json").record
    assert (record["entry_id"], record["text"], record["run"]) == (order, "hold the bridge\nuntil dawn", 0)
    assert not any(stranger.home.glob("*.key")), "nothing was made"


def test_what_proves_nothing_ends_with_its_own_code(pair: Pair, stranger: Laptop) -> None:
    order = send(pair.xaa, "another order").out.strip()
    made = pair.xaa.run("evidence", "export", order, "--out", "bent.evidence", "--json").record
    assert made["marking"] == "MISSION SECRET REL XAA, XBB"
    bent = stranger.desk / "bent.evidence"
    lines = (pair.xaa.desk / "bent.evidence").read_text().splitlines()
    lines[3] = lines[3][:-1] + ("A" if lines[3][-1] != "A" else "B")
    bent.write_text("\n".join(lines))
    refused = stranger.run("evidence", "check", "bent.evidence", "--charter", "guard.charter", "--json", code=7)
    assert refused.error["code"] == "peer-corrupt"
    assert "proves nothing" in refused.error["detail"]
    assert "already" in pair.xaa.run("evidence", "export", order, "--out", "bent.evidence", code=1).err
    stranger.run("evidence", "check", "guard.charter", "--charter", "guard.charter", code=2)
    assert pair.xaa.run("evidence", "export", "ffffffffffff", "--out", "none", "--json", code=2).error["code"] == (
        "unknown-message"
    )
    assert not (pair.xaa.desk / "none").exists()


def test_a_receipt_is_said_in_words() -> None:
    proof = Proof(
        coalition="Watch", coalition_id="aa", exercise=True, nation="XBB", person="Ann\x1b[2J", device=1, device_id="bb",
        certified_from=1, certified_to=2, channel_id="cc", feed_id="dd", seq=3, entry_id="ee",
        marking="MISSION SECRET REL XAA, XBB", nations=("XAA", "XBB"), precedence=Precedence.ROUTINE, kind="receipt",
        text="by day", author_time=3, noplay=True, state=State.ACKNOWLEDGED, answer=Answer.CAVEAT, covered=("ff",),
        refs=(), run=2,
    )  # fmt: skip
    lines = proof_lines(proof)
    assert lines[0] == "[EXERCISE MISSION SECRET REL XAA, XBB]"
    assert "  what   ACKNOWLEDGED CAVEAT, NO PLAY:" in lines
    assert "  about  ff" in lines
    assert any("2 further on" in line for line in lines)


def test_history_is_of_ones_own_nation(pair: Pair) -> None:
    """Each nation of the pair has one device: there is nobody to ask, and nobody asks."""
    assert pair.xaa.run("history", "ask", "--json", code=4).error["code"] == "unreachable"
    assert pair.xaa.run("history", "ask", "--from", "ffffffff", "--json", code=2).error["code"] == "unknown-device"
    assert pair.xaa.run("history", "ask", "--from", "ffff", "--json", code=2).error["code"] == "usage"
    assert pair.xbb.run("history", "list", "--json").records == []
    for act in ("approve", "refuse"):
        assert pair.xbb.run("history", act, "ffff", "--json", code=2).error["code"] == "unknown-request"
