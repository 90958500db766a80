"""Amendments: what one may change, who must sign it, and that of two with one number the first stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, DecodeError, LimitError, RemoteProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.base.signed import SigningKey, sign
from protocol.trust.amending import (
    Round,
    read_round,
    round_secret,
    seal_round,
    sign_round,
    start_admission,
    start_suspension,
)
from protocol.trust.amendment import (
    Fork,
    Gathering,
    admission,
    build_coalition,
    changed,
    check_amendment,
    suspension,
)
from protocol.trust.charter import (
    Charter,
    CharterSignature,
    Coalition,
    Nation,
    Setting,
    key_hash,
    root_id,
    sign_charter,
)
from protocol.trust.credential import CustodianCertificate, check_custodian, issue_custodian
from protocol.trust.founding import NationOffer, make_offer
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import signing_key

WORLD = make_coalition()
BEFORE = WORLD.charter
FOUNDING = (WORLD.charter_data, *WORLD.signatures)
POLICY = encode(WORLD.policy)
ENTROPY = Drbg("amendments")
ROOTS = [nation.root for nation in WORLD.nations]
BUNDLES = [ENTROPY(96) for _ in ROOTS]
NEW, NEW_BUNDLE, SECRET = signing_key(ENTROPY), ENTROPY(96), ENTROPY(32)
PUBLIC = NEW.public()
XDD = Nation("XDD", "Nation XDD", PUBLIC.ed25519, key_hash(PUBLIC.mldsa))
OFFER = make_offer(
    NationOffer("XDD", "Nation XDD", PUBLIC.ed25519, PUBLIC.mldsa, crypto.xwing_public(NEW_BUNDLE)), NEW
).data
ADMITS = admission(BEFORE, XDD)
SUSPENDS = suspension(BEFORE, 2, SECRET)


def signatures(charter: Charter, nations: Iterable[int]) -> list[bytes]:
    return [sign_charter(charter, nation, [*ROOTS, NEW][nation]).data for nation in nations]


def gathered(*documents: bytes) -> Gathering:
    gathering = Gathering()
    for data in documents:
        gathering.take(data)
    return gathering


def put_in_force(charter: Charter, nations: Iterable[int], coalition: Coalition = WORLD.coalition) -> Coalition:
    found = gathered(encode(charter), *signatures(charter, nations)).ripe(coalition)
    assert isinstance(found, tuple)
    return found[0]


# ------------------------------------------------------------------------------------------------ what it changes


def test_an_admission_and_a_suspension_do_one_thing_each() -> None:
    admits, suspends = check_amendment(BEFORE, ADMITS), check_amendment(BEFORE, SUSPENDS)
    assert (admits.admitted, admits.suspended, admits.needs) == (3, None, frozenset({0, 1, 2, 3}))
    assert (suspends.admitted, suspends.suspended, suspends.needs) == (None, 2, frozenset({0, 1}))
    assert changed(BEFORE, ADMITS)[0].startswith("admits XDD")
    assert changed(BEFORE, SUSPENDS)[0].startswith("suspends XCC")
    assert SUSPENDS.present == {0, 1}
    assert (BEFORE.quorum, ADMITS.quorum, SUSPENDS.quorum) == (2, 3, 2)


@pytest.mark.parametrize("text", [ADMITS, SUSPENDS], ids=["admission", "suspension"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Other"}, "name"),
        ({"nonce": bytes(16)}, "nonce"),
        ({"policy": bytes(32)}, "policy"),
        ({"segment": 3_600}, "segment"),
        ({"edition": 3}, "edition"),
        ({"holds": (1,) * len(BEFORE.holds)}, "holds"),
        ({"preload": 1}, "preload"),
        ({"otar_grace": 1}, "otar_grace"),
        ({"retention": (1,) * len(BEFORE.retention)}, "retention"),
        ({"suites": (1, 2)}, "suites"),
        ({"exercise": not BEFORE.exercise}, "exercise"),
        ({"quorum": 4}, "quorum"),
        ({"nations": BEFORE.nations[:2]}, "nations"),
        ({"nations": (*BEFORE.nations[:2], XDD)}, "nations"),
        ({"nations": (*BEFORE.nations, XDD, evolve(XDD, code="XEE", root=bytes(32)))}, "nations"),
        ({"settings": (*BEFORE.settings, Setting(9, b"x"))}, "settings"),
        ({"number": 2}, "number"),
        ({"previous": bytes(32)}, "previous"),
    ],
)
def test_an_amendment_changes_nothing_else(text: Charter, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RemoteProtocolError) as refusal:
        check_amendment(BEFORE, evolve(text, **changes))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "settings",
    [
        BEFORE.settings,
        (BEFORE.settings[0], Setting(2, b"\2")),
        (Setting(1, b"short"), Setting(2, b"\2")),
        (SUSPENDS.settings[0],),
        (SUSPENDS.settings[0], Setting(2, b"\1\2")),
    ],
    ids=["nothing", "the old link secret", "no commitment", "nobody", "two nations"],
)
def test_a_suspension_is_of_one_nation_with_a_new_link_secret(settings: tuple[Setting, ...]) -> None:
    with pytest.raises(DecodeError) as refusal:
        check_amendment(BEFORE, evolve(SUSPENDS, settings=settings))
    assert refusal.value.field == "settings"


def test_two_nations_cannot_suspend_each_other() -> None:
    two = suspension(BEFORE, 2, SECRET)
    with pytest.raises(DecodeError, match="more than half"):
        check_amendment(two, suspension(two, 1, ENTROPY(32)))


def test_an_admission_cannot_suspend_as_well() -> None:
    with pytest.raises(DecodeError) as refusal:
        check_amendment(BEFORE, evolve(ADMITS, settings=SUSPENDS.settings))
    assert refusal.value.field == "settings"


# ------------------------------------------------------------------------------------------------ in force


def test_it_is_in_force_once_all_have_signed_and_certificates_from_before_still_count() -> None:
    coalition = put_in_force(ADMITS, range(4))
    assert coalition.id == WORLD.id
    assert (coalition.charter, coalition.charter_hash) == (ADMITS, ADMITS.hash)
    assert coalition.roots == (*WORLD.coalition.roots, PUBLIC)
    assert coalition.text(WORLD.coalition.charter_hash) == BEFORE
    custodian = WORLD.nation("XAA").custodian_document.data
    assert check_custodian(coalition, custodian)[0].nation == 0
    seat = CustodianCertificate(WORLD.id, 3, 0, PUBLIC.ed25519, PUBLIC.mldsa, WORLD.now, WORLD.now + 1)
    named = issue_custodian(seat, NEW, coalition.root_id(3)).data
    assert check_custodian(coalition, named)[0] == seat
    with pytest.raises(AuthenticationError):
        check_custodian(WORLD.coalition, named)


@pytest.mark.parametrize("missing", range(4))
def test_one_signature_short_is_not_in_force(missing: int) -> None:
    gathering = gathered(encode(ADMITS), *signatures(ADMITS, {0, 1, 2, 3} - {missing}))
    assert gathering.ripe(WORLD.coalition) is None
    gathering.take(signatures(ADMITS, [missing])[0])
    assert gathering.ripe(WORLD.coalition) is not None


def test_who_is_suspended_does_not_sign_and_its_place_stays_its_own() -> None:
    coalition = put_in_force(SUSPENDS, [0, 1])
    assert coalition.suspended == {2}
    then = admission(coalition.charter, XDD)
    assert check_amendment(coalition.charter, then).needs == {0, 1, 3}
    both = put_in_force(then, [0, 1, 3], coalition)
    assert both.codes == ("XAA", "XBB", "XCC", "XDD")
    assert both.suspended == {2}
    with pytest.raises(DecodeError):
        check_amendment(both.charter, suspension(both.charter, 2, ENTROPY(32)))


def test_signatures_of_strangers_and_of_other_texts_do_not_count() -> None:
    gathering = gathered(encode(ADMITS))
    with pytest.raises(StateError):
        gathering.take(signatures(SUSPENDS, [0])[0])
    stranger = SigningKey(bytes(32), bytes(32))
    for named in (stranger.public().mldsa, PUBLIC.mldsa):
        body = encode(CharterSignature(ADMITS.hash, 3, named))
        with pytest.raises(AuthenticationError):
            gathering.take(sign(Tag.CHARTER_SIGNATURE, root_id(ADMITS.hash, 3), body, stranger).data)
    assert gathering.ripe(WORLD.coalition) is None


def test_documents_come_over_a_link_in_any_company_and_under_a_bound() -> None:
    later = suspension(ADMITS, 2, SECRET)
    gathering = gathered(encode(later), encode(ADMITS), *signatures(later, [0, 1, 3]), *signatures(ADMITS, range(4)))
    coalition = WORLD.coalition
    for number in (1, 2):
        found = gathering.ripe(coalition)
        assert isinstance(found, tuple)
        coalition = found[0]
        assert coalition.charter.number == number
    assert gathering.ripe(coalition) is None
    assert gathering.waiting == 0
    with pytest.raises(LimitError):
        Gathering(limit=100).take(encode(ADMITS))


def test_a_text_that_does_what_no_amendment_may_is_refused_and_gone() -> None:
    false = evolve(ADMITS, segment=3_600)
    gathering = gathered(encode(false), *signatures(false, range(4)))
    with pytest.raises(DecodeError):
        gathering.ripe(WORLD.coalition)
    assert gathering.waiting == 0


def test_of_two_with_one_number_the_first_stays_and_who_signed_both_is_named() -> None:
    coalition = put_in_force(SUSPENDS, [0, 1])
    fork = gathered(encode(ADMITS), *signatures(ADMITS, range(4))).ripe(coalition)
    assert isinstance(fork, Fork)
    assert fork.double == {0, 1}
    assert fork.amendment.charter == ADMITS
    # Built anew from a store that holds both, the one that came first is in force again.
    first, second = [encode(SUSPENDS), *signatures(SUSPENDS, [0, 1])], [encode(ADMITS), *signatures(ADMITS, range(4))]
    assert build_coalition((*FOUNDING, *first, *second))[0].charter == SUSPENDS
    built, used = build_coalition((*FOUNDING, *second, *first))
    assert built.charter == ADMITS
    assert set(used) == set(second)


# ------------------------------------------------------------------------------------------------ the way round


def signed_by(known: Round, *nations: int) -> Round:
    for nation in nations:
        known = sign_round(known, nation, [*ROOTS, NEW][nation], [*BUNDLES, NEW_BUNDLE][nation])
    return known


def test_an_admission_goes_round_and_brings_the_newcomer_everything() -> None:
    file = start_admission(WORLD.coalition, FOUNDING, POLICY, OFFER, WORLD.link_secret)
    known = signed_by(read_round(encode(file)), 0, 1, 2)
    assert not known.complete
    known = signed_by(known, 3)
    assert known.complete
    assert round_secret(known, 3, NEW_BUNDLE) == WORLD.link_secret
    assert round_secret(known, 0, BUNDLES[0]) is None
    coalition, _ = build_coalition((*known.file.earlier, *known.documents))
    assert coalition.codes[3] == "XDD"


def test_a_suspension_is_complete_when_the_new_link_secret_is_sealed_to_all_who_stay() -> None:
    known = read_round(encode(start_suspension(WORLD.coalition, FOUNDING, POLICY, 2, SECRET)))
    known = seal_round(signed_by(known, 0), SECRET)
    known = signed_by(known, 1)
    assert not known.complete
    known = seal_round(known, SECRET)
    assert known.complete
    assert known.sealed_to == {0, 1}
    assert round_secret(known, 1, BUNDLES[1]) == SECRET
    assert read_round(encode(known.file)).complete


def test_a_link_secret_of_the_carriers_own_is_refused() -> None:
    known = read_round(encode(start_suspension(WORLD.coalition, FOUNDING, POLICY, 2, SECRET)))
    known = seal_round(signed_by(known, 0, 1), bytes(32))
    with pytest.raises(AuthenticationError):
        round_secret(known, 1, BUNDLES[1])


def _swap_offer(known: Round) -> Any:
    """Who carries the file, XCC maybe, would like the secret sealed to a key of his own."""
    public = ROOTS[1].public()
    own = NationOffer(
        "XBB", BEFORE.nations[1].name, public.ed25519, public.mldsa, crypto.xwing_public(bytes(range(96)))
    )
    return evolve(known.file, offers=(make_offer(own, ROOTS[2]).data,))


FALSE: dict[str, Callable[[Round], Any]] = {
    "another policy": lambda known: evolve(known.file, policy=encode(evolve(WORLD.policy, version=9))),
    "a signature twice": lambda known: evolve(known.file, signatures=known.file.signatures * 2),
    "a signature of who is suspended": lambda known: evolve(known.file, signatures=tuple(signatures(SUSPENDS, [2]))),
    "an offer twice": lambda known: evolve(known.file, offers=known.file.offers * 2),
    "an offer of another": lambda known: evolve(known.file, offers=(OFFER,)),
    "an offer by another root": _swap_offer,
    "a secret for who offered nothing": lambda known: evolve(
        known.file, secrets=seal_round(known, SECRET).file.secrets, offers=()
    ),
    "another founding": lambda known: evolve(
        known.file, earlier=(make_coalition(seed="another").charter_data, *WORLD.signatures)
    ),
    "not founded": lambda known: evolve(known.file, earlier=FOUNDING[:-1]),
}


@pytest.mark.parametrize("what", FALSE)
def test_a_file_whose_parts_do_not_belong_together_is_refused(what: str) -> None:
    known = signed_by(read_round(encode(start_suspension(WORLD.coalition, FOUNDING, POLICY, 2, SECRET))), 1)
    assert read_round(encode(known.file)).signed == {1}
    with pytest.raises(RemoteProtocolError):
        read_round(encode(FALSE[what](known)))


def test_no_amendment_can_be_written_that_none_would_take() -> None:
    taken = make_offer(
        NationOffer("XBB", "Again", PUBLIC.ed25519, PUBLIC.mldsa, crypto.xwing_public(NEW_BUNDLE)), NEW
    ).data
    with pytest.raises(DecodeError):
        start_admission(WORLD.coalition, FOUNDING, POLICY, taken, WORLD.link_secret)
    coalition = put_in_force(SUSPENDS, [0, 1])
    earlier = (*FOUNDING, encode(SUSPENDS), *signatures(SUSPENDS, [0, 1]))
    with pytest.raises(DecodeError):
        start_suspension(coalition, earlier, POLICY, 2, ENTROPY(32))
