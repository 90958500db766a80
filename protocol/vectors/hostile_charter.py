"""Hostile vectors of SPEC 6.1 and 6.6: charters, amendments, what roots sign, and the link secret."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.trust.amendment import reinstatement, suspension
from protocol.trust.charter import SETTING_RUN_ON, Setting, root_id, sign_charter
from protocol.trust.credential import issue_custodian
from protocol.vectors.hostile_trust import altered, case, kept
from protocol.vectors.notation import Case
from protocol.vectors.recorder import Recorder
from protocol.vectors.trust import admits, sealed_secret, suspends
from protocol.vectors.world import World


def cases(world: World, recorder: Recorder) -> list[Case]:
    """All of them, with their controls."""
    return [
        *_charters(world),
        *_amendments(world),
        *_reinstatements(world),
        *_signatures(world, recorder),
        *_secrets(world, recorder),
    ]


def _charters(world: World) -> Iterator[Case]:
    charter = world.charter
    yield case("control_charter", "charter", world.charter_data, "success")
    runs_on = evolve(charter, settings=(*charter.settings, Setting(SETTING_RUN_ON, b"\2")))
    yield case("control_charter_that_runs_on", "charter", encode(runs_on), "success")
    nations = charter.nations
    for name, bad, expect, field in (
        ("charter_amendment_without_predecessor", evolve(charter, number=1), "decode", "previous"),
        ("charter_with_predecessor", evolve(charter, previous=charter.hash), "decode", "previous"),
        (
            "charter_founded_with_a_suspension",
            evolve(charter, settings=(*charter.settings, Setting(2, b"\2"))),
            "decode",
            "settings",
        ),
        (
            "charter_that_lets_no_level_run_on_by_name",
            evolve(charter, settings=(*charter.settings, Setting(SETTING_RUN_ON, b"\0"))),
            "decode",
            "settings",
        ),
        (
            "charter_that_lets_more_levels_run_on_than_it_has",
            evolve(charter, settings=(*charter.settings, Setting(SETTING_RUN_ON, bytes([len(charter.holds) + 1])))),
            "decode",
            "settings",
        ),
        ("charter_unknown_suite", evolve(charter, suites=(2,)), "version", "suites"),
        (
            "charter_one_code_twice",
            evolve(charter, nations=(nations[0], evolve(nations[1], code="XAA"), nations[2])),
            "decode",
            "nations",
        ),
        (
            "charter_one_root_twice",
            evolve(charter, nations=(nations[0], evolve(nations[1], root=nations[0].root), nations[2])),
            "decode",
            "nations",
        ),
        ("charter_quorum_of_less_than_half", evolve(charter, quorum=1), "decode", "quorum"),
        ("charter_quorum_of_more_than_all", evolve(charter, quorum=4), "decode", "quorum"),
        ("charter_holds_and_retention_differ", evolve(charter, retention=charter.retention[1:]), "decode", "retention"),
    ):
        yield case(name, "charter", encode(bad), expect, field)


def _amendments(world: World) -> Iterator[Case]:
    before = world.charter
    (admitting, _), secret = admits(world), bytes(range(32))
    suspending = suspension(before, 2, secret)
    yield case("control_amendment_admission", "amendment", encode(admitting), "success")
    yield case("control_amendment_suspension", "amendment", encode(suspending), "success")
    kept, (mark,) = before.settings, suspending.settings[1:]
    for name, bad, expect, field in (
        ("amendment_skips_a_number", evolve(admitting, number=2), "state", "number"),
        ("amendment_of_another_charter", evolve(admitting, previous=bytes(32)), "state", "previous"),
        ("amendment_changes_the_policy", evolve(admitting, policy=bytes(32)), "decode", "policy"),
        ("amendment_changes_a_hold", evolve(suspending, holds=(1, *before.holds[1:])), "decode", "holds"),
        ("amendment_ends_the_exercise", evolve(admitting, exercise=not before.exercise), "decode", "exercise"),
        (
            "amendment_moves_a_nation",
            evolve(admitting, nations=(*admitting.nations[:2], *admitting.nations[:1:-1])),
            "decode",
            "nations",
        ),
        (
            "amendment_removes_a_nation",
            evolve(suspending, nations=before.nations[:2], settings=kept),
            "decode",
            "nations",
        ),
        ("amendment_raises_the_quorum", evolve(admitting, quorum=4), "decode", "quorum"),
        ("amendment_admits_and_suspends", evolve(admitting, settings=suspending.settings), "decode", "settings"),
        ("amendment_suspends_nobody", evolve(suspending, settings=kept), "decode", "settings"),
        ("amendment_keeps_the_link_secret", evolve(suspending, settings=(*kept, mark)), "decode", "settings"),
        (
            "amendment_suspends_two",
            evolve(suspending, settings=(suspending.settings[0], Setting(2, b"\1\2"))),
            "decode",
            "settings",
        ),
        (
            "amendment_suspends_who_is_not_there",
            evolve(suspending, settings=(suspending.settings[0], Setting(2, b"\7"))),
            "decode",
            "settings",
        ),
        (
            "amendment_suspensions_out_of_order",
            evolve(suspending, settings=(suspending.settings[0], Setting(2, b"\2\1"))),
            "decode",
            "settings",
        ),
    ):
        yield case(name, "amendment", encode(bad), expect, field)


def _reinstatements(world: World) -> Iterator[Case]:
    before, _ = suspends(world)
    good = reinstatement(before, 2)
    told, mark = before.settings
    two = evolve(before, settings=(told, Setting(mark.tag, b"\1\2")))
    swapped = Setting(mark.tag, b"\1")
    for name, text, expect, field, after in (
        ("control_amendment_reinstatement", good, "success", "", before),
        ("reinstatement_of_who_is_not_suspended", evolve(good, settings=before.settings), "decode", "settings", before),
        (
            "reinstatement_with_a_new_link_secret",
            evolve(good, settings=world.charter.settings),
            "decode",
            "settings",
            before,
        ),
        ("reinstatement_of_one_for_another", evolve(good, settings=(told, swapped)), "decode", "settings", before),
        ("reinstatement_that_raises_the_quorum", evolve(good, quorum=3), "decode", "quorum", before),
        ("reinstatement_of_two", evolve(good, previous=two.hash), "decode", "settings", two),
        ("reinstatement_of_another_charter", good, "state", "number", world.charter),
    ):
        yield case(name, "amendment", encode(text), expect, field, before=encode(after).hex())


def _signatures(world: World, recorder: Recorder) -> Iterator[Case]:
    name = "charter signature XAA"
    size = len(bytes.fromhex(recorder.kept[name]))
    yield case("control_charter_signature", "charter signature", {"recorded": name}, "success")
    data = bytes.fromhex(recorder.kept[name])
    for half, at in (("mldsa", size - 1), ("ed25519", size - 3_309 - 1)):
        bent = bytes([data[at] ^ 1])
        yield case(
            f"charter_signature_{half}_half_bent", "charter signature", altered(name, at, bent), "authentication"
        )
    other = evolve(world.charter, exercise=False)
    document = sign_charter(other, 0, world.roots[0])
    yield case(
        "charter_signature_of_another_charter",
        "charter signature",
        kept(
            recorder,
            "hostile charter signature",
            Tag.CHARTER_SIGNATURE,
            world.roots[0],
            document.body,
            lambda: document.data,
        ),
        "state",
        "signer",
    )
    yield case("control_custodian", "custodian", {"recorded": "custodian XAA"}, "success")
    seat = evolve(world.xaa.seat, nation=1)
    signer = root_id(world.coalition.charter_hash, 0)
    yield case(
        "custodian_of_another_nation",
        "custodian",
        kept(
            recorder,
            "hostile custodian",
            Tag.CUSTODIAN_CERTIFICATE,
            world.roots[0],
            encode(seat),
            lambda: issue_custodian(seat, world.roots[0], signer).data,
        ),
        "authentication",
    )


def _secrets(world: World, recorder: Recorder) -> Iterator[Case]:
    yield case("control_link_secret", "link secret", {"recorded": "link secret XAA"}, "success")
    stray = sealed_secret(world, recorder, "hostile link secret stray", secret=bytes(range(32)))
    yield case("link_secret_that_the_charter_does_not_commit_to", "link secret", stray, "authentication")
    moved = sealed_secret(world, recorder, "hostile link secret moved", nation=1)
    yield case("link_secret_of_another_nation", "link secret", moved, "authentication")
