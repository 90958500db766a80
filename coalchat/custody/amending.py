"""A custodian's acts about amendments (SPEC 6.6): writing one, signing one, and taking a complete one in.

Rule 1: what is exchanged is a file, as in founding; the only secret in it, the link secret, stands sealed.
Rule 2: the acts themselves know neither a node nor a home: a node that runs does them for itself (`answers.charter`),
and a home that no node runs on is opened for them here.
Rule 3: taking in is durable store first, key file last; done again, it makes up what was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from coalchat.custody.documents import charter_documents
from coalchat.custody.founding import Adopted, adopt, own_root, store_of, unlock
from coalchat.custody.home import StoppedHome, account
from coalchat.errors import NotAuthorised, StoreCorrupt, UnknownNation, UsageError
from coalchat.paths import Home
from coalchat.store.faces import Reader, Transaction
from protocol.base.crypto import Entropy
from protocol.base.errors import ProtocolError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.keys.keyring import KeyRing
from protocol.trust.amending import (
    AmendmentFile,
    Round,
    read_round,
    round_secret,
    seal_round,
    sign_round,
    start_admission,
    start_reinstatement,
    start_suspension,
)
from protocol.trust.amendment import KINDS, build_coalition
from protocol.trust.charter import Coalition, key_hash
from protocol.trust.founding import commits_to, newest_first


@attrs.frozen
class Present:
    """A nation's custodian in a coalition.

    Attributes:
        documents: charters in force, now and before, and their signatures.
        policy: its bytes.
    """

    coalition: Coalition
    documents: tuple[bytes, ...] = attrs.field(repr=False)
    policy: bytes = attrs.field(repr=False)
    ring: KeyRing = attrs.field(repr=False)


@attrs.frozen
class Signed:
    """An amendment file after an act.

    Attributes:
        secret: the link secret that it brought, once it is complete.
        in_force: it was complete and this home has taken it in.
    """

    round: Round
    secret: bytes | None = attrs.field(default=None, repr=False)
    in_force: bool = False

    @property
    def data(self) -> bytes:
        """Its bytes now."""
        return encode(self.round.file)


def read_present(read: Reader, ring: KeyRing) -> Present:
    """What a founded home knows of its coalition.

    Raises:
        StoreCorrupt: the documents do not make up one.
    """
    rows = read.all_documents()
    policy = next((row.data for row in rows if row.tag == Tag.POLICY), b"")
    charters = [row.data for row in rows if row.tag in KINDS]
    try:
        coalition, amendments = build_coalition(charters)
    except ProtocolError as error:
        raise StoreCorrupt(f"its documents do not hold together ({error})") from None
    founding = tuple(row.data for row in rows if row.tag in KINDS and not row.audience)
    return Present(coalition, (*founding, *amendments), policy, ring)


# --- acts ---


def admit(present: Present, offer: bytes) -> Signed:
    """Write the amendment that admits a nation, and sign it.

    Raises:
        UsageError: the offer is not valid, or its code or root is taken. NotAuthorised: this home holds no root.
    """
    own_root(present.ring)
    secret = present.ring.link_secrets[0]
    if not commits_to(present.coalition.charter, secret):
        raise NotAuthorised("the link secret of the charter in force is not here yet")
    coalition, documents, policy = present.coalition, present.documents, present.policy
    return _sign(present, _made(lambda: start_admission(coalition, documents, policy, offer, secret)))


def suspend(present: Present, code: str, entropy: Entropy) -> Signed:
    """Write the amendment that suspends a nation, draw the link secret that it will not know, and sign it.

    Raises:
        UnknownNation: the charter names none of this code. UsageError: it is suspended already, or too few are left.
        NotAuthorised: this home holds no root, or is that nation's.
    """
    own_root(present.ring)
    codes = present.coalition.codes
    if code.upper() not in codes:
        raise UnknownNation(code)
    nation, secret = codes.index(code.upper()), entropy(32)
    coalition, documents, policy = present.coalition, present.documents, present.policy
    known = _sign(present, _made(lambda: start_suspension(coalition, documents, policy, nation, secret))).round
    known = seal_round(known, secret)
    return Signed(known, secret if known.complete else None)


def reinstate(present: Present, code: str) -> Signed:
    """Write the amendment that takes back the suspension of a nation, and sign it.

    Raises:
        UnknownNation: the charter names none of this code. UsageError: it is not suspended.
        NotAuthorised: this home holds no root.
    """
    own_root(present.ring)
    coalition, documents, policy = present.coalition, present.documents, present.policy
    if code.upper() not in coalition.codes:
        raise UnknownNation(code)
    nation = coalition.codes.index(code.upper())
    if nation not in coalition.suspended:
        raise UsageError(f"{code.upper()} is not suspended")
    return sign(present, encode(start_reinstatement(coalition, documents, policy, nation)))


def sign(present: Present, data: bytes) -> Signed:
    """Sign an amendment as this nation, if it has not, and seal the link secret where this home knows it.

    A home that does not know of the last amendments, as that of a nation that they suspend, takes them from the file.

    Raises:
        UsageError: it is not valid, or amends another charter. NotAuthorised: it does not need this nation.
    """
    known = read(data)
    if present.coalition.text(known.charter.hash) is None:
        if known.coalition.text(present.coalition.charter_hash) is None:
            raise UsageError("it amends another charter than the one in force here")
        known = _sign(present, known).round
    try:
        secret = round_secret(known, present.ring.nation, present.ring.bundle)
    except ProtocolError:
        raise UsageError("the link secret sealed in this file is not the charter's: have it sent again") from None
    if secret is None and known.change.suspended is None and known.owed <= known.offers.keys():
        # The link secret stays as it is: each of those who have it may seal it to who comes back.
        secret = next((one for one in present.ring.link_secrets[:1] if commits_to(known.charter, one)), None)
    if secret is not None and not known.complete:
        known = seal_round(known, secret)
    return Signed(known, secret if known.complete else None)


def read(data: bytes) -> Round:
    """Check an amendment file.

    Raises:
        UsageError: it is not valid.
    """
    try:
        return read_round(data)
    except ProtocolError as error:
        raise UsageError(f"this is not a valid amendment file ({error})") from None


def _made(start: Callable[[], AmendmentFile]) -> Round:
    try:
        return read_round(encode(start()))
    except ProtocolError as error:
        raise UsageError(f"no amendment can be made of this ({error})") from None


def _sign(present: Present, known: Round) -> Signed:
    nation = present.ring.nation
    if nation not in known.change.needs:
        raise NotAuthorised("it does not need this nation's signature")
    if nation in known.signed:
        return Signed(known)
    return Signed(sign_round(known, nation, own_root(present.ring).key, present.ring.bundle))


# --- a home that no node runs on ---


async def admit_at_home(home: Home, passphrase: bytes, offer: bytes) -> Signed:
    """`admit`, by a home that no node runs on."""
    _, ring = unlock(home, passphrase)
    async with store_of(home, ring) as store:
        return admit(read_present(store.read, ring), offer)


async def suspend_at_home(home: Home, passphrase: bytes, code: str, entropy: Entropy) -> Signed:
    """`suspend`, by a home that no node runs on."""
    _, ring = unlock(home, passphrase)
    async with store_of(home, ring) as store:
        return suspend(read_present(store.read, ring), code, entropy)


async def reinstate_at_home(home: Home, passphrase: bytes, code: str) -> Signed:
    """`reinstate`, by a home that no node runs on."""
    _, ring = unlock(home, passphrase)
    async with store_of(home, ring) as store:
        return reinstate(read_present(store.read, ring), code)


async def sign_at_home(home: Home, passphrase: bytes, data: bytes, *, now: int, entropy: Entropy) -> Signed:
    """Sign an amendment, and take a complete one in; also as the nation that it admits, whose home enters the coalition.

    Raises:
        UsageError, NotAuthorised: as `sign`.
    """
    key_file, ring = unlock(home, passphrase)
    if not ring.founded:
        known = _newcomer(read(data), ring)
        if not known.complete:
            return Signed(known)
        secret = _opened(known, ring)
        coalition, _ = build_coalition((*known.file.earlier, *known.documents))
        nation = len(coalition.codes) - 1
        documents = (*known.file.earlier, *known.documents)
        await adopt(home, key_file, ring, Adopted(coalition, documents, known.policy, nation, secret), now, entropy)
        return Signed(known, secret, in_force=True)
    async with store_of(home, ring) as store:
        present = read_present(store.read, ring)
        signed = sign(present, data)
        if not signed.round.complete:
            return signed
        rows = charter_documents(signed.round.coalition, (*signed.round.amendments, *signed.round.documents), now)
        text = signed.round.charter
        if present.coalition.text(text.hash) is not None:
            text = present.coalition.charter  # the file's is in force already, or was

        def keep(tx: Transaction) -> None:
            for row in rows:
                tx.put_document(row)
            account(tx, now, "charter-signed", f"{signed.round.charter.number}")

        await store.write(keep)
        brought = () if signed.secret is None else (signed.secret,)
        secrets = newest_first(text, (*brought, *ring.link_secrets))
        if secrets != ring.link_secrets:
            held = StoppedHome(home, key_file, ring, store)
            await held.keep(evolve(ring, link_secrets=secrets), now=now, event="charter-amended", entropy=entropy)
    return attrs.evolve(signed, in_force=True)


def _newcomer(known: Round, ring: KeyRing) -> Round:
    root = own_root(ring)
    public = root.key.public()
    nation = known.change.admitted
    named = None if nation is None else known.charter.nations[nation]
    if nation is None or named is None or (named.root, named.root_mldsa) != (public.ed25519, key_hash(public.mldsa)):
        raise NotAuthorised("this home's nation is not the one that it admits")
    return known if nation in known.signed else sign_round(known, nation, root.key, ring.bundle)


def _opened(known: Round, ring: KeyRing) -> bytes:
    nation = known.change.admitted
    try:
        secret = None if nation is None else round_secret(known, nation, ring.bundle)
    except ProtocolError:
        secret = None
    if secret is None:
        raise UsageError("the link secret sealed in this file is not the charter's: have it sent again")
    return secret
