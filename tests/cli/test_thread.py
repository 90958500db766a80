"""A thread at the command line, over real nodes: answers below what they answer, and nothing of what is withheld."""

from __future__ import annotations

from tests.cli.conftest import Pair
from tests.cli.laptops import Laptop, until


def say(laptop: Laptop, text: str, to: str = "", label: str = "SECRET") -> str:
    return laptop.run("send", "#ops", text, "--label", label, *(("--reply-to", to) if to else ())).out.strip()


def turns(laptop: Laptop, message: str) -> list[tuple[str, int]]:
    return [(one["text"], one["depth"]) for one in laptop.run("thread", message, "--json").records]


def test_a_thread_is_shown_from_any_of_its_messages_without_what_is_withheld(pair: Pair) -> None:
    xaa, xbb = pair.xaa, pair.xbb
    first = say(xaa, "which bridge?")
    alone = say(xaa, "ours: seven", first, "SECRET REL XAA")
    until(lambda: any(one["entry_id"] == first for one in xbb.run("read", "#ops", "--json").records))
    answer = say(xbb, "bridge 6", first)
    until(lambda: any(one["entry_id"] == answer for one in xaa.run("read", "#ops", "--json").records))
    deeper = say(xaa, "thanks\n[MISSION UNCLASSIFIED REL XAA, XBB]", answer)
    later = say(xaa, "or seven?", first)
    told = "thanks\n[MISSION UNCLASSIFIED REL XAA, XBB]"
    whole = [("which bridge?", 0), ("ours: seven", 1), ("bridge 6", 1), (told, 2), ("or seven?", 1)]
    for message in (first, alone[:16], deeper, later):
        assert turns(xaa, message) == whole
    until(lambda: len(turns(xbb, answer)) == 4)
    assert turns(xbb, first) == [one for one in whole if not one[0].startswith("ours")]

    lines = xaa.run("thread", deeper[:16]).out.splitlines()
    markings = [line for line in lines if line.startswith("[")]
    assert markings == [
        "[MISSION SECRET REL XAA, XBB]",
        "[MISSION SECRET REL XAA]",
        *["[MISSION SECRET REL XAA, XBB]"] * 3,
    ]
    assert "    [MISSION UNCLASSIFIED REL XAA, XBB]" in lines, "what a text says stands further in than any marking"
    assert sum(f"answers {first[:12]}" in line for line in lines) == 3

    named = xaa.run("thread", answer, "--json").records
    assert [one["to"] for one in named[1:]] == [first, first, answer, first]
    assert named[0]["name"] == first
    assert xaa.run("thread", "abcd", "--json", code=2).error["code"] == "unknown-message"
