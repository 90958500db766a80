"""Two laptops, by hand: a nation each, a charter that both sign, an officer who joins, a message and its receipts."""

import pytest

from tests.cli.conftest import Make
from tests.cli.laptops import until
from tests.cli.terminal import at_terminal


@pytest.mark.story
@pytest.mark.usefixtures("unmeasured")
def test_two_laptops(make: Make) -> None:
    north, south, officer = make("north"), make("south"), make("officer")

    # Each nation makes its keys, and gives its offer to the one that founds.
    north.run("nation", "create", "XAA", "Alfaland", "--person", "Cdr Aalto", "--out", "xaa.offer")
    south.run("nation", "create", "XBB", "Bravoland", "--person", "Cdr Berg", "--out", "xbb.offer")

    # The charter goes round: founded and signed, signed and complete, entered.
    north.run("charter", "found", "xaa.offer", "xbb.offer", "--name", "Baltic Shield", "--out", "shield.charter")
    assert "complete: " in south.run("charter", "sign", "shield.charter").out
    assert "complete: " in north.run("charter", "sign", "shield.charter").out

    # Nodes, a link, a channel.
    address = north.node("--listen", "127.0.0.1:0")["listen"][0]
    south.node()
    south.run("peer", "add", address)
    north.run("channel", "create", "#ops", "--members", "XAA,XBB", "--ceiling", "SECRET")
    until(lambda: south.run("channel", "list").out)

    # An officer joins: code over one way, words over another.
    code = north.run(
        "invite", "create", "--person", "Lt Carl", "--clearance", "RESTRICTED", "--address", address
    ).out  # fmt: skip
    told = officer.run("join", "-", "--name", "Carl", stdin=code.replace("A", "B", 1), code=2)
    assert "this is no invite code" in told.err
    assert not (officer.home / "keys").exists()
    secret = officer.desk / "code"
    secret.touch(mode=0o600)
    secret.write_text(code)
    joining = officer.start("join", "--code-file", secret, "--name", "Carl")

    def asked() -> dict[str, object] | None:
        return next((one for one in north.run("invite", "list", "--json").records if one["words"]), None)

    invite = until(asked)
    words = " ".join(invite["words"])
    assert north.run("invite", "approve", invite["id"], "--words", "a b c d e f", "--json", code=5).error["code"] == (
        "words-differ"
    )
    said, screen = at_terminal(
        north.command("invite", "approve", invite["id"], passphrase=False),
        [("the same six words?", "yes")],
        cwd=north.desk,
        environ=north.environ,
    )
    assert said == 0, screen
    assert words in screen
    out, err = joining.communicate(timeout=30)
    assert joining.returncode == 0, err
    assert out == f"words: {words}\njoined Baltic Shield as Lt Carl of XAA\n"

    # A message that the officer is not cleared for, one that he is, and a line from a program.
    secret_id = south.run("send", "#ops", "ships at dawn", "--label", "SECRET", "--wait", "delivered").out.split()[0]
    plain_id = south.run("send", "#ops", "-", "--label", "RESTRICTED", stdin="fog until noon\n").out.strip()

    def read_by_officer() -> list[str]:
        return [one["entry_id"] for one in officer.run("read", "#ops", "--json", "--mark").records]

    until(lambda: plain_id in read_by_officer())
    assert secret_id not in read_by_officer()
    assert secret_id in [one["entry_id"] for one in north.run("read", "#ops", "--json", "--mark").records]

    def receipts() -> set[tuple[str, str]]:
        deliveries = south.run("status", plain_id, "--json").record["deliveries"]
        return {(one["person"], one["state"]) for one in deliveries}

    until(lambda: receipts() == {("Cdr Aalto", "read"), ("Lt Carl", "read")})

    # What he may not send is refused before anything leaves.
    assert officer.run("send", "#ops", "x", "--label", "SECRET", "--json", code=3).error["clause"] == "level-clearance"

    assert officer.run("keys", "rekey", "--yes", "--json", code=5).error["code"] == "not-authorised"

    # His custodian's device makes the envelopes of both, but not at the highest level.
    assert officer.run("custodian", "keying", "--withdraw", "--json", code=2).error["code"] == "usage"
    assert north.run("custodian", "keying").out == "no keying device: each device makes its own envelopes\n"
    keyer = north.run("nation", "devices", "--json").records[0]["device_id"]
    assert officer.run("custodian", "keying", keyer, "--json", code=5).error["code"] == "not-authorised"
    named = f"keying device Cdr Aalto (1), this device, {keyer[:8]}: the others seal under its envelopes, but not at TOP SECRET"
    assert north.run("custodian", "keying", keyer[:8]).out == f"{named}\n"
    until(lambda: named.replace(", this device", "") in officer.run("keys", "status").out)
    withdrawn = north.run("custodian", "keying", "--withdraw", keyer, "--json").record
    assert withdrawn == {"devices": []}

    # He is to cover for the custodian: he asks for a seat, and the root certifies it.
    officer.run("custodian", "request", "--out", "seat.request")
    assert south.run("custodian", "certify", "seat.request", "--json", code=2).error["code"] == "usage"
    assert north.run("custodian", "certify", "seat.request").out == "custodian 1 is Lt Carl (1)\n"
    until(lambda: "custodian 1 (this home): certified until" in officer.run("custodian", "list").out)

    # Certificates are renewed: a device's by its custodian, the custodians' by their root.
    devices = north.run("nation", "devices", "--json").records
    assert [(one["person"], one["valid"]) for one in devices] == [("Cdr Aalto", True), ("Lt Carl", True)]
    his = devices[1]["device_id"]
    assert south.run("keys", "renew", his, "--json", code=2).error["code"] == "unknown-device"
    assert north.run("keys", "renew", his[:8]).out.startswith("Lt Carl (1): certified until ")
    assert [one["seat"] for one in north.run("nation", "renew", "--json").records] == [0, 1]

    # His laptop is lost. The custodian is asked; a script says so beforehand; it is named by its id, or he by his name.
    assert "there is no terminal to ask at" in north.run("keys", "revoke", "--person", "Lt Carl", code=2).err
    said, screen = at_terminal(
        north.command("keys", "revoke", "--person", "Lt Carl", passphrase=False),
        [("do it?", "no")],
        cwd=north.desk,
        environ=north.environ,
    )
    assert (said, "Lt Carl (1), device " in screen, "would be revoked" in screen) == (0, True, True)
    assert "nothing was done" in screen
    assert "hex digits" in north.run("keys", "revoke", "Lt Carl", "--yes", code=2).err
    (lost,) = [one["device_id"] for one in north.run("invite", "list", "--json").records]
    done = north.run("keys", "revoke", lost[:8], "--reason", "lost", "--yes", "--json").record
    assert [one["device_id"] for one in done["revoked"]] == [lost]
    assert (done["done"], done["reason"], done["edition"], done["replaced"]) == (True, "lost", 4, [1])
    shown = north.run("keys", "status").out
    assert "edition 4  EFFECTIVE" in shown
    assert "edition 1: a cut-off sender may still use it until " in shown
    assert "0 of 0 devices are keyed" in shown
    lines = north.run("keys", "rekey", "--yes", "--follow").out.splitlines()
    assert lines[0] == "edition 5 runs in place of 4"
    assert lines[2].startswith("a cut-off sender may still use the old key until ")
    assert lines[3].startswith("at levels that run on, ")
    assert lines[4].endswith(": 0 of 0 devices are keyed, 0 have answered"), "there is nobody left to follow"
    for laptop in (north, south, officer):
        assert laptop.run("node", "stop").out == "stopped\n"
