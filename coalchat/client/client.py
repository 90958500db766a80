"""The client: one typed method for each operation (SPEC 12.4).

Rule 1: a lost connection is dialled again by the next call. A call that was under way is asked again once if its
operation is repeatable; otherwise `NodeGone` says that nobody knows.
Rule 2: a message has a client id from its first attempt, so asking again never sends it twice.
Rule 3: texts come as the peers wrote them: `display_safe` stands between them and any screen.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, Protocol

import anyio

from coalchat.api import amendment, direct, evidence, history, nouns, requests, responses
from coalchat.api.base import MAX_LIMIT, NEWEST, A_co, Request
from coalchat.api.scopes import Scope
from coalchat.api.threads import ShowThread, Turn
from coalchat.api.versions import CorrectMessage, ListVersions, Recalled, RecallMessage
from coalchat.api.vocabulary import Answer, Precedence, State
from coalchat.client.custodian import CustodianCalls
from coalchat.client.deadlines import DeadlineCalls
from coalchat.client.finding import SearchCalls
from coalchat.client.reports import ReportCalls
from coalchat.client.roe import RoeCalls
from coalchat.client.session import Session
from coalchat.client.stream import EventStream
from coalchat.client.waiting import concerns, missing
from coalchat.errors import NodeGone, StillQueued

STOP_TIMEOUT: Final = 10.0
"""Seconds that a stopping node has to close its connections."""
STOP_PAUSE: Final = 0.01


class Door(Protocol):
    """The way back to a node."""

    async def reenter(self) -> tuple[Session, responses.Welcome]:
        """A new session after the last was lost. Raises: NodeUnavailable."""

    def is_gone(self) -> bool:
        """Whether the node has left its socket."""


class Client(CustodianCalls, DeadlineCalls, ReportCalls, RoeCalls, SearchCalls):
    """A session with the node. Made by `connect` or `over`; safe to use from several tasks at once."""

    def __init__(self, session: Session, welcome: responses.Welcome, door: Door | None = None) -> None:
        """`door` gives a new session after the first was lost; without it, lost is lost."""
        self._session = session
        self._welcome = welcome
        self._door = door
        self._redialling = anyio.Lock()
        self._node = welcome.node

    @property
    def node(self) -> nouns.Node:
        """Who the node is, as of the last hello, unlock or status."""
        return self._node

    @property
    def granted(self) -> tuple[Scope, ...]:
        """Scopes of this session."""
        return self._welcome.granted

    async def call(self, request: Request[A_co]) -> A_co:
        """Ask anything.

        Raises:
            CoalchatError: the node's answer.
            NodeGone: the connection was lost before an answer came, and the request is not repeatable.
            NodeUnavailable: the node did not come back.
        """
        session = await self._connected()
        try:
            return await session.call(request)
        except NodeGone:
            if self._door is None or not request.repeatable:
                raise
        session = await self._connected()
        return await session.call(request)

    async def _connected(self) -> Session:
        door = self._door
        if self._session.lost and door is not None:
            async with self._redialling:
                if self._session.lost:
                    await self._session.aclose()
                    self._session, self._welcome = await door.reenter()
                    self._node = self._welcome.node
        return self._session

    async def aclose(self) -> None:
        """Close the connection. The node runs on."""
        self._door = None
        await self._session.aclose()

    # --- node ---

    async def status(self) -> responses.Status:
        """The node at a glance."""
        status = await self.call(requests.GetStatus())
        self._node = status.node
        return status

    async def unlock(self, passphrase: bytes) -> nouns.Node:
        """Open the key file and the store. Raises: WrongPassphrase."""
        self._node = await self.call(requests.Unlock(passphrase=passphrase))
        return self._node

    async def stop(self) -> None:
        """Stop the node, and wait until it has closed this connection and left its socket."""
        session = await self._connected()
        await session.call(requests.Stop())
        door, self._door = self._door, None
        with anyio.move_on_after(STOP_TIMEOUT):
            await session.wait_end()
            while door is not None and not door.is_gone():  # noqa: ASYNC110  # a file tells nobody that it goes
                await anyio.sleep(STOP_PAUSE)

    # --- channels, labels, nations ---

    async def channels(self) -> tuple[nouns.Channel, ...]:
        """All channels here."""
        return (await self.call(requests.ListChannels())).channels

    async def create_channel(
        self, title: str, members: Sequence[str], ceiling: str, purpose: str = ""
    ) -> nouns.Channel:
        """Found a channel for these nation codes. Raises: UnknownNation, UnknownLabel, AlreadyExists, Refused."""
        request = requests.CreateChannel(title=title, members=tuple(members), ceiling=ceiling, purpose=purpose)
        return await self.call(request)

    async def widen_channel(self, channel: str, nations: Sequence[str]) -> nouns.Channel:
        """Make more nations members of a channel. Raises: UnknownChannel, UnknownNation, NotAuthorised, Refused."""
        return await self.call(amendment.WidenChannel(channel=channel, nations=tuple(nations)))

    async def preview(self, channel: str, label: str) -> responses.LabelPreview:
        """Who would read a message with this label. Raises: UnknownChannel, UnknownLabel, UnknownNation."""
        return await self.call(requests.PreviewLabel(channel=channel, label=label))

    async def nations(self) -> tuple[nouns.Nation, ...]:
        """Nations of the charter."""
        return (await self.call(requests.ListNations())).nations

    async def work_offline(self) -> responses.NewFeeds:
        """Say that no peer can tell how far this restored home's feeds go: it goes on in new ones."""
        return await self.call(requests.WorkOffline())

    async def admit(self, offer: bytes) -> amendment.Amendment:
        """Write and sign the amendment that admits the nation of an offer. Raises: NotAuthorised, UsageError."""
        return await self.call(amendment.AdmitNation(offer=offer))

    async def suspend(self, nation: str) -> amendment.Amendment:
        """Write and sign the amendment that suspends a nation. Raises: NotAuthorised, UnknownNation, UsageError."""
        return await self.call(amendment.SuspendNation(nation=nation))

    async def reinstate(self, nation: str) -> amendment.Amendment:
        """Write and sign the amendment that takes a suspension back. Raises: NotAuthorised, UnknownNation, UsageError."""
        return await self.call(amendment.ReinstateNation(nation=nation))

    async def sign_amendment(self, file: bytes) -> amendment.Amendment:
        """Sign an amendment, and put a complete one in force. Raises: NotAuthorised, UsageError."""
        return await self.call(amendment.SignAmendment(file=file))

    async def policy(self) -> responses.Policy:
        """The coalition's security policy."""
        return await self.call(requests.ShowPolicy())

    async def keys(self) -> responses.Keys:
        """The key period that runs."""
        return await self.call(requests.ShowKeys())

    async def confirm_clock(self) -> responses.Keys:
        """Say that the node's clock is right."""
        return await self.call(requests.ConfirmClock())

    # --- messages ---

    async def send(  # noqa: PLR0913  # all but the first three have defaults
        self,
        channel: str,
        text: str,
        label: str,
        *,
        precedence: Precedence = Precedence.ROUTINE,
        ack_by: int = 0,
        client_id: str | None = None,
        reply_to: str = "",
        quotes: Sequence[str] = (),
        considered: bool = False,
    ) -> responses.Sent:
        """Send a message; it is durable on the node when this returns.

        Args:
            channel: title, id, or prefix of the id.
            text: up to 16,384 bytes of UTF-8.
            label: `[policy] LEVEL [CATEGORY] [REL [TO] A, B]`; without REL the channel's members.
            precedence: clamped by receivers to what this device is certified for.
            ack_by: Unix time by which it should be acknowledged; 0: not asked.
            client_id: idempotency key; the same one is sent once. None: a new one.
            reply_to: entry id, or "".
            quotes: ids of messages that are repeated; then the text may be "".
            considered: a person has considered MINIMIZE, where the channel's `minimize` says that it is in force; without
                that, ROUTINE and PRIORITY are refused there.

        Raises:
            Refused: by policy, before anything has left; `.clause` names the rule.
            UnknownChannel, UnknownLabel, UnknownNation, UnknownMessage: as they say.
            AlreadyExists: the client id was used for something else.
        """
        request = requests.SendMessage(
            channel=channel,
            text=text,
            label=label,
            precedence=precedence,
            ack_by=ack_by,
            client_id=secrets.token_hex(16) if client_id is None else client_id,
            reply_to=reply_to,
            quotes=tuple(quotes),
            considered=considered,
        )
        return await self.call(request)

    async def messages(
        self, channel: str = "", after: int = 0, limit: int = 200, *, before: int = 0
    ) -> responses.MessagePage:
        """A page of messages, oldest first: behind a position, or the last ones before one.

        Args:
            channel: one, or "" for all.
            after, before: positions, at most one of them not 0; `before=NEWEST` is the last page.

        Raises:
            UnknownChannel: as it says.
        """
        request = requests.ListMessages(channel=channel, after_position=after, before_position=before, limit=limit)
        return await self.call(request)

    async def all_messages(self, channel: str = "", after: int = 0) -> list[nouns.Message]:
        """All messages behind a position, page by page. Raises: UnknownChannel."""
        found: list[nouns.Message] = []
        while True:
            page = await self.messages(channel, after, MAX_LIMIT)
            found += page.messages
            if not page.more or page.next_position <= after:
                return found
            after = page.next_position

    async def message(self, entry_id: str) -> nouns.Message:
        """One message by its id or a prefix. Raises: UnknownMessage, Ambiguous."""
        return await self.call(requests.ShowMessage(id=entry_id))

    async def mark(self, channel: str, entry_id: str) -> responses.Marked:
        """Move the read mark: a person has read up to here. Raises: UnknownChannel, UnknownMessage."""
        return await self.call(requests.MarkRead(channel=channel, entry_id=entry_id))

    async def acknowledge(self, entry_id: str, answer: Answer = Answer.NONE, text: str = "") -> responses.Acknowledged:
        """Acknowledge a message, in the person's name. Raises: UnknownMessage, Ambiguous, NotAuthorised, Refused."""
        return await self.call(requests.AcknowledgeMessage(id=entry_id, answer=answer, text=text))

    async def correct(self, entry_id: str, text: str, *, client_id: str | None = None) -> responses.Sent:
        """Sign a new version of a message of this person's.

        Raises:
            UnknownMessage, Ambiguous, Refused, Expired, AlreadyExists: as they say. UsageError: it is another's.
        """
        key = secrets.token_hex(16) if client_id is None else client_id
        return await self.call(CorrectMessage(id=entry_id, text=text, client_id=key))

    async def versions(self, entry_id: str) -> tuple[nouns.Message, ...]:
        """All versions of a message, the first one first. Raises: UnknownMessage, Ambiguous."""
        return (await self.call(ListVersions(id=entry_id))).versions

    async def thread(self, entry_id: str) -> tuple[Turn, ...]:
        """The thread of a message: the first one, then all answers below it by arrival. Raises: UnknownMessage, Ambiguous,
        UsageError: it cannot be opened here.
        """
        page = await self.call(ShowThread(id=entry_id, before_position=0))
        turns = page.turns
        while page.more:
            page = await self.call(ShowThread(id=entry_id, before_position=page.next_position))
            turns = (*turns[:1], *page.turns, *turns[1:])
        return turns

    async def recall(self, entry_id: str, *, spill: bool = False) -> Recalled:
        """Recall a message of this person's, with all its versions. Raises: UnknownMessage, Ambiguous, UsageError, Refused."""
        return await self.call(RecallMessage(id=entry_id, spill=spill))

    async def message_status(self, entry_id: str) -> responses.MessageStatus:
        """Who has a message. Raises: UnknownMessage, Ambiguous."""
        return await self.call(requests.GetMessageStatus(id=entry_id))

    async def wait_status(self, entry_id: str, state: State, within: float) -> responses.MessageStatus:
        """Wait until every other nation of the release set has reached a state.

        Args:
            entry_id: or a prefix.
            state: DELIVERED, READ or ACKNOWLEDGED, or an earlier one.
            within: seconds from now; with 0 it looks once.

        Raises:
            StillQueued: not reached in time; the detail names who is missing.
            RecipientRefused, Expired: it cannot be reached any more.
            UnknownMessage, Ambiguous: as they say.
        """
        cursor = (await self.next_events(NEWEST, 1, 0)).next_cursor
        status = await self.message_status(entry_id)
        late = missing(status, state)
        with anyio.move_on_after(within):
            moves = self.events(cursor)
            while late or not status.deliveries:
                if concerns(await anext(moves), status.entry_id):
                    status = await self.message_status(status.entry_id)
                    late = missing(status, state)
            return status
        raise StillQueued(", ".join(f"{nation} {so_far.value}" for nation, so_far in late))

    # --- evidence ---

    async def export_evidence(self, entry_id: str) -> evidence.EvidenceOf:
        """Make evidence of a message, or of a receipt by its whole id. Raises: UnknownMessage, Ambiguous, Expired,
        UsageError.
        """
        return await self.call(evidence.ExportEvidence(id=entry_id))

    async def check_evidence(self, data: bytes) -> evidence.Proof:
        """What a piece of evidence proves. Raises: PeerCorrupt: nothing."""
        return await self.call(evidence.CheckEvidence(data=data))

    # --- history ---

    async def ask_history(self, device: str = "", channel: str = "") -> history.HistoryAsked:
        """Ask another device of this nation for what cannot be read here. Raises: UnknownDevice, Unreachable,
        UsageError, UnknownChannel, Ambiguous.
        """
        return await self.call(history.AskHistory(device=device, channel=channel))

    async def history_requests(self) -> tuple[history.HistoryRequest, ...]:
        """Requests that wait for a person here, the oldest first."""
        return (await self.call(history.ListHistory())).requests

    async def approve_history(self, request_id: str) -> history.HistoryApproved:
        """Let a device have what it asks for. Raises: UnknownRequest, NotAuthorised, Unreachable."""
        return await self.call(history.ApproveHistory(id=request_id))

    async def refuse_history(self, request_id: str) -> None:
        """Let it have nothing. Raises: UnknownRequest."""
        await self.call(history.RefuseHistory(id=request_id))

    # --- events ---

    async def next_events(self, cursor: int, limit: int = 256, wait_seconds: int = 0) -> responses.EventPage:
        """A page of events behind a cursor; waits up to `wait_seconds` (0 to 60) for the first."""
        return await self.call(requests.NextEvents(cursor=cursor, limit=limit, wait_seconds=wait_seconds))

    def events(self, cursor: int | None = None) -> EventStream:
        """All events behind a cursor as they come, over lost connections too; None: since this client connected."""
        return EventStream(self.next_events, self._welcome.cursor if cursor is None else cursor)

    # --- direct messages ---

    async def devices(self) -> tuple[nouns.Addressee, ...]:
        """Devices that direct messages may be addressed to, confirmed or not."""
        return (await self.call(direct.ListDevices())).devices

    async def device_words(self, device_id: str) -> direct.DeviceWords:
        """The words of a device and of this one, to compare by voice. Raises: UnknownDevice."""
        return await self.call(direct.ShowWords(device=device_id))

    async def confirm_device(self, device_id: str, words: Sequence[str]) -> nouns.Addressee:
        """Confirm the device whose words its person read out. Raises: UnknownDevice, WordsDiffer."""
        return await self.call(direct.ConfirmDevice(device=device_id, words=tuple(words)))

    async def withdraw_device(self, device_id: str) -> nouns.Addressee:
        """Take a confirmation back. Raises: UnknownDevice."""
        return await self.call(direct.WithdrawDevice(device=device_id))

    # --- peers, audit ---

    async def add_peer(self, address: str) -> nouns.Link:
        """Dial this host:port from now on."""
        return await self.call(requests.AddPeer(address=address))

    async def peers(self) -> tuple[nouns.Link, ...]:
        """Links with their states and counters."""
        return (await self.call(requests.ListPeers())).peers

    async def remove_peer(self, address: str) -> None:
        """Dial it no more. Raises: UnknownPeer."""
        await self.call(requests.RemovePeer(address=address))

    async def audit(self, after: int = 0, limit: int = 200) -> responses.AuditPage:
        """A page of the audit record behind a number, oldest first."""
        return await self.call(requests.ListAudit(after=after, limit=limit))
