"""Taking keys (SPEC 7.2): a device states fresh prekeys while it is online, and takes the OTARs that are for it.

    segment begins, and online -> new prekey (key file) -> statement (store) -> announced
    OTAR comes, or what it stands on -> opened -> seeds in, prekey out (key file) -> what waited for the seeds is read

Rule 1: a prekey is durable before it is stated, and under a counter above all that stand in this device's name.
Rule 2: a prekey goes when the OTAR sealed to it has come and nothing older can still be under way, or its grace is over.
Rule 3: what this device holds is told by its next statement, never together with the OTAR's coming.
Rule 4: a statement in this device's name that it did not make is an alarm, and is told.
Rule 5: each statement carries the random value of the custodian's newest demand; a demand that is new is answered at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import attrs

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.custody.rekeying import complete_up_to, keyable
from coalchat.node.amending import lacks_secret
from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.keeping import control_document, drop_superseded
from coalchat.node.orders import demands
from coalchat.node.passing import otar_header, otar_place
from coalchat.store.faces import Transaction
from protocol.base import crypto
from protocol.base.errors import RemoteProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_CUSTODIANS
from protocol.base.records import evolve
from protocol.keys.keyring import MAX_PREKEYS, HeldSeed, KeyRing, Prekey, held
from protocol.keys.otar import Delivery, HeldEdition, OtarHeader, PrekeyStatement, open_otar, sign_prekey
from protocol.keys.walking import merged, walk_seeds
from protocol.trust.founding import newest_first
from protocol.trust.publication import Edition

LAST_COUNTER = 2**32 - 1
MADE = "keys.prekeys"
"""When each prekey was made, by counter."""


@attrs.define(eq=False)
class Taking:
    """The node's part for its own device's keys.

    Attributes:
        came: called when seeds have come.
        online: whether a link is up to date.
    """

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    came: Callable[[], None] = attrs.field(repr=False)
    online: Callable[[], bool] = attrs.field(repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)
    _refused: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _opened: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    """Names of the OTARs opened since the start that bring the link secret alone."""
    _told: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _asked: int = attrs.field(default=0, init=False)
    """The change of the link secret for which a prekey was stated."""
    _strangers: int = attrs.field(default=0, init=False)
    _answered: bytes = attrs.field(default=b"", init=False, repr=False)
    """The demand that this device answered since its start."""

    def __attrs_post_init__(self) -> None:
        self._told.update(self.context.member.prekeys.clashes())

    def wake(self) -> None:
        """A document, a link or a segment is new."""
        self._bell.ring()

    async def run(self) -> None:
        """Take what comes and state what is due, until cancelled."""
        while True:
            await self._bell.wait()
            await self.settle()

    async def settle(self) -> None:
        """Do what is due now."""
        await self._account()
        member = self.context.member
        # A clock in doubt seals nothing, and may erase no prekey.
        if not self._seats() or member.doubtful(self.context.now()):
            return
        await self._take()
        await self._state()

    # --- alarms ---

    async def _account(self) -> None:
        member = self.context.member
        for device in member.prekeys.clashes():
            if device not in self._told:
                self._told.add(device)
                nation = self.context.code(member.nation)
                await self.context.record(Finding(AuditEvent.PREKEY_CLASH, device.hex(), nation))
        for counter in member.strangers[self._strangers :]:
            self._strangers += 1
            finding = Finding(AuditEvent.PREKEY_STRANGER, member.device.hex(), detail=f"counter {counter}")
            await self.context.record(finding)

    # --- OTARs ---

    def _seats(self) -> tuple[int, ...]:
        """The seats that key this device: a custodian's own device holds what it drew, and is keyed by the others."""
        member = self.context.member
        own = None if member.seat is None else member.seat.index
        seats = range(MAX_CUSTODIANS)
        return tuple(i for i in seats if i != own and member.directory.custodian(member.nation, i) is not None)

    def _editions(self, seat: int) -> tuple[Edition, ...]:
        member = self.context.member
        publication = member.directory.publication(member.nation, seat)
        return () if publication is None else publication.editions

    def _newest(self, seeds: tuple[HeldSeed, ...], seat: int) -> int:
        """The edition of a seat up to which these seeds are all that this device may hold now."""
        member = self.context.member
        return complete_up_to(
            member.certificate,
            self._editions(seat),
            member.policy.compartments(),
            ((seed.counter, seed.level, seed.category) for seed in seeds if seed.custodian == seat),
            member.coalition.charter,
            member.believed(self.context.now()),
        )

    def _lacks_nothing(self, seeds: tuple[HeldSeed, ...]) -> bool:
        member = self.context.member
        charter, now = member.coalition.charter, member.believed(self.context.now())
        due = {seat: keyable(self._editions(seat), charter, now) for seat in self._seats()}
        return any(due.values()) and all(
            self._newest(seeds, seat) == editions[-1].counter for seat, editions in due.items() if editions
        )

    async def _take(self) -> None:
        member = self.context.member
        mine = [c for c in member.controls.by(Tag.OTAR, member.device) if c.hash not in self._refused]
        came: list[Delivery] = []
        used = []
        for control in sorted(mine, key=lambda c: c.number):
            header = otar_header(control.data)
            if self._has(header):
                used.append(header.prekey)
                continue
            try:
                delivery = self._open(control.data, header)
            except StateError:
                continue  # what it stands on is still to come
            except RemoteProtocolError as error:
                self._refused.add(control.hash)
                await self.context.refuse(AuditEvent.OTAR_REFUSED, error, subject=control.hash.hex())
                continue
            if delivery is not None:
                used.append(header.prekey)
                self._opened.add(control.hash)
                if delivery.chains or delivery.link_secret not in self.holding.ring.link_secrets:
                    came.append(delivery)
        if used:
            await self.holding.change(lambda ring: self._with(ring, came, max(used)))
        if came:
            await self._tell(came)

    def _has(self, header: OtarHeader) -> bool:
        """Whether the seeds of an OTAR are held already; one that brings the link secret alone is opened to see."""
        if not header.compartments:
            return self.context.member.controls.at(Tag.OTAR, otar_place(header))[0].hash in self._opened
        here = {
            (s.level, s.category): s.segment
            for s in self.holding.ring.seeds
            if (s.custodian, s.counter) == (header.custodian, header.edition)
        }
        oldest = 2**40
        # A seed that stands later than the OTAR's is enough if time has brought it there.
        return all(
            here.get((c.level, c.category), oldest) <= max(header.segment, self._oldest(c.level))
            for c in header.compartments
        )

    def _oldest(self, level: int) -> int:
        charter = self.context.member.coalition.charter
        return (self.context.member.believed(self.context.now()) - charter.holds[level]) // charter.segment

    def _open(self, data: bytes, header: OtarHeader) -> Delivery | None:
        """Open an OTAR; None if its prekey is gone: the custodian seals anew to the next statement."""
        member = self.context.member
        prekey = next((p for p in self.holding.ring.prekeys if p.counter == header.prekey), None)
        custodian = member.directory.custodian(header.nation, header.custodian)
        publication = member.directory.publication(header.nation, header.custodian)
        if prekey is None or custodian is None or publication is None:
            return None
        # Sealed before a renewal that is here, or after one that is not yet: any certificate of this device will do.
        if member.directory.certificate(member.device, header.certificate) is None:
            raise StateError("its certificate is not here yet", field="certificate")
        return open_otar(
            data,
            certificate=member.certificate,
            certificate_hash=header.certificate,
            custodian=custodian,
            prekey_seed=prekey.seed,
            prekey_counter=prekey.counter,
            edition=next((e for e in publication.editions if e.counter == header.edition), None),
            keys=member.keys,
        )

    def _with(self, ring: KeyRing, came: list[Delivery], used: int) -> KeyRing:
        """A key ring with what came, and without the prekeys that nothing can still be sealed to."""
        member = self.context.member
        new = walk_seeds(
            (held(chain) for delivery in came for chain in delivery.chains),
            ring.nation,
            member.coalition.charter,
            member.believed(self.context.now()),
            beside=ring.seeds,
        )
        seeds = merged(ring.seeds, new)
        secrets = dict.fromkeys(d.link_secret for d in sorted(came, key=lambda d: -d.header.edition) if d.link_secret)
        known = ring.link_secrets
        fresh = tuple(secret for secret in secrets if secret not in known)
        done = self._lacks_nothing(seeds)
        return evolve(
            ring,
            seeds=seeds,
            link_secrets=newest_first(member.coalition.charter, (*fresh, *known)),
            prekeys=tuple(p for p in ring.prekeys if not done or p.counter > used),
        )

    async def _tell(self, came: list[Delivery]) -> None:
        now, nation = self.context.now(), self.context.code(self.context.member.nation)

        def write(tx: Transaction) -> None:
            for delivery in came:
                header = delivery.header
                detail = f"edition {header.edition}, {len(header.compartments)} compartments"
                write_finding(tx, now, Finding(AuditEvent.OTAR_TAKEN, str(header.edition), nation, detail=detail))
            write_event(tx, now, ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))

        await self.context.store.write(write)
        self.came()

    # --- statements ---

    def _made(self) -> dict[int, int]:
        value = self.context.store.read.meta(MADE)
        return {} if value is None else {int(counter): at for counter, at in json.loads(value).items()}

    async def _state(self) -> None:
        member, made = self.context.member, self._made()
        now = member.believed(self.context.now())
        await self._forget(made, now)
        newest = max(made.values(), default=None)
        stated = newest is not None and member.coalition.segment_at(newest) >= member.segment(now)
        if lacks_secret(member) and self._asked != member.renewed:
            stated = False  # the prekey that this segment's OTARs were sealed to may be gone
        request = self._demanded()
        if (stated and not self._unanswered(request)) or not self.online():
            return
        standing = member.directory.standing(member.device, now)
        counter = 1 + max(
            member.prekeys.highest(member.device), *made, *(p.counter for p in self.holding.ring.prekeys), 0
        )
        # Who holds this device's key may have stated the last counter there is: that is told, and there is no way on.
        if standing is None or not standing.valid or counter > LAST_COUNTER:
            return
        self._asked = member.renewed
        prekey = Prekey(counter, self.context.entropy(crypto.XWING_SEED))
        await self.holding.change(lambda ring: evolve(ring, prekeys=(*ring.prekeys, prekey)[-MAX_PREKEYS:]))
        held_up_to = {seat: self._newest(self.holding.ring.seeds, seat) for seat in self._seats()}
        statement = PrekeyStatement(
            member.coalition.id,
            member.nation,
            member.device,
            counter,
            held_up_to.pop(0, 0),
            request,
            crypto.xwing_public(prekey.seed),
            tuple(HeldEdition(seat, edition) for seat, edition in sorted(held_up_to.items()) if edition),
        )
        self._answered = request
        await self._publish(sign_prekey(statement, member.ring.device.key).data, {**made, counter: now})

    def _demanded(self) -> bytes:
        """The random value of the newest demand of the custodians who key this device, or none."""
        seats = self._seats()
        found = [d for d in demands(self.context.member.controls) if d.custodian in seats]
        return found[-1].request if found else b""

    def _unanswered(self, request: bytes) -> bool:
        """Whether a demand waits for this device's answer. Once in a segment: who states in its name forces no more."""
        said = self.context.member.prekeys.newest(self.context.member.device)
        return request not in {b"", self._answered} and said is not None and said.request != request

    async def _forget(self, made: dict[int, int], now: int) -> None:
        """Drop the prekeys whose grace is over, but for the newest."""
        grace = self.context.member.coalition.charter.otar_grace
        over = {counter for counter, at in made.items() if at + grace < now and counter != max(made)}
        if over:
            await self.holding.change(
                lambda ring: evolve(ring, prekeys=tuple(p for p in ring.prekeys if p.counter not in over))
            )

    async def _publish(self, data: bytes, made: dict[int, int]) -> None:
        member, now = self.context.member, self.context.now()
        member.own_statement(data)
        control, _ = member.apply(data)
        newest = dict(sorted(made.items())[-MAX_PREKEYS:])

        def write(tx: Transaction) -> None:
            tx.put_document(control_document(control, now))
            drop_superseded(tx, self.context, control)
            tx.set_meta(MADE, json.dumps(newest).encode("utf-8"))

        await self.context.store.write(write)
        self.context.control_changed(control.hash)
