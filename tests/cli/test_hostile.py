"""What hostile peers write stays text at the command line too (SPEC 12.8): every command that shows some, at a terminal of its own.

The node is the scripted one of the desk's tests, all of whose peers are hostile; commands are forked, and their terminal is
80 columns wide: each text ends in what would begin rows with a false mark, were its lines left for the terminal to break.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import anyio
import attrs
import pytest
from anyio.from_thread import start_blocking_portal
from rich.cells import cell_len

from coalchat.api import about, deadlines, enrolment, events, evidence, history, nouns, renewal, requests, responses
from coalchat.api.vocabulary import Answer, Gap, JoinState, Phase, Precedence, Role, State
from coalchat.cli.armour import Kind, write_armour
from coalchat.paths import ensure_private_home
from coalchat.record import evolve
from protocol.base import crypto, records
from protocol.interchange import label4774, spif
from protocol.trust import founding
from tests.cli import forked
from tests.cli.test_help import COMMANDS
from tests.desk.crowd import crowded
from tests.desk.peer_fields import AT_COMMANDS
from tests.desk.poison import MARK, Poison
from tests.desk.scene import NOW
from tests.desk.test_hostile import acted_on
from tests.desk.way import REFUSED
from tests.fakes.api_enrolment import WORDS
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import node_record
from tests.fakes.api_server import listen
from tests.fakes.coalition import make_coalition

WIDTH: Final = 80
FALSE: Final = "[U]" * 60
BEGINS: Final = re.compile(r"^(?:\[?U\]|\]\[)", re.MULTILINE)
"""A row of the terminal that begins in the middle of that."""
OPS, ALERTS = f"{1:032x}", f"{4:032x}"
OJA: Final = f"{1 << 96:032x}"
LAST: Final = ("tail", "--count", "1", "--cursor")


def commands(node: FakeNode) -> tuple[tuple[str, ...], ...]:
    """All that show what a peer wrote."""
    order = next(one.entry_id for one in reversed(node.messages) if one.mine and one.ack_by)
    reports = [one.entry_id for one in node.messages if one.report is not None][-2:]
    asked = next(one.id for one in node.invites if one.words)
    answer = next(one.entry_id for one in reversed(node.messages) if one.refs)
    return (
        ("status",),
        ("status", order),
        ("read", OPS, "--limit", "12"),
        ("read", ALERTS, "--limit", "4"),
        ("read", "--history", order),
        (*LAST, str(len(node.happened) - 3)),
        ("thread", answer),
        ("ack", answer),
        ("remind", order, "--escalate", "--yes"),
        ("channel", "list"),
        ("channel", "show", OPS),
        ("search", "bridge", "--limit", "5"),
        ("label", "check", "SECRET", "--channel", OPS),
        ("label", "check", "TOP SECRET", "--channel", OPS),
        ("send", OPS, REFUSED, "--label", "SECRET", "--yes"),
        ("report", "list", "--limit", "4"),
        *(("report", "show", one) for one in reports),
        ("roe", "list"),
        ("roe", "log"),
        ("roe", "show", "IMPL 005"),
        ("direct", "list"),
        ("direct", "words", OJA),
        ("history", "list"),
        ("history", "ask"),
        ("invite", "list"),
        ("invite", "approve", asked, "--words", " ".join(WORDS)),
        ("nation", "list"),
        ("nation", "devices"),
        ("custodian", "keying"),
        ("custodian", "certify", "seat.request"),
        ("keys", "status"),
        ("keys", "renew", "4a" * 16),
        ("keys", "revoke", "4a" * 16, "--reason", "lost", "--yes"),
        ("peer", "list"),
        ("audit", "list", "--limit", "3"),
        ("export", "--text"),
        ("evidence", "check", "it.evidence"),
        ("label", "read", "label.xml"),
        ("charter", "show", "watch.charter"),
        ("join",),
    )


def _way(words: str) -> frozenset[tuple[str, ...]]:
    """Commands, by their words: "peer list, peer add"."""
    return frozenset(tuple(one.split()) for one in words.split(","))


ALIKE: Final = {
    _way("forward, correct, recall, report file"): ("send",),
    _way("channel create, channel widen, channel minimize, channel deputy, channel admin"): ("channel", "show"),
    _way("node status, node start, node unlock"): ("status",),
    _way("direct confirm, direct withdraw"): ("direct", "list"),
    _way("keys rekey"): ("keys", "revoke"),
    _way("keys confirm-clock"): ("keys", "status"),
    _way("roe ack, roe endorse"): ("roe", "show"),
    _way("roe request, roe authorise, roe deny, roe implement, roe amend, roe cancel, roe caveat"): ("roe", "show"),
    _way("charter found, charter sign, charter admit, charter suspend, charter reinstate"): ("charter", "show"),
    _way("policy check, policy import"): ("label", "read"),
}
"""Commands that ask or act first, and then show records, refusals or files as another one does that is run here."""
NOTHING: Final = {
    "it writes what its person, his files or this program say": _way(
        "demo, nation create, custodian request, invite create, invite withdraw, keys passphrase, keys backup, keys restore,"
        " keys zeroize, label export, policy national, peer add, peer remove, node run, node stop, node offline"
    ),
    "forms are this node's own": _way(
        "report forms, report form add, report form check, report form list, report form export, report form remove"
    ),
    "it answers with ids, counts and times": _way(
        "custodian list, nation renew, history approve, history refuse, evidence export"
    ),
}
"""Commands that show nothing that a peer wrote, by why."""


def _said(node: FakeNode) -> None:
    """What only commands ask for."""
    of = next(one for one in reversed(node.messages) if one.mine and one.ack_by)
    channel = node.find_channel(OPS)
    missing = about.Missing(
        person="Saar", role=Role.OFFICER, state=State.HELD, gap=Gap.HELD, since=NOW, reason="by XBB", late=True
    )
    nation = about.NationReceipts(nation="XCC", expected=2, reached=1, missing=(missing,))
    device: dict[str, Any] = {"nation": "XCC", "person": "Saar", "device": 1}
    ask = node._answer_now

    def status(one: requests.GetMessageStatus) -> responses.MessageStatus:
        found = ask(one)
        assert isinstance(found, responses.MessageStatus)
        recall = about.Recall(retraction_id="r" * 64, time=NOW, spill=True, confirmed=0, asked=1)
        return evolve(found, nations=(nation,), recall=recall, confirmations=(about.Confirmation(**device, at=NOW),))

    def preview(one: requests.PreviewLabel) -> responses.LabelPreview:
        found = ask(one)
        assert isinstance(found, responses.LabelPreview)
        return evolve(found, warnings=("Saar has no key",))

    def joining(_: enrolment.GetJoinStatus) -> enrolment.Joining:
        state = states.pop(0)
        return enrolment.Joining(state=state, words=WORDS, reason="no such guest", node=node_record(Phase.ENROLLING))

    states = [JoinState.COMPARING, JoinState.REFUSED]
    holder = deadlines.Holder(**device, role=Role.OFFICER, author=False, could_see=True, state=State.ACKNOWLEDGED, since=NOW,
                              answer=Answer.CAVEAT, text="watch only")  # fmt: skip
    account = deadlines.Account(
        message=of, asked=State.ACKNOWLEDGED, handle_by=NOW, nations=(nation,), holders=(holder,)
    )
    ours: dict[str, Any] = {"device_id": "4a" * 16, "person": "Varga", "device": 2}
    node.answers |= {
        requests.GetMessageStatus: status,
        requests.PreviewLabel: preview,
        enrolment.GetJoinStatus: joining,
        deadlines.ListAccounts: deadlines.AccountPage(accounts=(account,), marking=of.marking, next_position=9, more=False),
        history.AskHistory: history.HistoryAsked(device_id="4a" * 16, person="Varga", asked=7),
        deadlines.RemindRecipients: responses.Sent(
            entry_id="5e" * 32, channel_id=OPS, position=1, marking=of.marking, nations=(), repeated=True
        ),
        renewal.CertifySeat: renewal.Seated(seat=1, **ours),
        evidence.CheckEvidence: evidence.Proof(
            coalition="Northern Guard", coalition_id="0c" * 16, exercise=False, **device, device_id="0d" * 16,
            certified_from=NOW, certified_to=NOW, channel_id=OPS, feed_id="f" * 32, seq=1, entry_id=of.entry_id,
            marking=of.marking, nations=of.nations, precedence=Precedence.ROUTINE, kind="text", text="hold", author_time=NOW,
            noplay=False, state=None, answer=None, covered=(), refs=(), run=0,
        ),
    }  # fmt: skip
    node.keys = evolve(node.keys, keying=(nouns.KeyingDevice(**ours, valid=True, own=False),))
    node.audit += [
        nouns.AuditRecord(number=number, time=NOW, event="send-refused", subject="Saar", nation="XCC", clause="scope",
                          detail="to a guest") for number in (1, 2, 3)
    ]  # fmt: skip
    node.tell(events.ReceiptArrived(channel_id=OPS, entry_id=of.entry_id, **device, state=State.READ))
    node.tell(
        events.StateChanged(channel_id=OPS, entry_id=of.entry_id, nation="XCC", state=State.HELD, reason="by XBB")
    )
    node.add_message(channel.title, "last words")


def _label(poison: Poison) -> str:
    """A label of STANAG 4774 as somebody wrote it: of all that XML can hold."""
    names = [f"{number}<\u202e\u009b31m\u2028{FALSE}>" for number in (9001, 9002, 9003)]
    poison.put |= dict.fromkeys((9001, 9002, 9003), "XmlLabel")
    tag = label4774.XmlCategory(spif.TagKind.RESTRICTIVE, names[1], (names[2],))
    return label4774.write_label(label4774.XmlLabel(names[0], names[0], (tag,), NOW, privacy_mark=names[1], originator=names[2],
                                                    originator_type="rfc822Name"))  # fmt: skip


def _charter(poison: Poison) -> bytes:
    """A charter that goes round: names may be what SPEC's `Name` is, and no more."""
    world = make_coalition()
    names = [f"{number}<{'[U]' * 19}" for number in (9004, 9005, 9006)]
    poison.put |= dict.fromkeys((9004, 9005, 9006), "Charter")
    nations = [records.evolve(one, name=name) for one, name in zip(world.charter.nations, names, strict=True)]
    said = records.evolve(world.charter, name=names[0], nations=tuple(nations))
    secrets = tuple(founding.SealedSecret(nation, bytes(crypto.HPKE_OVERHEAD + 32)) for nation in range(3))
    return records.encode(founding.CharterFile(records.encode(said), records.encode(world.policy), (), secrets))


