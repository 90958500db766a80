"""Scripted officers: each at a client of his own real node, with his own pace and manner.

Rule 1: an officer knows what his node shows him and nothing else: what is not released to his nation, he cannot react to.
Rule 2: he does what a person would do, by the same calls: he reads, acknowledges, answers. Answers keep the label.
Rule 3: a node that is killed under him costs him a pause; what he cannot do is logged, and he goes on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain, cycle, repeat

import attrs
import structlog
import trio

from coalchat.api.base import MAX_WAIT, NEWEST
from coalchat.api.events import MessageArrived
from coalchat.api.nouns import Delivery, Message
from coalchat.api.reports import Typed
from coalchat.api.responses import EventPage
from coalchat.api.roe import IssueRoe
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.bots.line import Line
from coalchat.client import Client
from coalchat.client.secret import PassphraseSource
from coalchat.demo.cast import ALERTS, ROOMS, person_of
from coalchat.demo.processes import Device
from coalchat.errors import CoalchatError, UnknownMessage

LOOK = 0.5
"""Seconds between looks whether somebody has acknowledged."""
ROE_LOOKS = 120
"""Looks whether an ROE notice has come, or is signed; then he lets it be."""

log = structlog.get_logger("coalchat.demo")


@attrs.frozen(kw_only=True)
class Manner:
    """How an officer deals with what comes.

    Attributes:
        reads: seconds until he has read it. acknowledges, replies: seconds after that.
        first: his first acknowledgement, with its words; later ones are plain. roe: that of an ROE notice.
        words: what he replies, in turn.
        after: nations to whose officers he leaves the reply, if they have the message.
    """

    reads: float
    acknowledges: float = 3.0
    replies: float = 2.5
    first: tuple[Answer, str] = (Answer.NONE, "")
    roe: tuple[Answer, str] = (Answer.NONE, "")
    words: tuple[str, ...]
    after: tuple[str, ...] = ()


@attrs.define(eq=False)
class Officer:
    """An officer and his node.

    Attributes:
        user: whose device the one who looks has: his messages are replied to.
        tempo: what the manner's seconds are multiplied by.
    """

    device: Device
    user: Device
    manner: Manner
    tempo: float = 1.0
    _line: Line = attrs.field(init=False, repr=False)
    _answers: Iterator[tuple[Answer, str]] = attrs.field(init=False, repr=False)
    _words: Iterator[str] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._line = line_of(self.device, "script")
        self._answers = chain([self.manner.first], repeat((Answer.NONE, "")))
        self._words = cycle(self.manner.words)

    async def say(
        self,
        channel: str,
        text: str,
        label: str,
        *,
        precedence: Precedence = Precedence.ROUTINE,
        ack_within: int = 0,
        reply_to: str = "",
    ) -> str:
        """Send a message; its entry id."""
        ack_by = int(time.time()) + ack_within if ack_within else 0
        key = f"{time.time_ns():x}"

        async def send(client: Client) -> str:
            sent = await client.send(
                channel, text, label, precedence=precedence, ack_by=ack_by, client_id=key, reply_to=reply_to
            )
            return sent.entry_id

        return await self._line.ask(send)

    async def file(
        self,
        form: str,
        channel: str,
        fields: Mapping[str, str],
        label: str,
        *,
        precedence: Precedence | None = None,
        ack_within: int = 0,
    ) -> str:
        """File a report, in part if that is all there is; its entry id."""
        ack_by = int(time.time()) + ack_within if ack_within else 0
        key = f"{time.time_ns():x}"
        typed = [Typed(name=name, row=0, text=text) for name, text in fields.items()]

        async def send(client: Client) -> str:
            filed = await client.file_report(
                form,
                typed,
                channel=channel,
                label=label,
                part=True,
                precedence=precedence,
                ack_by=ack_by,
                client_id=key,
            )
            return filed.entry_id

        return await self._line.ask(send)

    async def answer_of(self, entry_id: str, person: str) -> Delivery:
        """Wait until a person has acknowledged a message of his; how."""
        while True:
            status = await self._line.ask(lambda client: client.message_status(entry_id))
            for row in status.deliveries:
                if row.person == person and row.answer is not None:
                    return row
            await trio.sleep(LOOK)

    async def attend(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Read, acknowledge and answer what comes, until cancelled."""
        try:
            cursor = (await self._line.ask(lambda client: client.next_events(NEWEST, 1, 0))).next_cursor
            task_status.started()
            async with trio.open_nursery() as nursery:
                while True:
                    page = await self._line.ask(partial(_next, cursor))
                    cursor = page.next_cursor
                    for event in page.events:
                        if isinstance(event.body, MessageArrived) and not event.body.mine:
                            nursery.start_soon(self._meet, event.body.entry_id)
        finally:
            with trio.CancelScope(shield=True):
                await self._line.aclose()

    async def _meet(self, entry_id: str) -> None:
        try:
            await self._deal_with(entry_id)
        except CoalchatError as error:
            log.warning("an officer could not react", officer=self.device.name, entry=entry_id, reason=str(error))

    async def _deal_with(self, entry_id: str) -> None:
        message = await self._line.ask(lambda client: client.message(entry_id))
        await self._pause(self.manner.reads)
        await self._line.ask(lambda client: client.mark(message.channel_id, entry_id))
        if message.kind == "roe":
            await self._acknowledge_roe(message)
        elif message.ack_by:
            await self._pause(self.manner.acknowledges)
            answer, words = next(self._answers)
            await self._line.ask(lambda client: client.acknowledge(entry_id, answer, words))
        elif self._replies_to(message):
            await self._pause(self.manner.replies)
            await self.say(message.channel_id, self._reply(message), message.marking, reply_to=entry_id)

    async def _acknowledge_roe(self, message: Message) -> None:
        """Once it counts: who signs it with its author, signs first."""
        for _ in range(ROE_LOOKS):
            notice = (await self._line.ask(lambda client: client.roe_notice(message.entry_id))).notice
            if notice.pending:
                await self._pause(self.manner.acknowledges)
                answer, words = self.manner.roe
                sign = partial(_sign, entry_id=message.entry_id, serial=notice.serial, answer=answer, words=words)
                await self._line.ask(sign)
                return
            await trio.sleep(LOOK)

    async def issue(self, notice: IssueRoe) -> str:
        """Issue an ROE notice; its entry id."""
        return (await self._line.ask(lambda client: client.issue_roe(notice))).notice.entry_id

    async def endorse(self, entry_id: str) -> None:
        """Sign an ROE notice of another's, as soon as it is here."""
        for _ in range(ROE_LOOKS):
            try:
                await self._line.ask(lambda client: client.endorse_roe(entry_id))
            except UnknownMessage:
                await trio.sleep(LOOK)
            else:
                return

    async def counts(self, entry_id: str) -> None:
        """Wait until an ROE notice is signed by as many as it needs."""
        for _ in range(ROE_LOOKS):
            if not (await self._line.ask(lambda client: client.roe_notice(entry_id))).notice.flaw:
                return
            await trio.sleep(LOOK)

    async def _pause(self, seconds: float) -> None:
        await trio.sleep(seconds * self.tempo)

    def _replies_to(self, message: Message) -> bool:
        """To the one who looks at the demo, if nobody before him does, and not where the bot answers."""
        by_user = (message.author_nation, message.author_person) == (self.user.nation, person_of(self.user))
        left_to_others = not set(self.manner.after).isdisjoint(message.nations)
        return by_user and not left_to_others and message.channel_title != ALERTS

    def _reply(self, message: Message) -> str:
        members = {code for room in ROOMS if room.title == message.channel_title for code in room.members}
        left_out = sorted(members - set(message.nations))
        if left_out:
            carried = " and ".join(left_out)
            return f"I have it. Nodes of {carried} carry it and cannot open it: the label was the lock."
        return next(self._words)


async def _sign(client: Client, *, entry_id: str, serial: int, answer: Answer, words: str) -> None:
    await client.acknowledge_roe(entry_id, serial, answer, words)


async def _next(cursor: int, client: Client) -> EventPage:
    return await client.next_events(cursor, wait_seconds=MAX_WAIT)


def line_of(device: Device, name: str) -> Line:
    """A client of a device's node that outlives it. Nobody is asked for a passphrase: nodes start unlocked."""
    return Line(device.home, name, start=False, secret=PassphraseSource(asks=False), environ=device.environ)
