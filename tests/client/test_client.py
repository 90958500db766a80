"""Every operation through the typed client, against a scripted node."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import TaskGroup

from coalchat.api import nouns, requests
from coalchat.api.base import NEWEST
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, JoinState, Phase, Precedence, Role, State
from coalchat.client import Client, over
from coalchat.errors import (
    AlreadyExists,
    ExitCode,
    Expired,
    Locked,
    NodeGone,
    NotAuthorised,
    RecipientRefused,
    Refused,
    StillQueued,
    UnknownChannel,
    UnknownInvite,
    UnknownLabel,
    UnknownMessage,
    UnknownPeer,
    UsageError,
    WordsDiffer,
    WrongPassphrase,
)
from tests.client.conftest import Dial, stream_pair
from tests.fakes.api_node import PASSPHRASE, WORDS, FakeNode
from tests.fakes.api_records import KEYS, NATIONS, NOW
from tests.fakes.api_server import serve


async def test_hello_says_who_the_node_is(client: Client) -> None:
    assert client.node.nation == "XAA"
    assert client.node.phase is Phase.UNLOCKED
    assert client.granted == (Scope.READ, Scope.SEND, Scope.ADMIN)


async def test_a_wrong_token_is_refused(fake: FakeNode, tasks: TaskGroup) -> None:
    ours, theirs = await stream_pair()
    tasks.start_soon(serve, fake, theirs)
    with pytest.raises(NotAuthorised, match="token"):
        async with over(ours, client_name="stranger", token="0" * 64):
            pytest.fail("it let us in")


async def test_a_scope_that_was_not_granted_is_refused(fake: FakeNode, dial: Dial) -> None:
    fake.granted = (Scope.READ,)
    client = await dial()
    assert client.granted == (Scope.READ,)
    await client.channels()
    with pytest.raises(NotAuthorised, match="scope send"):
        await client.send("#ops", "x", "SECRET")
    assert not any(isinstance(call, requests.SendMessage) for call in fake.calls)


async def test_a_locked_node_takes_the_passphrase(fake: FakeNode, dial: Dial) -> None:
    fake.phase = Phase.LOCKED
    client = await dial()
    assert client.node.phase is Phase.LOCKED
    assert (await client.status()).node.nation == ""
    with pytest.raises(Locked) as caught:
        await client.channels()
    assert caught.value.exit_code == ExitCode.LOCKED
    with pytest.raises(WrongPassphrase):
        await client.unlock(b"wrong")
    unlocked = await client.unlock(PASSPHRASE)
    assert (unlocked.nation, unlocked.phase) == ("XAA", Phase.UNLOCKED)
    assert client.node == unlocked


async def test_status_tells_the_node_at_a_glance(fake: FakeNode, client: Client) -> None:
    fake.add_message("#ops", "hello")
    await client.add_peer("127.0.0.1:7447")
    status = await client.status()
    assert (status.unread, status.cursor, status.queued) == (1, 1, 0)
    assert [link.address for link in status.links] == ["127.0.0.1:7447"]


async def test_stop_answers_and_then_the_connection_ends(fake: FakeNode, client: Client) -> None:
    await client.stop()
    assert fake.stopped.is_set()
    with pytest.raises(NodeGone):
        await client.status()


async def test_channels_are_created_and_listed(client: Client) -> None:
    made = await client.create_channel("#med", ["XAA", "XCC"], "RESTRICTED", "medical")
    assert made.members == ("XAA", "XCC")
    assert [channel.title for channel in await client.channels()] == ["#ops", "#med"]


async def test_a_preview_says_who_can_read_and_who_not(client: Client) -> None:
    preview = await client.preview("#ops", "secret rel xaa, xbb")
    assert preview.marking == "MISSION SECRET REL XAA, XBB"
    assert preview.readers == (nouns.Reach(nation="XAA", devices=3, of=5), nouns.Reach(nation="XBB", devices=3, of=5))
    assert preview.withheld == (nouns.Reach(nation="XCC", devices=5, of=5),)
    assert preview.denied is None
    denied = (await client.preview("#ops", "TOP SECRET")).denied
    assert denied is not None
    assert denied.clause == "level-ceiling"


async def test_a_message_is_sent_and_read_back(fake: FakeNode, client: Client) -> None:
    sent = await client.send("#ops", "Route B", "SECRET REL XAA, XBB", precedence=Precedence.FLASH, ack_by=NOW + 60)
    assert sent.marking == "MISSION SECRET REL XAA, XBB"
    assert [(row.nation, row.state) for row in sent.nations] == [("XAA", State.QUEUED), ("XBB", State.QUEUED)]
    message = await client.message(sent.entry_id[:8])
    assert (message.text, message.precedence, message.ack_by, message.mine) == (
        "Route B",
        Precedence.FLASH,
        NOW + 60,
        True,
    )
    reply = await client.send("#ops", "Seen", "SECRET", reply_to=sent.entry_id)
    assert (await client.message(reply.entry_id)).refs == (sent.entry_id,)
    assert len(fake.by_client_id) == 2


async def test_the_same_client_id_is_sent_once(fake: FakeNode, client: Client) -> None:
    first = await client.send("#ops", "alert", "SECRET", client_id="cap-1")
    again = await client.send("#ops", "alert", "SECRET", client_id="cap-1")
    assert again.repeated
    assert again.entry_id == first.entry_id
    assert len(fake.messages) == 1
    with pytest.raises(AlreadyExists):
        await client.send("#ops", "another", "SECRET", client_id="cap-1")


async def test_a_refusal_comes_with_its_clause_and_code(client: Client) -> None:
    with pytest.raises(Refused) as caught:
        await client.send("#ops", "x", "TOP SECRET")
    assert (caught.value.clause, caught.value.exit_code) == ("level-ceiling", ExitCode.REFUSED)


async def test_errors_come_as_their_classes(client: Client) -> None:
    with pytest.raises(UnknownChannel, match="#nowhere"):
        await client.send("#nowhere", "x", "SECRET")
    with pytest.raises(UnknownLabel):
        await client.preview("#ops", "COSMIC")
    with pytest.raises(UnknownMessage):
        await client.message("ffff")
    with pytest.raises(UnknownPeer):
        await client.remove_peer("127.0.0.1:1")
    with pytest.raises(UnknownInvite):
        await client.withdraw_invite("77")


async def test_messages_come_by_position(fake: FakeNode, client: Client) -> None:
    fake.add_channel("#med")
    for number in range(5):
        fake.add_message("#med" if number == 2 else "#ops", f"text {number}")
    page = await client.messages("#ops", limit=2)
    assert [message.text for message in page.messages] == ["text 0", "text 1"]
    assert page.more
    rest = await client.messages("#ops", after=page.next_position)
    assert [message.text for message in rest.messages] == ["text 3", "text 4"]
    assert not rest.more
    empty = await client.messages("#ops", after=rest.next_position)
    assert (empty.messages, empty.next_position) == ((), rest.next_position)
    assert len((await client.messages()).messages) == 5


async def test_all_messages_come_though_no_frame_holds_them(fake: FakeNode, client: Client) -> None:
    for _ in range(120):
        fake.add_message("#ops", "x" * 16_384)
    found = await client.all_messages("#ops")
    assert [message.position for message in found] == list(range(1, 121))
    assert sum(isinstance(call, requests.ListMessages) for call in fake.calls) >= 3


async def test_pages_go_backwards_too(fake: FakeNode, client: Client) -> None:
    for number in range(5):
        fake.add_message("#ops", f"text {number}")
    newest = await client.messages("#ops", limit=2, before=NEWEST)
    assert ([message.text for message in newest.messages], newest.more) == (["text 3", "text 4"], True)
    before = await client.messages("#ops", limit=9, before=newest.next_position)
    assert ([message.text for message in before.messages], before.more) == (["text 0", "text 1", "text 2"], False)
    nothing = await client.messages("#ops", before=before.next_position)
    assert (nothing.messages, nothing.next_position) == ((), before.next_position)
    with pytest.raises(UsageError, match="before_position"):
        await client.messages("#ops", after=1, before=2)


async def test_the_policy_and_the_keys_are_shown(client: Client) -> None:
    policy = await client.policy()
    assert [level.name for level in policy.levels] == ["UNCLASSIFIED", "RESTRICTED", "SECRET", "TOP SECRET"]
    assert (policy.categories, policy.readable) == (("CONVOY", "EXCON"), 2)
    assert await client.keys() == KEYS


async def test_a_message_is_acknowledged(fake: FakeNode, client: Client) -> None:
    order = fake.add_message("#ops", "hold")
    given = await client.acknowledge(order.entry_id[:8], Answer.CAVEAT, "by day")
    assert (given.entry_id, given.answer, given.text, given.repeated) == (
        order.entry_id,
        Answer.CAVEAT,
        "by day",
        False,
    )
    assert (await client.acknowledge(order.entry_id, Answer.CAVEAT, "by day")).repeated
    assert not (await client.acknowledge(order.entry_id)).repeated
    assert (await client.message(order.entry_id)).answered is Answer.NONE
    assert requests.AcknowledgeMessage(id=order.entry_id, answer=Answer.NONE, text="") in fake.calls
    with pytest.raises(UsageError, match="text"):
        await client.acknowledge(order.entry_id, Answer.CAVEAT)


async def test_the_read_mark_moves(fake: FakeNode, client: Client) -> None:
    fake.add_message("#ops", "one")
    last = fake.add_message("#ops", "two")
    marked = await client.mark("#ops", last.entry_id)
    assert (marked.position, marked.newly) == (2, 2)
    assert (await client.mark("#ops", last.entry_id)).newly == 0


async def test_status_of_a_message_names_each_recipient(fake: FakeNode, client: Client) -> None:
    sent = await client.send("#ops", "x", "SECRET")
    fake.move(sent.entry_id, "XBB", State.READ, person="Kowal")
    status = await client.message_status(sent.entry_id)
    rows = {(row.nation, row.person): row.state for row in status.deliveries}
    assert rows == {("XCC", None): State.QUEUED, ("XBB", "Kowal"): State.READ}


async def test_waiting_ends_when_every_other_nation_is_there(fake: FakeNode, client: Client, tasks: TaskGroup) -> None:
    sent = await client.send("#ops", "x", "SECRET")

    async def travel() -> None:
        for nation, state in (("XBB", State.SENT), ("XBB", State.READ), ("XCC", State.DELIVERED)):
            await anyio.sleep(0.01)
            fake.move(sent.entry_id, nation, state)

    tasks.start_soon(travel)
    status = await client.wait_status(sent.entry_id, State.DELIVERED, within=30)
    assert {row.nation: row.state for row in status.deliveries} == {"XBB": State.READ, "XCC": State.DELIVERED}


async def test_a_nation_counts_by_its_furthest_device(fake: FakeNode, client: Client) -> None:
    """Those of its devices that have said nothing neither hold it back nor carry it on."""
    sent = await client.send("#ops", "x", "SECRET")
    for nation in ("XBB", "XCC"):
        for person in ("Kowal", "Silent"):
            fake.move(sent.entry_id, nation, State.SENT, person=person)
    with pytest.raises(StillQueued, match="XBB sent, XCC sent"):
        await client.wait_status(sent.entry_id, State.DELIVERED, within=0)
    fake.move(sent.entry_id, "XBB", State.READ, person="Kowal")
    with pytest.raises(StillQueued, match="XCC sent") as caught:
        await client.wait_status(sent.entry_id, State.DELIVERED, within=0)
    assert "XBB" not in caught.value.detail
    fake.move(sent.entry_id, "XCC", State.ACKNOWLEDGED, person="Kowal", answer=Answer.UNABLE)
    status = await client.wait_status(sent.entry_id, State.DELIVERED, within=0)
    assert len(status.deliveries) == 4


async def test_waiting_ends_with_who_is_missing(fake: FakeNode, client: Client) -> None:
    sent = await client.send("#ops", "x", "SECRET")
    fake.move(sent.entry_id, "XBB", State.DELIVERED)
    with pytest.raises(StillQueued) as caught:
        await client.wait_status(sent.entry_id, State.DELIVERED, within=0)
    assert caught.value.detail == "XCC queued"
    assert caught.value.exit_code == ExitCode.UNREACHABLE


async def test_waiting_ends_at_once_when_it_is_in_vain(fake: FakeNode, client: Client) -> None:
    sent = await client.send("#ops", "x", "SECRET")
    fake.move(sent.entry_id, "XBB", State.REFUSED, reason="above the ceiling of the bot")
    with pytest.raises(RecipientRefused, match=r"XBB.*above the ceiling"):
        await client.wait_status(sent.entry_id, State.DELIVERED, within=30)
    fake.move(sent.entry_id, "XBB", State.EXPIRED)
    with pytest.raises(Expired, match="XBB"):
        await client.wait_status(sent.entry_id, State.DELIVERED, within=30)


async def test_peers_are_added_and_removed(client: Client) -> None:
    link = await client.add_peer("127.0.0.1:7447")
    assert await client.add_peer("127.0.0.1:7447") == link
    assert await client.peers() == (link,)
    await client.remove_peer("127.0.0.1:7447")
    assert await client.peers() == ()


async def test_the_audit_record_comes_by_number(fake: FakeNode, client: Client) -> None:
    fake.audit = [
        nouns.AuditRecord(
            number=number, time=NOW, event="link-refused", subject="127.0.0.1", nation="", clause="", detail="stranger"
        )
        for number in range(1, 4)
    ]
    page = await client.audit(limit=2)
    assert ([record.number for record in page.records], page.next_number, page.more) == ([1, 2], 2, True)
    assert not (await client.audit(after=2)).more


async def test_nations_come_by_index(client: Client) -> None:
    assert await client.nations() == NATIONS


async def test_an_invite_is_made_and_approved_by_its_words(client: Client) -> None:
    invite = await client.create_invite("Lind", role=Role.OFFICER, level="SECRET", address="127.0.0.1:7447")
    assert [found.id for found in await client.invites()] == [invite.invite_id]
    with pytest.raises(WordsDiffer):
        await client.approve_invite(invite.invite_id, WORDS[::-1])
    assert (await client.approve_invite(invite.invite_id, WORDS)).person == "Lind"
    await client.withdraw_invite(invite.invite_id)
    assert await client.invites() == ()


async def test_joining_shows_the_words(client: Client) -> None:
    joining = await client.join("code", "Lind")
    assert (joining.state, joining.words) == (JoinState.COMPARING, WORDS)
    assert await client.join_status() == joining
