"""Direct messages between two nations, by real programs over real nodes: words compared, then written and read."""

from __future__ import annotations

from typing import Any

from tests.cli.conftest import Pair
from tests.cli.laptops import Laptop, until


def device(laptop: Laptop, person: str) -> dict[str, Any]:
    """A device as `direct list` shows it, once it has stated its keys."""

    def look() -> dict[str, Any] | None:
        records = laptop.run("direct", "list", "--json").records
        return next((one for one in records if one["person"] == person and one["keys"]), None)

    found: dict[str, Any] = until(look)
    return found


def words(laptop: Laptop, device_id: str) -> dict[str, Any]:
    record: dict[str, Any] = laptop.run("direct", "words", device_id, "--json").record
    return record


def test_two_people_compare_words_and_write_to_each_other(pair: Pair) -> None:
    ends = ((pair.xaa, pair.xbb, "Cdr XBB"), (pair.xbb, pair.xaa, "Cdr XAA"))
    refused = pair.xaa.run("send", "@Cdr XBB", "hello", "--label", "SECRET", code=3)
    assert "recipient-unconfirmed" in refused.err
    for here, there, person in ends:
        other = device(here, person)
        assert "not confirmed: gets nothing" in here.run("direct", "list").out
        read_out = words(there, other["device_id"])["own"]
        assert words(here, other["device_id"])["words"] == read_out
        assert " ".join(read_out) in here.run("direct", "words", other["device_id"]).out
        here.run("direct", "confirm", other["device_id"], "--words", "a b c d e f", code=5)
        told = here.run("direct", "confirm", other["device_id"], "--words", " ".join(read_out))
        assert told.out.startswith(f"{other['nation']} {person} (1) is confirmed")
    told = pair.xaa.run("send", "@Cdr XBB", "meet at PL RED", "--label", "SECRET", "--wait", "delivered")
    assert told.err == (
        "MISSION SECRET REL XAA, XBB\ncan read: XAA Cdr XAA (1), this device, XBB Cdr XBB (1)\n"
        "note: no nation can read it, this one neither: only the devices that it names\n"
    )
    entry_id, delivered = told.out.splitlines()
    assert delivered.startswith("XBB  Cdr XBB (1)  delivered  ")
    shown = pair.xbb.run("read", "@cdr xaa", "--mark").out
    assert "\n    meet at PL RED\n" in shown
    assert "  @Cdr XAA  " in shown
    assert "direct: no nation can read it" in pair.xbb.run("channel", "list").out
    assert pair.xaa.run("status", entry_id, "--json").record["deliveries"][0]["person"] == "Cdr XBB"
    pair.xaa.run("read", "@Nobody", code=2)
    withdrawn = pair.xaa.run("direct", "withdraw", device(pair.xaa, "Cdr XBB")["device_id"])
    assert withdrawn.out.strip().endswith("not confirmed: gets nothing")
    assert "recipient-unconfirmed" in pair.xaa.run("send", "@Cdr XBB", "again", "--label", "SECRET", code=3).err
