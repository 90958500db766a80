"""Two laptops, by hand: a nation each, a charter that both sign, an officer who joins, a message and its receipts."""

import pytest

from tests.cli.conftest import Make
from tests.cli.laptops import until
from tests.cli.terminal import at_terminal


@pytest.mark.story
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
    for laptop in (north, south, officer):
        assert laptop.run("node", "stop").out == "stopped\n"
