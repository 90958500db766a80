"""Issuing ROE notices (SPEC 8.11): what would not count here is not sealed.

Rule 1: the serial is the next of its series as this node knows it; where it may not know all of it, nothing is issued.
Rule 2: what a notice stands on must count now; what would be wider, or under another label, is refused before it leaves.
Rule 3: an acknowledgement takes the serial that a person typed.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.errors import Ambiguous, Refused, UnknownMessage, UsageError
from coalchat.node.context import Context
from coalchat.node.receipting import Receipting
from coalchat.node.roe import Roe
from coalchat.node.sending import Key, Place, Posted, Sending
from coalchat.store.rows import Message
from protocol.base.errors import Denied, ProtocolError
from protocol.base.records import evolve
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.receipts import Response
from protocol.messages.roe import (
    BY_AUTHORITY,
    MAX_SERIAL,
    WORDS,
    RoeAct,
    RoeEndorsementPayload,
    RoeNoticePayload,
)
from protocol.messages.standing import Flaw, Logged, Notice, read_log
from protocol.trust.access import Clause
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Precedence
from protocol.trust.label import Label, label_of

_BY_WORD = {word: act for act, word in WORDS.items()}
_CLAUSES = {
    Flaw.UNAUTHORISED: Clause.ROE_AUTHORITY,
    Flaw.SERIAL_TWICE: Clause.ROE_SEQUENCE,
    Flaw.OUT_OF_ORDER: Clause.ROE_SEQUENCE,
}
"""Clauses of what would be wrong with a notice; of all else `roe-basis`."""


def find_notice(notices: Sequence[Notice], codes: Sequence[str], given: str) -> Notice:
    """A notice by its name, that with its nation's code before it, its id, or how that begins.

    Raises:
        UnknownMessage; Ambiguous: several are called so.
    """
    words = given.upper().replace("-", " ").split()
    found: list[Notice] = []
    if words and words[0] == "ROE":
        words = words[1:]
    if len(words) in {2, 3} and words[-2] in _BY_WORD and words[-1].isdecimal() and words[-1].isascii():
        name = (_BY_WORD[words[-2]], int(words[-1]))
        found = [n for n in notices if (n.act, n.said.serial) == name]
        if len(words) == 3:
            found = [n for n in found if codes[n.logged.author.nation] == words[0]]
        # One that does not count hides none that does.
        found = [n for n in found if n.counts] or found
    elif len(given) >= 4:
        found = [n for n in notices if n.logged.entry.hex().startswith(given.lower())]
    if not found:
        raise UnknownMessage(given)
    if len(found) > 1:
        raise Ambiguous(given)
    return found[0]


@attrs.frozen
class Prospect:
    """A notice that is not sealed yet.

    Attributes:
        said: with its serial. denial: why it would be refused, or none. needed: of how many persons it needs the signature.
    """

    said: RoeNoticePayload
    denial: Denied | None
    needed: int


@attrs.define(eq=False)
class Issuing:
    """The node's part for issuing, signing and acknowledging ROE."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    receipting: Receipting = attrs.field(repr=False)
    roe: Roe = attrs.field(repr=False)

    async def issue(
        self, said: RoeNoticePayload, place: ChannelRevision, label: Label, precedence: Precedence, key: Key
    ) -> Posted:
        """Seal a notice.

        Args:
            said: with serial 0: the next one is taken.

        Raises:
            Refused: it would not count, or the clause of any message. UsageError: it is malformed.
        """
        prospect = self.consider(said, place, label)
        if not self.sending.is_posted(key):  # asked for again, it takes its own serial from nobody
            await self._refuse(place, label, prospect.denial)
        return await self.sending.send_text(place, label, prospect.said, precedence, key)

    def consider(self, said: RoeNoticePayload, place: ChannelRevision, label: Label) -> Prospect:
        """What a notice would be, were it issued now.

        Raises:
            UsageError: it is malformed.
        """
        logged = Logged(b"", place.channel, label.release_key(), self.roe.me(), said)
        denial = self.sending.decide(label, place)
        denial = self._hidden(logged, said) if denial is None else denial
        said = evolve(said, serial=said.serial or self._next(logged, said))
        try:
            encode_payload(said)
        except ProtocolError as error:
            raise UsageError(str(error)) from None
        needed = self.roe.rules.signatures if said.act in BY_AUTHORITY else 1
        if denial is None:
            denial = self._denied(attrs.evolve(logged, payload=said), said)
        return Prospect(said, denial, needed)

    async def endorse(self, notice: Notice) -> Posted:
        """Sign what another issued.

        Raises:
            Refused, UsageError: as they say.
        """
        me = self.roe.me()
        label = label_of(notice.logged.release)
        place = self.sending.place(notice.logged.channel)
        if notice.act not in BY_AUTHORITY or notice.needed < 2:
            raise UsageError(f"id: {notice.said.name} needs no further signature")
        if any((who.nation, who.person) == (me.nation, me.person) for who in notice.signers):
            raise UsageError(f"id: {notice.said.name} has your signature")
        if not self.roe.rules.may_sign(me):
            await self._refuse(place, label, _NO_SIGNATURE)
        payload = RoeEndorsementPayload(FORMAT, self.context.now(), False, (), notice.logged.entry)
        ceiling = self.context.member.certificate.scope.precedence
        return await self.sending.send_text(place, label, payload, Precedence(min(ceiling, Precedence.PRIORITY)), None)

    async def acknowledge(self, notice: Notice, row: Message, serial: int, response: Response, text: str) -> None:
        """Seal a person's acknowledgement.

        Raises:
            as `Receipting.acknowledge`; UsageError: another serial, a notice that does not count, or no text.
        """
        if serial != notice.said.serial:
            raise UsageError(f"serial: this is {notice.said.name}")
        if not notice.counts:
            raise UsageError(f"id: {notice.said.name} is not in force: there is nothing to acknowledge")
        if response is Response.WILCO:
            raise UsageError("answer: a notice is acknowledged, with a caveat, or one is unable")
        if response is Response.UNABLE and not text:
            raise UsageError("text: who is unable says why")
        await self.receipting.acknowledge(row, response, text)

    # --- what would be wrong ---

    def _next(self, logged: Logged, said: RoeNoticePayload) -> int:
        """The next serial of a series: beyond all that are here."""
        series = (logged.book, logged.author.nation, RoeAct(said.act))
        known = read_log(self.roe.log(), self.roe.rules).serials.get(series, {})
        return min(max(known, default=0) + 1, MAX_SERIAL)

    def _denied(self, logged: Logged, said: RoeNoticePayload) -> Denied | None:
        """What would be wrong with a notice once everybody has signed it."""
        alone = read_log([*self.roe.log(), logged], attrs.evolve(self.roe.rules, signatures=1))
        found = alone.judge(logged.entry)
        if found.flaw is not None:
            why = found.detail or "the charter does not name you as one who issues it"
            return Denied(_CLAUSES.get(found.flaw, Clause.ROE_BASIS), f"{said.name}: {why}")
        basis = self.roe.notice(said.basis) if said.basis else None
        if basis is not None and not basis.counts and RoeAct(said.act) is not RoeAct.AUTHORISE:
            return Denied(Clause.ROE_BASIS, f"{basis.said.name} does not count: {basis.detail or basis.flaw}")
        return None

    def _hidden(self, logged: Logged, said: RoeNoticePayload) -> Denied | None:
        """Whether earlier notices of the own series may be among what cannot be read here."""
        closed = [row for row in self.context.store.read.unreadable(0) if row.nation == logged.author.nation]
        count = sum((row.channel, row.release) == logged.book for row in closed)
        if not count or said.serial:
            return None
        words = f"{count} entries of this nation under this label cannot be read here, and notices may be among them"
        return Denied(Clause.ROE_SEQUENCE, f"{words}: ask for history, or say which serial is next")

    async def _refuse(self, place: Place, label: Label, denial: Denied | None) -> None:
        if denial is not None:
            refused = Refused(denial.clause, denial.reason)
            await self.sending.account(place, label, refused)
            raise refused


_NO_SIGNATURE = Denied(Clause.ROE_AUTHORITY, "the charter does not name you as one who signs ROE notices")
