"""Founding (SPEC 6.1): a nation's keys are made, a charter goes round, and the home joins the coalition it founds.

These acts are done on a home that no node runs on; the key file's passphrase is at hand.
Rule 1: what is exchanged are files; the only secret in them, the link secret, stands sealed.
Rule 2: adopting a charter writes the store first, in one transaction, and the key file last: whatever is interrupted
is done again from the start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs
import trio

from coalchat.custody.authorities import RoePower, roe_settings
from coalchat.custody.documents import charter_documents, document, list_document, policy_document
from coalchat.custody.editions import counts_until
from coalchat.custody.keying import (
    certify_custodian,
    certify_own_device,
    draw_first_editions,
    make_publication,
    own_seeds,
    with_seeds,
)
from coalchat.errors import AlreadyExists, NotAuthorised, UsageError
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.keyfile import KdfCost, KeyFile
from coalchat.store.runner import in_thread
from coalchat.store.writer import Store, open_store
from protocol.base.crypto import Entropy, xwing_public
from protocol.base.errors import ProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.keys.keyring import CustodianKeys, KeyRing, SigningSeeds, new_key_ring
from protocol.trust.access import Clearance
from protocol.trust.charter import SETTING_RUN_ON, Charter, Coalition, Setting, key_hash, sign_charter
from protocol.trust.credential import (
    check_display_name,
    custodian_id,
)
from protocol.trust.founding import (
    CharterFile,
    NationOffer,
    add_signature,
    complete,
    link_secret_setting,
    make_offer,
    open_link_secret,
    read_file,
    read_offer,
    start_file,
)
from protocol.trust.policy import Policy

DAY = 86_400
SEGMENT = 6 * 3600
EDITION = 12
HOLD = 3 * DAY
HOLD_HIGHEST = DAY
PRELOAD = DAY
OTAR_GRACE = 7 * DAY
RETENTION = 30 * DAY

ROOT_HINT = "it is made with `coalchat nation create`; one that was moved out comes back with `coalchat keys restore`"
_PERSON = "founding.person"
_OFFER = "founding.offer"


@attrs.frozen
class Terms:
    """What the founder chooses for a charter.

    Attributes:
        name: of the coalition. exercise: an exercise coalition.
        segment: seconds; edition: segments.
        retention: seconds for which bodies are kept, at every level.
        roe: who issues ROE notices and signs them; signatures: of how many persons each needs one.
        run_on: how many of the lowest levels run on where a nation's keys have run out (SPEC 7.9); None: half of them,
            which is what lies below SECRET in the usual ladders of four and five levels.
        settings: of later chapters, e.g. SPEC 8.13's.
    """

    name: str
    exercise: bool = False
    segment: int = SEGMENT
    edition: int = EDITION
    retention: int = RETENTION
    roe: tuple[RoePower, ...] = ()
    signatures: int = 1
    run_on: int | None = None
    settings: tuple[Setting, ...] = ()


@attrs.frozen
class Progress:
    """How far a charter file is.

    Attributes:
        charter, policy: what it says. signed, missing: nation codes.
        file: its bytes now.
        coalition: once it is complete.
    """

    charter: Charter
    policy: Policy
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    file: bytes = attrs.field(repr=False)
    coalition: Coalition | None = None


def create_device(home: Home, passphrase: bytes, *, entropy: Entropy, cost: KdfCost) -> None:
    """Make the key file of a device that will join a coalition.

    Raises:
        AlreadyExists: there is one.
        HomeNotPrivate, StoreError: see `KeyFile.create`.
    """
    KeyFile.create(home.keys, passphrase, encode(new_key_ring(entropy)), entropy=entropy, cost=cost)


async def create_nation(
    home: Home, passphrase: bytes, *, code: str, name: str, person: str, entropy: Entropy, cost: KdfCost
) -> bytes:
    """Make a nation's root, custodian and device keys in a new home.

    Returns:
        The nation's offer, to be given to the founder.

    Raises:
        UsageError: code or name breaks its rule. AlreadyExists: there is a key file.
    """
    root = SigningSeeds(entropy(32), entropy(32))
    custodian = CustodianKeys(0, SigningSeeds(entropy(32), entropy(32)), (root,), ())
    ring = evolve(new_key_ring(entropy), custodian=(custodian,))
    public = root.key.public()
    try:
        offer = make_offer(NationOffer(code, name, public.ed25519, public.mldsa, xwing_public(ring.bundle)), root.key)
        check_display_name(person)
    except ProtocolError as error:
        raise UsageError(str(error)) from None
    if home.keys.exists():
        raise AlreadyExists(str(home.keys))
    # The key file comes last: until then this is no home, and a store without a key is nothing.
    home.store.unlink(missing_ok=True)
    async with store_of(home, ring) as store:

        def keep(tx: Transaction) -> None:
            tx.set_meta(_PERSON, person.encode("utf-8"))
            tx.set_meta(_OFFER, offer.data)

        await store.write(keep)
    KeyFile.create(home.keys, passphrase, encode(ring), entropy=entropy, cost=cost)
    return offer.data


def found_charter(
    home: Home, passphrase: bytes, *, policy: Policy, offers: Sequence[bytes], terms: Terms, entropy: Entropy
) -> Progress:
    """Make a charter from nations' offers, and sign it as this home's nation.

    Args:
        offers: in the order that becomes the charter's; this home's own among them.

    Raises:
        UsageError: an offer is not one, or a nation stands twice.
        NotAuthorised: this home holds no nation's root.
    """
    read = []
    for data in offers:
        try:
            read.append(read_offer(data))
        except ProtocolError as error:
            raise UsageError(f"an offer is not valid ({error})") from None
    _, ring = unlock(home, passphrase)
    own_root(ring)
    levels = len(policy.levels)
    roe = roe_settings(terms.roe, terms.signatures, [offer.code for offer in read])
    run_on = (levels + 1) // 2 if terms.run_on is None else terms.run_on
    nonce, link_secret = entropy(16), entropy(32)
    settings = (
        link_secret_setting(link_secret, nonce),
        *roe,
        *([Setting(SETTING_RUN_ON, bytes([run_on]))] if run_on else []),
        *terms.settings,
    )
    charter = Charter(
        number=0,
        previous=b"",
        name=terms.name,
        nonce=nonce,
        policy=policy.hash,
        nations=tuple(offer.nation for offer in read),
        quorum=len(read) // 2 + 1,
        segment=terms.segment,
        edition=terms.edition,
        holds=(*(HOLD for _ in range(levels - 1)), HOLD_HIGHEST),
        preload=PRELOAD,
        otar_grace=OTAR_GRACE,
        retention=(terms.retention,) * levels,
        suites=(1,),
        exercise=terms.exercise,
        settings=settings,
    )
    try:
        file = start_file(charter, policy, read, link_secret)
        read_file(encode(file))
    except ProtocolError as error:
        raise UsageError(f"no charter can be made of this ({error})") from None
    return _progress(_signed(file, charter, ring))


async def sign_charter_file(home: Home, passphrase: bytes, data: bytes, *, now: int, entropy: Entropy) -> Progress:
    """Sign a charter as this home's nation, if it has not, and adopt it if it is complete.

    Raises:
        UsageError: the file is not valid. NotAuthorised: this home's nation is not in it.
        AlreadyExists: this home belongs to another coalition.
    """
    file, charter, policy, signed = _read(data)
    key_file, ring = unlock(home, passphrase)
    nation = _index(charter, ring)
    if nation not in signed:
        file = _signed(file, charter, ring)
    progress = _progress(file)
    if progress.coalition is None:
        return progress
    if ring.founded:
        if ring.coalition != progress.coalition.id:
            raise AlreadyExists("this home belongs to another coalition")
        return progress
    try:
        link_secret = open_link_secret(file, nation, ring.bundle)
    except ProtocolError:
        raise UsageError("the link secret sealed in this file is not the charter's: have it sent again") from None
    documents = (file.charter, *file.signatures)
    await adopt(home, key_file, ring, Adopted(progress.coalition, documents, policy, nation, link_secret), now, entropy)
    return progress


def show_charter_file(data: bytes) -> Progress:
    """Check a charter file.

    Raises:
        UsageError: it is not valid.
    """
    return _progress(_read(data)[0])


def unlock(home: Home, passphrase: bytes) -> tuple[KeyFile, KeyRing]:
    """Open a home's key file.

    Raises:
        WrongPassphrase, StoreCorrupt, NoHome: see `KeyFile.unlock`.
    """
    key_file, content = KeyFile.unlock(home.keys, passphrase)
    return key_file, decode(KeyRing, bytes(content))


def own_root(ring: KeyRing) -> SigningSeeds:
    """The nation's root.

    Raises:
        NotAuthorised: it does not rest in this home.
    """
    if not ring.custodian or not ring.custodian[0].root:
        raise NotAuthorised("this home does not hold a nation's root", hint=ROOT_HINT)
    return ring.custodian[0].root[0]


# --- inside ---


def _read(data: bytes) -> tuple[CharterFile, Charter, Policy, frozenset[int]]:
    try:
        return read_file(data)
    except ProtocolError as error:
        raise UsageError(f"this is not a valid charter file ({error})") from None


def _index(charter: Charter, ring: KeyRing) -> int:
    public = own_root(ring).key.public()
    for index, nation in enumerate(charter.nations):
        if (nation.root, nation.root_mldsa) == (public.ed25519, key_hash(public.mldsa)):
            return index
    raise NotAuthorised("this home's nation is not in the charter")


def _signed(file: CharterFile, charter: Charter, ring: KeyRing) -> CharterFile:
    return add_signature(file, sign_charter(charter, _index(charter, ring), own_root(ring).key))


def _progress(file: CharterFile) -> Progress:
    data = encode(file)
    _, charter, policy, signed = read_file(data)
    try:
        coalition = complete(file)
    except StateError:
        coalition = None
    codes = charter.codes
    return Progress(
        charter,
        policy,
        tuple(code for index, code in enumerate(codes) if index in signed),
        tuple(code for index, code in enumerate(codes) if index not in signed),
        data,
        coalition,
    )


@attrs.frozen
class Adopted:
    """The coalition that a home enters.

    Attributes:
        documents: its charters and their signatures, each charter before its own.
        nation: index of the home's nation.
    """

    coalition: Coalition
    documents: tuple[bytes, ...] = attrs.field(repr=False)
    policy: Policy
    nation: int
    link_secret: bytes = attrs.field(repr=False)


async def adopt(home: Home, key_file: KeyFile, ring: KeyRing, adopted: Adopted, now: int, entropy: Entropy) -> None:
    """Enter a coalition: certify custodian and device, draw the first editions, publish; see rule 2."""
    coalition, policy, nation = adopted.coalition, adopted.policy, adopted.nation
    keys = ring.custodian[0]
    drawn = draw_first_editions(coalition, policy, nation, keys.index, now, entropy)
    keys = with_seeds(keys, drawn)
    clearance = Clearance(len(policy.levels) - 1, tuple(range(1, len(policy.categories) + 1)))
    async with store_of(home, ring) as store:
        person = (store.read.meta(_PERSON) or b"Custodian").decode("utf-8")
        certified = certify_own_device(coalition, nation, ring, keys, person, clearance, now, entropy)
        publication, parts = make_publication(
            coalition=coalition,
            nation=nation,
            keys=keys,
            previous=None,
            previous_document=b"",
            devices=[certified],
            editions=[edition.edition for edition in drawn],
            lists=[named for edition in drawn for named in edition.named],
            now=now,
            until=counts_until((drawn[-1].edition.last + 1) * coalition.charter.segment, coalition.charter),
        )
        seat = custodian_id(coalition.id, nation, keys.index)
        documents = [
            policy_document(coalition, encode(policy), now),
            *charter_documents(coalition, adopted.documents, now),
            document(Tag.CUSTODIAN_CERTIFICATE, seat, now, certify_custodian(coalition, nation, keys, now).data, now),
            document(Tag.CERTIFICATE, certified.device, now, certified.document.data, now),
            document(Tag.PUBLICATION, seat, 1, publication.data, now),
            *(document(Tag.DIRECTORY, seat, 1, part, now) for part in parts),
            *(list_document(edition, data, now) for edition in drawn for data in edition.lists),
        ]

        def keep(tx: Transaction) -> None:
            for known in tx.all_documents():
                tx.drop_document(known.hash)
            for made in documents:
                tx.put_document(made)

        await store.write(keep)
    entered = evolve(
        ring,
        counter=ring.counter + 1,
        founded=True,
        coalition=coalition.id,
        nation=nation,
        seeds=own_seeds(keys, clearance.compartments()),
        link_secrets=(adopted.link_secret,),
        mark=coalition.segment_at(now),
        custodian=(keys,),
    )
    key_file.replace(encode(entered), entropy=entropy)


@asynccontextmanager
async def store_of(home: Home, ring: KeyRing) -> AsyncIterator[Store]:
    """The store of a home that no node runs on.

    Raises:
        StoreCorrupt, StoreNewer, StoreError: see `Store.open`.
    """
    async with (
        trio.open_nursery() as nursery,
        open_store(home.store, ring.database, nursery=nursery, run_sync=in_thread()) as store,
    ):
        yield store
