"""Sending and reading between two nations, by real programs over real nodes."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Pair
from tests.cli.laptops import Laptop, Result, until


def send(laptop: Laptop, text: str, *more: str, label: str = "SECRET", code: int = 0) -> Result:
    return laptop.run("send", "#ops", text, "--label", label, *more, code=code)


def arrives(laptop: Laptop, entry_id: str) -> dict[str, object]:
    """The message, once it is there."""

    def look() -> dict[str, object] | None:
        records = laptop.run("read", "#ops", "--json", "--after", "0").records
        return next((one for one in records if one["entry_id"] == entry_id), None)

    found: dict[str, object] = until(look)
    return found


def test_a_message_is_sent_read_and_receipted(pair: Pair) -> None:
    told = send(pair.xaa, "convoy at PL RED", "--wait", "delivered", label="secret rel to xbb, xaa")
    assert told.err == "MISSION SECRET REL XAA, XBB\ncan read: XAA (1 device), XBB (1 device)\n"
    entry_id, delivered = told.out.splitlines()
    assert delivered.startswith("XBB  Cdr XBB (1)  delivered  ")
    record = arrives(pair.xbb, entry_id)
    assert record["text"] == "convoy at PL RED"
    assert record["marking"] == "MISSION SECRET REL XAA, XBB"
    assert (record["author_nation"], record["author_person"], record["mine"]) == ("XAA", "Cdr XAA", False)
    shown = pair.xbb.run("read", "#ops", "--mark").out
    assert "[MISSION SECRET REL XAA, XBB]\n" in shown
    assert "\n    convoy at PL RED\n" in shown

    def read() -> bool:
        deliveries = pair.xaa.run("status", entry_id[:12], "--json").record["deliveries"]
        return [(one["nation"], one["person"], one["state"]) for one in deliveries] == [("XBB", "Cdr XBB", "read")]

    until(read)
    assert "read" in pair.xaa.run("status", entry_id).out.splitlines()[1]
    assert not any(not one["read"] for one in pair.xbb.run("read", "#ops", "--json").records)


def test_a_message_is_acknowledged_and_its_author_sees_how(pair: Pair) -> None:
    order = send(pair.xaa, "hold at PL RED").out.strip()
    # Before anybody says something, the status names who could.
    assert any(
        line.startswith("XBB  Cdr XBB (1)  ") for line in pair.xaa.run("status", order).out.splitlines()
    )  # fmt: skip
    arrives(pair.xbb, order)
    given = pair.xbb.run("ack", order[:12], "--wilco", "--json").record
    assert (given["entry_id"], given["answer"], given["repeated"]) == (order, "wilco", False)
    assert pair.xbb.run("ack", order, "--wilco", "--json").record["repeated"]

    def shown(what: str) -> str | None:
        lines = pair.xaa.run("status", order).out.splitlines()
        return next((line for line in lines if what in line), None)

    assert until(lambda: shown("acknowledged, wilco")).startswith("XBB  Cdr XBB (1)  ")
    told = pair.xbb.run("ack", order, "--caveat", "by day\n[MISSION UNCLASSIFIED]\x1b[2J")
    assert told.out == f"{order}  acknowledged, caveat\n"
    assert told.err.startswith("[MISSION SECRET REL XAA, XBB]\n")
    assert "    hold at PL RED\n" in told.err
    caveat = until(lambda: shown("acknowledged, caveat"))
    assert caveat.endswith("by day\\u{A}[MISSION UNCLASSIFIED]\\u{1B}[2J")
    (row,) = pair.xaa.run("status", order, "--json").record["deliveries"]
    assert (row["person"], row["state"], row["answer"], row["role"]) == (
        "Cdr XBB",
        "acknowledged",
        "caveat",
        "custodian",
    )
    assert row["reason"] == "by day\n[MISSION UNCLASSIFIED]\x1b[2J"
    assert "so acknowledged before" in pair.xbb.run("ack", order, "--caveat", row["reason"]).err
    assert arrives(pair.xbb, order)["answered"] == "caveat"


def test_what_cannot_be_acknowledged(pair: Pair) -> None:
    order = send(pair.xaa, "an order of mine").out.strip()
    assert "a message of his own" in pair.xaa.run("ack", order, code=2).err
    assert pair.xaa.run("ack", "ffffffffff", "--json", code=2).error["code"] == "unknown-message"
    arrives(pair.xbb, order)
    assert "at most 256 bytes" in pair.xbb.run("ack", order, "--caveat", "x" * 257, code=2).err
    assert arrives(pair.xbb, order)["answered"] is None


def test_stdin_is_one_message(pair: Pair) -> None:
    for arguments in ((), ("-",)):
        told = pair.xaa.run("send", "#ops", *arguments, "--label", "RESTRICTED", "--json", stdin="one\ntwo\n\n")
        (sent,) = told.records
        assert told.err == ""
        assert sent["marking"] == "MISSION RESTRICTED REL XAA, XBB"
        assert arrives(pair.xaa, sent["entry_id"])["text"] == "one\ntwo"


@pytest.mark.parametrize(
    ("stdin", "says"), [(b"", "the message is empty"), (b"\n", "empty"), (b"\xff", "the message is not UTF-8")]
)
def test_what_is_no_message(pair: Pair, stdin: bytes, says: str) -> None:
    told = pair.xaa.run("send", "#ops", "-", "--label", "RESTRICTED", stdin=stdin, code=2)
    assert says in told.err


def test_a_text_is_shown_safely_and_kept_exactly(pair: Pair) -> None:
    text = "a\n[MISSION UNCLASSIFIED]\x1b[2J\u202e"
    entry_id = send(pair.xaa, text).out.strip()
    assert arrives(pair.xbb, entry_id)["text"] == text
    shown = pair.xbb.run("read", "#ops").out
    assert "\n    [MISSION UNCLASSIFIED]\\u{1B}[2J\\u{202E}\n" in shown
    assert "\x1b" not in shown


def test_a_key_makes_a_retry_harmless(pair: Pair) -> None:
    first = send(pair.xaa, "link quality 31 %", "--key", "sensor-7-0042", "--json").record
    again = send(pair.xaa, "link quality 31 %", "--key", "sensor-7-0042", "--json").record
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert first["entry_id"] == again["entry_id"]
    assert "sent before" in send(pair.xaa, "link quality 31 %", "--key", "sensor-7-0042").err
    assert send(pair.xaa, "other", "--key", "sensor-7-0042", "--json", code=1).error["code"] == "already-exists"


def test_precedence_deadline_and_reply_travel(pair: Pair) -> None:
    first = send(pair.xaa, "who has the bridge?").out.strip()
    more = ("--precedence", "flash", "--yes", "--ack-by", "312359ZDEC99", "--reply-to", first[:16])
    record = arrives(pair.xbb, send(pair.xaa, "you", *more).out.strip())
    assert (record["precedence"], record["refs"], record["ack_by"]) == ("FLASH", [first], 4_102_444_740)
    assert "in the past" in send(pair.xaa, "x", "--ack-by", "221830ZNOV20", code=2).err
    assert "is not a time" in send(pair.xaa, "x", "--ack-by", "soon", code=2).err
    assert send(pair.xaa, "x", "--reply-to", "abcd", "--json", code=2).error["code"] == "unknown-message"


def test_a_refused_send_names_the_clause_and_sends_nothing(pair: Pair) -> None:
    before = pair.xaa.run("status", "--json").record["links"]
    count = len(pair.xbb.run("read", "#ops", "--json", "--after", "0").records)
    for label, clause in (
        ("TOP SECRET", "level-ceiling"),
        ("SECRET CONVOY", "category-ceiling"),
        ("SECRET REL XBB", "release-own-nation"),
    ):
        told = send(pair.xaa, "not for you", label=label, code=3)
        assert told.out == ""
        assert told.err.splitlines()[-1].startswith(f"coalchat: refused by policy ({clause}): ")
        error = send(pair.xaa, "not for you", "--json", label=label, code=3).error
        assert (error["code"], error["clause"]) == ("refused", clause)
        assert "can read" not in told.err
    after = pair.xaa.run("status", "--json").record["links"]
    assert [link["entries_sent"] for link in after] == [link["entries_sent"] for link in before]
    assert len(pair.xbb.run("read", "#ops", "--json", "--after", "0").records) == count
    records = pair.xaa.run("audit", "list", "--json").records
    assert {one["clause"] for one in records if one["event"] == "send-refused"} >= {
        "level-ceiling",
        "release-own-nation",
    }
    assert [one["number"] for one in records] == list(range(1, len(records) + 1))


@pytest.mark.parametrize(
    ("label", "code", "says"),
    [
        ("COSMIC", "unknown-label", "COSMIC"),
        ("SECRET NUCLEAR", "unknown-label", "NUCLEAR"),
        ("SECRET REL XZZ", "unknown-nation", "XZZ"),
        ("SECRET REL", "unknown-label", "REL names no nation"),
        ("", "unknown-label", "unknown level"),
    ],
)
def test_a_label_that_the_policy_does_not_know(pair: Pair, label: str, code: str, says: str) -> None:
    error = send(pair.xaa, "x", "--json", label=label, code=2).error
    assert error["code"] == code
    assert says in error["detail"]


def test_a_label_is_checked_without_sending(pair: Pair) -> None:
    record = pair.xaa.run("label", "check", "restricted rel xaa", "--channel", "#ops", "--json").record
    assert record["marking"] == "MISSION RESTRICTED REL XAA"
    assert record["readers"] == [{"nation": "XAA", "devices": 1, "of": 1}]
    assert record["withheld"] == [{"nation": "XBB", "devices": 1, "of": 1}]
    shown = pair.xaa.run("label", "check", "RESTRICTED REL XAA", "--channel", "#ops").out
    assert shown == "MISSION RESTRICTED REL XAA\ncan read: XAA (1 device)\nwithheld: XBB (1 device)\n"
    refused = pair.xaa.run("label", "check", "TOP SECRET", "--channel", "#ops", "--json", code=3)
    assert refused.record["denied"]["clause"] == "level-ceiling"
    assert refused.error["clause"] == "level-ceiling"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("read", "#nowhere"), "unknown-channel"),
        (("tail", "#nowhere"), "unknown-channel"),
        (("label", "check", "SECRET", "--channel", "#nowhere"), "unknown-channel"),
        (("send", "#nowhere", "x", "--label", "SECRET"), "unknown-channel"),
        (("status", "0123456789abcdef"), "unknown-message"),
        (("peer", "add", "nonsense"), "usage"),
        (("peer", "remove", "192.0.2.1:1"), "unknown-peer"),
        (("invite", "withdraw", "abcd"), "unknown-invite"),
        (("invite", "approve", "abcd", "--words", "a b c d e f"), "unknown-invite"),
        (("channel", "create", "#x", "--members", "XAA,XZZ", "--ceiling", "SECRET"), "unknown-nation"),
        (("channel", "create", "#x", "--members", "XAA", "--ceiling", "COSMIC"), "unknown-label"),
        (("invite", "create", "--person", "A", "--clearance", "COSMIC", "--address", "h:1"), "unknown-label"),
        (("invite", "create", "--person", "A", "--clearance", "SECRET X", "--address", "h:1"), "unknown-label"),
        (("invite", "create", "--person", "A", "--clearance", "", "--address", "h:1"), "unknown-label"),
    ],
)
def test_what_is_not_there_is_named(pair: Pair, command: tuple[str, ...], code: str) -> None:
    assert pair.xaa.run(*command, "--json", code=2).error["code"] == code


def test_an_argument_that_is_no_utf_8(pair: Pair) -> None:
    done = subprocess.run(
        [*map(os.fsencode, pair.xaa.command("read")), b"#\xff"],
        capture_output=True,
        cwd=pair.xaa.desk,
        env=dict(pair.xaa.environ),
        check=False,
    )
    assert done.returncode == 2
    assert b"an argument is not UTF-8" in done.stderr


def test_who_waits_in_vain_is_told_and_the_message_stays(pair: Pair) -> None:
    pair.xaa.run("channel", "create", "#far", "--members", "XAA,XBB", "--ceiling", "SECRET")
    told = pair.xaa.run(
        "send", "#far", "x", "--label", "SECRET", "--wait", "read", "--timeout", "0.5", "--json", code=4
    )  # fmt: skip
    assert told.error["code"] == "still-queued"
    assert "XBB" in told.error["detail"]
    assert pair.xaa.run("status", told.record["entry_id"], "--json").record["marking"] == "MISSION SECRET REL XAA, XBB"


def test_pages_for_programs(pair: Pair) -> None:
    sent = [send(pair.xaa, f"page {number}").out.strip() for number in (1, 2, 3)]
    every = pair.xaa.run("read", "#ops", "--json", "--after", "0").records
    assert [one["entry_id"] for one in every[-3:]] == sent
    behind = every[-4]["position"] if len(every) > 3 else 0
    page = pair.xaa.run("read", "#ops", "--json", "--after", str(behind), "--limit", "2").records
    assert [one["entry_id"] for one in page] == sent[:2]
    newest = pair.xaa.run("read", "#ops", "--json", "--limit", "2").records
    assert [one["entry_id"] for one in newest] == sent[1:]


def test_tail_follows_and_goes_on_where_it_stopped(pair: Pair) -> None:
    follower = pair.xbb.start("tail", "#ops", "--json", "--count", "2")
    from_the_first = pair.xbb.start("tail", "--cursor", "0", "--count", "1")
    # It follows from its start on: so send until it ends.
    until(lambda: send(pair.xaa, "tick").code or follower.poll() is not None)
    out, err = follower.communicate(timeout=30)
    assert (follower.returncode, err) == (0, "")
    first, second = map(json.loads, out.splitlines())
    assert [one["text"] for one in (first, second)] == ["tick", "tick"]
    assert from_the_first.communicate(timeout=30)[0].startswith("[MISSION ")
    again = pair.xbb.run("tail", "#ops", "--json", "--cursor", str(first["cursor"]), "--count", "1").record
    assert again == second


def test_invites_are_made_and_withdrawn(pair: Pair) -> None:
    told = pair.xaa.run(
        "invite", "create", "--person", "Lt Berg", "--clearance", "TOP SECRET CONVOY", "--role", "Bot",
        "--precedence", "FLASH", "--address", "127.0.0.1:1", "--json",
    )  # fmt: skip
    record = told.record
    (listed,) = [one for one in pair.xaa.run("invite", "list", "--json").records if one["id"] == record["invite_id"]]
    assert (listed["person"], listed["role"], listed["precedence"]) == ("Lt Berg", "bot", "FLASH")
    assert (listed["clearance"], listed["state"], listed["words"]) == ("MISSION TOP SECRET CONVOY", "open", [])
    assert (
        "no device has shown this invite's code yet"
        in pair.xaa.run("invite", "approve", record["invite_id"], code=2).err
    )
    pair.xaa.run("invite", "withdraw", record["invite_id"])
    (listed,) = [one for one in pair.xaa.run("invite", "list", "--json").records if one["id"] == record["invite_id"]]
    assert listed["state"] == "withdrawn"


def test_peers_are_added_listed_and_removed(pair: Pair) -> None:
    assert pair.xaa.run("peer", "add", "127.0.0.1:9", "--json").record["address"] == "127.0.0.1:9"
    assert "127.0.0.1:9" in [link["address"] for link in pair.xaa.run("peer", "list", "--json").records]
    assert any(
        line.split()[:3] == ["up", "out", pair.address] for line in pair.xbb.run("peer", "list").out.splitlines()
    )
    pair.xaa.run("peer", "remove", "127.0.0.1:9")
    assert "127.0.0.1:9" not in [link["address"] for link in pair.xaa.run("peer", "list", "--json").records]


def test_the_node_at_a_glance(pair: Pair) -> None:
    shown = pair.xaa.run("status").out.splitlines()
    assert shown[0] == "Cdr XAA of XAA, custodian, device 1, in the coalition Northern Guard"
    assert shown[1] == "cleared for MISSION TOP SECRET CONVOY EXCON"
    assert f"listens at {pair.address}" in shown
    assert any(line.startswith("link  up") for line in shown)
    channels = pair.xbb.run("channel", "list", "--json").records
    assert pair.channel["id"] in [one["id"] for one in channels]
    assert [one["code"] for one in pair.xbb.run("nation", "list", "--json").records] == ["XAA", "XBB"]


def test_no_secret_stands_where_others_look(pair: Pair) -> None:
    for laptop in (pair.xaa, pair.xbb):
        pid = laptop.run("status", "--json").record["pid"]
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"correct horse" not in words


def test_a_message_is_quoted_and_forwarded_under_no_lower_label(pair: Pair) -> None:
    order = send(pair.xaa, "hold at PL RED").out.strip()
    arrives(pair.xbb, order)
    sent = pair.xbb.run("forward", order[:12], "#ops", "seen", "--label", "SECRET").out.strip()
    said = arrives(pair.xaa, sent)
    assert (said["text"], [one["text"] for one in said["quotes"]]) == ("seen", ["hold at PL RED"])  # type: ignore[attr-defined]
    shown = pair.xaa.run("read", "#ops").out
    assert "\n  quotes [MISSION SECRET REL XAA, XBB]  " in shown
    refused = send(pair.xbb, "both", "--quote", sent, "--quote", order, label="RESTRICTED", code=3)
    assert "combination" in refused.err
    assert "MISSION SECRET REL XAA, XBB, or narrower" in refused.err


def test_a_message_is_corrected_and_its_history_shown(pair: Pair) -> None:
    order = send(pair.xaa, "hold at PL RED").out.strip()
    arrives(pair.xbb, order)
    second = pair.xaa.run("correct", order[:12], "hold at PL BLUE", "--key", "once").out.strip()
    assert pair.xaa.run("correct", order[:12], "hold at PL BLUE", "--key", "once").out.strip() == second
    assert arrives(pair.xbb, second)["corrects"] == order
    shown = pair.xbb.run("read", "#ops").out
    assert f"(2): see {second[:12]}\n" in shown
    assert f"version 2 of {order[:12]}\n" in shown
    assert "    hold at PL RED\n" not in shown.partition(order[:12])[2].partition("[MISSION")[0]
    told = pair.xbb.run("read", "--history", second).out
    assert "\n    hold at PL RED\n" in told
    assert "\n    hold at PL BLUE\n" in told
    assert "was corrected" in pair.xbb.run("ack", order, code=2).err
    assert "only who said it" in pair.xbb.run("correct", order, "no", code=2).err
    pair.xbb.run("read", code=2)


def test_a_message_is_recalled_and_who_has_not_confirmed_is_named(pair: Pair) -> None:
    order = send(pair.xaa, "the agent is KOWAL", label="RESTRICTED").out.strip()
    arrives(pair.xbb, order)
    notice = pair.xaa.run("recall", order[:12], "--spill").out.strip()
    assert pair.xaa.run("recall", order, "--spill", "--json").record["repeated"]
    assert arrives(pair.xbb, notice)["recalls"] == [order]
    shown = pair.xbb.run("read", "#ops").out
    assert "KOWAL" not in shown
    assert "    recalled by its author " in shown
    assert f"    SPILL: {order[:12]} had been sent under too low a label." in shown

    def told() -> list[str] | None:
        lines = pair.xaa.run("status", order).out.splitlines()
        return lines if any("says it is purged" in line for line in lines) else None

    lines = until(told)
    (head,) = [line for line in lines if line.startswith("recalled ")]
    assert head.endswith(
        ", SPILL: it had been sent under too low a label; purge confirmed by 1 of 1 devices, by their word:"
    )
    assert any(line.startswith("  XBB  Cdr XBB (1)  says it is purged  ") for line in lines)
    assert "only who said it" in pair.xbb.run("recall", order, code=2).err


def test_a_message_is_found_by_its_words(pair: Pair) -> None:
    entry_id = send(pair.xaa, "the ferry at Kingsquay sails at dawn", label="secret rel to xbb, xaa").out.strip()
    arrives(pair.xbb, entry_id)
    narrowed = ("--channel", "#ops", "--from", "xaa cdr", "--since", "2020-01-01T00:00Z", "--json")
    (found,) = pair.xbb.run("search", "kingsq*", '"at dawn"', *narrowed).records
    assert found["message"]["entry_id"] == entry_id
    hits = [piece["text"] for piece in found["snippet"] if piece["hit"]]
    assert hits == ["Kingsquay", "at dawn"]
    shown = pair.xbb.run("search", "ferry").out
    assert "[MISSION SECRET REL XAA, XBB]\n" in shown
    assert "\n    the ferry at Kingsquay sails at dawn\n" in shown
    assert pair.xbb.run("search", "ferry", "--until", "2020-01-01T00:00Z").err == "nothing found\n"
    assert "no such person" in pair.xbb.run("search", "ferry", "--from", "kowal", code=2).err
