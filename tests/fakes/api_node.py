"""A scripted node without network and cryptography: lists in memory, for the tests of the client and of the front ends.

It keeps what a node keeps of channels, read marks, deliveries and acknowledgements, and tells the same events.
`answers` puts a fixed answer, an error or a function in place of what it would say; `twist` changes whatever it says.
`api_server` puts it behind a stream.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import attrs

from coalchat.api import enrolment, events, nouns, requests, responses, scopes, search
from coalchat.api.base import NEWEST, Request, Response
from coalchat.api.codec import fitting
from coalchat.api.drafts import Draft
from coalchat.api.vocabulary import Answer, ControlSubject, Phase, Role, State
from coalchat.errors import (
    AlreadyExists,
    CoalchatError,
    Locked,
    Refused,
    UnknownChannel,
    UnknownLabel,
    UnknownMessage,
    UnknownPeer,
    UsageError,
    WrongPassphrase,
)
from coalchat.record import evolve
from tests.fakes.api_enrolment import WORDS, answer_enrolment
from tests.fakes.api_records import (
    KEYS,
    NATIONS,
    NOW,
    POLICY,
    channel_record,
    level_of,
    link_record,
    message_record,
    node_record,
    portion_of,
    quoted_record,
    status_record,
)
from tests.fakes.api_search import answer_search
from tests.fakes.api_versions import answer_versions

Scripted = Response | CoalchatError | Callable[[Any], Response | Awaitable[Response]]

__all__ = ["PASSPHRASE", "WORDS", "FakeNode"]

PASSPHRASE = b"correct horse"
LOCKED_OPS = (requests.Hello, requests.Unlock, requests.GetStatus, requests.Stop)


@attrs.define
class FakeNode:
    """One node. Fields may be read and changed by a test at any time."""

    phase: Phase = Phase.UNLOCKED
    token: str = ""
    granted: tuple[scopes.Scope, ...] = scopes.ALL
    answers: dict[type[Request[Any]], Scripted] = attrs.field(factory=dict)
    calls: list[Request[Any]] = attrs.field(factory=list)
    channels: list[nouns.Channel] = attrs.field(factory=list)
    messages: list[nouns.Message] = attrs.field(factory=list)
    marks: dict[str, int] = attrs.field(factory=dict)
    acknowledged: dict[str, responses.Acknowledged] = attrs.field(factory=dict)
    policy: responses.Policy = POLICY
    keys: responses.Keys = KEYS
    by_client_id: dict[str, responses.Sent] = attrs.field(factory=dict)
    deliveries: dict[str, list[nouns.Delivery]] = attrs.field(factory=dict)
    happened: list[events.Event] = attrs.field(factory=list)
    peers: dict[str, nouns.Link] = attrs.field(factory=dict)
    audit: list[nouns.AuditRecord] = attrs.field(factory=list)
    invites: list[enrolment.Invite] = attrs.field(factory=list)
    warnings: tuple[str, ...] = ()
    as_said: dict[str, str] = attrs.field(factory=dict)
    drafts: dict[str, Draft] = attrs.field(factory=dict)
    connections: int = 0
    twist: Callable[[Response], Response] | None = None
    stopped: anyio.Event = attrs.field(factory=anyio.Event)
    _news: anyio.Event = attrs.field(factory=anyio.Event)

    def add_channel(
        self, title: str, *members: str, ceiling: str = "MISSION SECRET", purpose: str = ""
    ) -> nouns.Channel:
        channel = channel_record(len(self.channels) + 1, title, members or ("XAA", "XBB"), ceiling, purpose)
        self.channels.append(channel)
        return channel

    def add_message(self, channel: str, text: str, **changes: Any) -> nouns.Message:
        """Let a message arrive from Maj Kowal of XBB, or from whom `changes` say."""
        where = self.find_channel(channel)
        position = len(self.messages) + 1
        if "marking" in changes:
            marking = changes["marking"]
            changes = {"level": level_of(marking), "portion": portion_of(marking), **changes}
        message = evolve(message_record(position, where, text), **changes)
        self.messages.append(message)
        self.tell(
            events.MessageArrived(
                channel_id=where.id,
                entry_id=message.entry_id,
                position=position,
                author_nation=message.author_nation,
                precedence=message.precedence,
                mine=message.mine,
            )
        )
        return message

    def move(
        self,
        entry_id: str,
        nation: str,
        state: State,
        *,
        person: str | None = None,
        reason: str = "",
        answer: Answer | None = None,
        **times: int,
    ) -> None:
        """Let a message of ours move on with a nation, or with a person of it; `times` are fields of the row."""
        rows = self.deliveries.setdefault(entry_id, [])
        rows[:] = [row for row in rows if (row.nation, row.person) not in {(nation, None), (nation, person)}]
        if state is State.ACKNOWLEDGED and answer is None:
            answer = Answer.NONE
        made = nouns.Delivery(
            nation=nation,
            person=person,
            device=None if person is None else 1,
            role=None if person is None else Role.OFFICER,
            state=state,
            since=NOW,
            answer=answer,
            reason=reason,
        )
        rows.append(evolve(made, **times))
        channel = self.find_message(entry_id).channel_id
        self.tell(events.StateChanged(channel_id=channel, entry_id=entry_id, nation=nation, state=state, reason=reason))

    def tell(self, body: events.Body) -> None:
        """Write an event."""
        self.happened.append(events.Event(cursor=len(self.happened) + 1, time=NOW, body=body))
        self._news.set()
        self._news = anyio.Event()

    def find_channel(self, name: str) -> nouns.Channel:
        for channel in self.channels:
            if channel.title == name or (name and channel.id.startswith(name)):
                return channel
        raise UnknownChannel(name)

    def find_message(self, entry_id: str) -> nouns.Message:
        for message in self.messages:
            if entry_id and message.entry_id.startswith(entry_id):
                return message
        raise UnknownMessage(entry_id)

    # --- operations ---

    async def answer(self, request: Request[Any]) -> Response:
        """What the node says, as `twist` has it."""
        said = await self._say(request)
        return self.twist(said) if self.twist else said

    async def _say(self, request: Request[Any]) -> Response:
        self.calls.append(request)
        if type(request) in self.answers:
            scripted = self.answers[type(request)]
            if isinstance(scripted, CoalchatError):
                raise scripted
            if isinstance(scripted, Response):
                return scripted
            result = scripted(request)
            return result if isinstance(result, Response) else await result
        if self.phase is Phase.LOCKED and not isinstance(request, LOCKED_OPS):
            raise Locked
        if isinstance(request, requests.NextEvents):
            return await self._next_events(request)
        return self._answer_now(request)

    async def _next_events(self, request: requests.NextEvents) -> Response:
        if request.cursor == NEWEST:
            return responses.EventPage(events=(), next_cursor=len(self.happened))
        with anyio.move_on_after(request.wait_seconds):
            while len(self.happened) <= request.cursor:
                await self._news.wait()
        found = fitting(self.happened[request.cursor :][: request.limit])
        return responses.EventPage(events=found, next_cursor=request.cursor + len(found))

    def _answer_now(self, request: Request[Any]) -> Response:  # noqa: C901, PLR0912  # one case an operation
        match request:
            case requests.Unlock() | requests.CheckPassphrase() if request.passphrase != PASSPHRASE:
                raise WrongPassphrase
            case requests.Unlock():
                self.phase = Phase.UNLOCKED
                self.tell(events.ControlChanged(subject=ControlSubject.NODE, id="", phase=self.phase))
                return node_record(self.phase)
            case requests.GetStatus():
                return self._status()
            case requests.Stop() | requests.CheckPassphrase():
                return responses.Done()
            case requests.ListChannels():
                return responses.ChannelList(channels=tuple(self._channel(channel) for channel in self.channels))
            case requests.CreateChannel():
                return self.add_channel(
                    request.title, *request.members, ceiling=request.ceiling, purpose=request.purpose
                )
            case requests.PreviewLabel():
                return self._preview(request)
            case requests.SendMessage():
                return self._send(request)
            case requests.ListMessages():
                return self._list(request)
            case search.SearchMessages():
                return answer_search(self, request)
            case requests.ShowMessage():
                return self.find_message(request.id)
            case requests.MarkRead():
                return self._mark(request)
            case requests.AcknowledgeMessage():
                return self._acknowledge(request)
            case requests.GetMessageStatus():
                message = self.find_message(request.id)
                deputies = self.find_channel(message.channel_id).deputies
                return status_record(message, self.deliveries.get(message.entry_id, ()), deputies)
            case requests.AddPeer():
                return self.peers.setdefault(request.address, link_record(request.address))
            case requests.ListPeers():
                return responses.PeerList(peers=tuple(self.peers.values()))
            case requests.RemovePeer():
                if self.peers.pop(request.address, None) is None:
                    raise UnknownPeer(request.address)
                return responses.Done()
            case requests.ListAudit():
                records = tuple(self.audit[request.after :][: request.limit])
                reached = request.after + len(records)
                return responses.AuditPage(records=records, next_number=reached, more=reached < len(self.audit))
            case requests.ListNations():
                return responses.NationList(nations=NATIONS)
            case requests.ShowPolicy():
                return self.policy
            case requests.ShowKeys():
                return self.keys
        return answer_versions(self, request) or answer_enrolment(self.invites, request)

    def _status(self) -> Response:
        return responses.Status(
            node=node_record(self.phase),
            version="0.1.0",
            pid=os.getpid(),
            started=NOW,
            listen=(),
            links=tuple(self.peers.values()),
            queued=0,
            unread=sum(not message.read for message in self.messages),
            cursor=len(self.happened),
            warnings=self.warnings,
        )

    def _channel(self, channel: nouns.Channel) -> nouns.Channel:
        """The channel with what its messages make of it; as a test set it, as long as there are none."""
        inside = [message for message in self.messages if message.channel_id == channel.id]
        if not inside:
            return channel
        unread = [message for message in inside if not message.read and not message.mine]
        return evolve(
            channel,
            unread=len(unread),
            unread_precedence=max((m.precedence for m in unread), key=lambda found: found.rank, default=None),
            read_position=self.marks.get(channel.id, 0),
            newest=inside[-1].position,
        )

    def _preview(self, request: requests.PreviewLabel) -> Response:
        channel = self.find_channel(request.channel)
        level, _, rest = request.label.upper().partition(" REL ")
        try:
            index = level_of(level)
        except KeyError:
            raise UnknownLabel(request.label) from None
        named = tuple(code.strip() for code in rest.removeprefix("TO ").split(",")) if rest else channel.members
        denied = nouns.Denial(clause="level-ceiling", reason=f"the channel's ceiling is {channel.ceiling}")
        return responses.LabelPreview(
            marking=f"MISSION {level} REL {', '.join(named)}",
            level=index,
            portion=portion_of(level),
            readers=tuple(nouns.Reach(nation=code, devices=3, of=5) for code in named),
            withheld=tuple(nouns.Reach(nation=code, devices=5, of=5) for code in channel.members if code not in named),
            denied=denied if index > level_of(channel.ceiling) else None,
            warnings=(),
        )

    def _send(self, request: requests.SendMessage) -> Response:
        if request.client_id in self.by_client_id:
            sent = self.by_client_id[request.client_id]
            if self.find_message(sent.entry_id).text != request.text:
                raise AlreadyExists("this key was used for another message")
            return evolve(sent, repeated=True)
        preview = self._preview(requests.PreviewLabel(channel=request.channel, label=request.label))
        assert isinstance(preview, responses.LabelPreview)
        if preview.denied:
            raise Refused(preview.denied.clause, preview.denied.reason)
        nations = tuple(reach.nation for reach in preview.readers)
        message = self.add_message(
            request.channel,
            request.text,
            author_nation="XAA",
            author_person="Berg",
            marking=preview.marking,
            nations=nations,
            precedence=request.precedence,
            ack_by=request.ack_by,
            refs=(self.find_message(request.reply_to).entry_id,) if request.reply_to else (),
            quotes=tuple(quoted_record(self.find_message(name)) for name in request.quotes),
            mine=True,
            read=True,
        )
        for nation in nations:
            if nation != "XAA":
                self.move(message.entry_id, nation, State.QUEUED)
        states = tuple(nouns.NationState(nation=nation, state=State.QUEUED) for nation in nations)
        sent = responses.Sent(
            entry_id=message.entry_id, channel_id=message.channel_id, position=message.position,
            marking=message.marking, nations=states, repeated=False,
        )  # fmt: skip
        self.by_client_id[request.client_id] = sent
        return sent

    def _list(self, request: requests.ListMessages) -> Response:
        channel = self.find_channel(request.channel).id if request.channel else None
        before = 2**62 if request.before_position == NEWEST else request.before_position
        if before and request.after_position:
            raise UsageError("before_position: not together with after_position")
        inside = [message for message in self.messages if channel in {None, message.channel_id}]
        if before:
            ahead = [message for message in inside if message.position < before]
            page = fitting(ahead[-request.limit :][::-1])[::-1]
            reached = page[0].position if page else request.before_position
            return responses.MessagePage(messages=page, next_position=reached, more=len(page) < len(ahead))
        behind = [message for message in inside if message.position > request.after_position]
        page = fitting(behind[: request.limit])
        reached = page[-1].position if page else request.after_position
        return responses.MessagePage(messages=page, next_position=reached, more=len(page) < len(behind))

    def _mark(self, request: requests.MarkRead) -> Response:
        channel, marked = self.find_channel(request.channel), self.find_message(request.entry_id)
        position = max(self.marks.get(channel.id, 0), marked.position)
        if position > self.marks.get(channel.id, 0):
            self.marks[channel.id] = position
            self.tell(events.MarkMoved(channel_id=channel.id, position=position))
        newly = 0
        for index, message in enumerate(self.messages):
            if message.channel_id == channel.id and message.position <= marked.position and not message.read:
                self.messages[index] = evolve(message, read=True)
                newly += 1
        return responses.Marked(channel_id=channel.id, position=position, newly=newly)

    def _acknowledge(self, request: requests.AcknowledgeMessage) -> Response:
        message = self.find_message(request.id)
        if message.mine:
            raise UsageError("id: an own message")
        wanted = {Answer.NONE: False, Answer.CAVEAT: True}
        if wanted.get(request.answer, bool(request.text)) != bool(request.text):
            raise UsageError("text: a caveat has one, and who answers nothing has none")
        given = responses.Acknowledged(
            entry_id=message.entry_id,
            channel_id=message.channel_id,
            answer=request.answer,
            text=request.text,
            at=NOW,
            repeated=False,
        )
        if self.acknowledged.get(message.entry_id) == given:
            return evolve(given, repeated=True)
        self.acknowledged[message.entry_id] = given
        self.messages[self.messages.index(message)] = evolve(message, answered=request.answer)
        self.tell(
            events.ReceiptArrived(
                channel_id=message.channel_id,
                entry_id=message.entry_id,
                nation="XAA",
                person="Berg",
                device=1,
                state=State.ACKNOWLEDGED,
            )
        )
        return given