@attrs.define
class Said:
    """What commands wrote to their terminals, by command line; and what hostile peers had put into it."""

    by_command: dict[str, str]
    poison: Poison


@asynccontextmanager
async def _listening(node: FakeNode, folder: Path) -> Any:
    home = ensure_private_home(folder / "home")
    home.keys.write_bytes(b"its node is scripted: nobody opens this")
    async with anyio.create_task_group() as tasks:
        await tasks.start(listen, node, home)
        yield
        tasks.cancel_scope.cancel()


@contextmanager
def _place() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with a short path, and the environment of who works in it: the scripted node listens where a command looks."""
    with (
        tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        folder = Path(name).resolve()
        (folder / "run").mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        yield folder, {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture(scope="module")
def said() -> Iterator[Said]:
    poison = Poison(FALSE)
    node = crowded(poison)
    _said(node)
    found = Said({}, poison)
    with _place() as (folder, environ), start_blocking_portal("trio") as portal:
        (folder / "seat.request").write_text(write_armour(Kind.SEAT, b"seat"))
        (folder / "it.evidence").write_text(write_armour(Kind.EVIDENCE, b"evidence"))
        (folder / "label.xml").write_text(_label(poison), "utf-8")
        (folder / "watch.charter").write_text(write_armour(Kind.CHARTER, _charter(poison)))
        with portal.wrap_async_context_manager(_listening(node, folder)):
            for line in commands(node):
                for form in ((), ("--json",)) if line[0] in {"status", "audit", "send"} else ((),):
                    _, written = forked.at_terminal(
                        (*line, *form, "--home", "home"), columns=WIDTH, cwd=folder, environ=environ, within=30
                    )
                    found.by_command[" ".join((*line, *form))] = written.decode()
        yield found


def test_no_command_puts_a_control_on_the_terminal(said: Said) -> None:
    assert not {line: found for line, text in said.by_command.items() if (found := set(acted_on(text)))}


def test_no_text_begins_a_row_where_markings_stand(said: Said) -> None:
    for line, text in said.by_command.items():
        if "--json" not in line:
            assert not BEGINS.findall(text), line
            assert all(cell_len(row) <= WIDTH for row in text.split("\r\n")), line


def test_json_is_printable_ascii_and_exact(said: Said) -> None:
    lines = [text for line, text in said.by_command.items() if "--json" in line]
    texts = [row for text in lines for row in text.splitlines()]
    assert len(texts) > len(lines)
    assert all(row.isascii() and row.isprintable() and json.loads(row) for row in texts)


def test_every_message_stands_under_its_marking(said: Said) -> None:
    reads = [text for line, text in said.by_command.items() if line.startswith("read")]
    messages = [one for text in reads for one in text.removesuffix("\r\n\r\n").split("\r\n\r\n")]
    assert len(messages) > 12
    assert all(one.startswith("[MISSION ") for one in messages)


def test_somebody_has_decided_of_every_command_whether_it_shows_a_peers_words(said: Said) -> None:
    walked = {
        command for command in COMMANDS for line in said.by_command if tuple(line.split())[: len(command)] == command
    }
    beside = [command for commands in (*ALIKE, *NOTHING.values()) for command in commands]
    undecided = COMMANDS - walked - set(beside)
    assert not undecided, (
        f"{', '.join(map(' '.join, sorted(undecided)))}: let `commands` run it at a node that has something of a peer for it, or say"
        " in ALIKE as which other command it shows that, or in NOTHING why it shows nothing of a peer"
    )
    assert sorted(beside) == sorted(set(beside) & COMMANDS - walked), (
        "what is not there, decided twice, or walked after all"
    )
    assert set(ALIKE.values()) <= walked


def test_every_command_shows_peers_words_and_every_word_is_shown_by_one(said: Said) -> None:
    found = {line: set(map(int, MARK.findall(text))) for line, text in said.by_command.items()}
    assert [line for line, numbers in found.items() if not numbers] == []
    shown = {said.poison.put.get(number) for numbers in found.values() for number in numbers}
    assert not AT_COMMANDS - shown, f"no command of this test shows them: {', '.join(sorted(AT_COMMANDS - shown))}"
