"""Vectors of SPEC 8.11: ROE notices, a log and what it says at three times; and hostile ones."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base.records import encode, evolve
from protocol.messages.payload import FORMAT, encode_payload
from protocol.messages.profile import Profile, fold
from protocol.messages.refs import Ref, Relation
from protocol.messages.roe import RoeAct, RoeEndorsementPayload, RoeNoticePayload, RoeRule, RoeVerb
from protocol.messages.signatory import Authorities, Signatory
from protocol.messages.standing import Flaw, Logged
from protocol.trust.authority import SETTING_ROE, RoeAuthority, RoeSetting
from protocol.trust.charter import Setting
from protocol.trust.credential import Role
from protocol.trust.label import ReleaseKey
from protocol.vectors.hostile_trust import case
from protocol.vectors.notation import Case, File
from protocol.vectors.world import ENTROPY, NOW, World

HOUR = 3_600
SETTING = RoeSetting(2, (RoeAuthority(0, "COMFOR", True), RoeAuthority(1, "LEGAD", False)))
COMFOR = Signatory(0, ENTROPY.fork("roe comfor")(16), "COMFOR", int(Role.OFFICER))
LEGAD = Signatory(1, ENTROPY.fork("roe legad")(16), "LEGAD", int(Role.OFFICER))
PATROL = Signatory(1, ENTROPY.fork("roe patrol")(16), "Ann Baker", int(Role.OFFICER))
CHANNEL = ENTROPY.fork("roe channel")(16)

LIMITED = RoeRule("104", "B", int(RoeVerb.LIMITED), "Halt and search of vehicles", "AREA BLUE")
PERMITTED = RoeRule("112", "A", int(RoeVerb.PERMITTED), "Crossing of LINE GREEN", "")
RETAINED = evolve(LIMITED, verb=int(RoeVerb.RETAINED), specify="commander only")
NOT_US = RoeRule("104", "", int(RoeVerb.PROHIBITED), "", "")


def name(of: str) -> bytes:
    """The id that stands for an entry's here."""
    return ENTROPY.fork(f"roe {of}")(32)


def notice(act: RoeAct, serial: int, *rules: RoeRule, basis: str = "", **changes: int) -> RoeNoticePayload:
    """A notice about rules."""
    return RoeNoticePayload(
        FORMAT,
        NOW,
        False,
        (),
        int(act),
        serial,
        name(basis) if basis else b"",
        rules,
        (),
        "",
        changes.get("effective", 0),
        changes.get("expires", 0),
        changes.get("ack_by", 0),
        "",
    )


REQUEST = notice(RoeAct.REQUEST, 1, LIMITED)
AUTHORISE = notice(RoeAct.AUTHORISE, 1, LIMITED, PERMITTED, basis="REQ 001", expires=NOW + 9 * HOUR)
IMPLEMENT = evolve(
    notice(RoeAct.IMPLEMENT, 1, LIMITED, basis="AUTH 001", effective=NOW, ack_by=NOW + HOUR),
    nations=(0, 1),
    applies="convoys in AREA BLUE",
    remark="as asked",
    refs=(Ref(int(Relation.AFTER), name("REQ 001")),),
)
AMEND = notice(RoeAct.AMEND, 1, RETAINED, basis="IMPL 001", effective=NOW + HOUR)
CANCEL = notice(RoeAct.CANCEL, 1, basis="IMPL 001", effective=NOW + 2 * HOUR)
CAVEAT = notice(RoeAct.CAVEAT, 1, NOT_US)
ENDORSEMENT = RoeEndorsementPayload(FORMAT, NOW, False, (), name("IMPL 001"))


def log(release: ReleaseKey) -> list[Logged]:
    """Notices that count, each signed twice where that is asked for, and some that do not."""
    issued = [
        ("REQ 001", PATROL, REQUEST, False),
        ("AUTH 001", COMFOR, AUTHORISE, True),
        ("IMPL 001", COMFOR, IMPLEMENT, True),
        ("AMEND 001", COMFOR, AMEND, True),
        ("CANCEL 001", COMFOR, CANCEL, True),
        ("CAVEAT 001", PATROL, CAVEAT, False),
        ("unsigned", COMFOR, notice(RoeAct.DENY, 1, basis="REQ 001"), False),
        ("unauthorised", LEGAD, notice(RoeAct.IMPLEMENT, 1, PERMITTED, basis="AUTH 001"), False),
        ("out of order", COMFOR, notice(RoeAct.IMPLEMENT, 3, PERMITTED, basis="AUTH 001"), True),
    ]
    made = []
    for of, author, said, signed in issued:
        made.append(Logged(name(of), CHANNEL, release, author, said))
        if signed:
            made.append(Logged(name(f"signs {of}"), CHANNEL, release, LEGAD, evolve(ENDORSEMENT, notice=name(of))))
    made.append(Logged(name("disowned"), CHANNEL, release, COMFOR, evolve(AMEND, serial=2), Flaw.DISOWNED))
    return made


def build(world: World) -> File:
    """The file's content."""
    release = ReleaseKey(world.policy.hash, 1, 0, (0, 1))
    entries = log(release)
    rules = Authorities(SETTING.signatures, SETTING.authorities)
    return {
        "chapter": "8.11 ROE notices",
        "format": {
            "setting": "value of the charter's setting 3",
            "payloads": "encoded",
            "log": "entries of one channel and release key: id, author as certified, payload, mark",
            "profiles": "of that log under that setting, `at` a time: flaws of notices by id; rules as (id of the notice, "
            "number, state, verb, since); caveats as (nation, number, verb); gaps as (nation, act, first, last)",
        },
        "verification": ["the profile of the log, in any order, is the one that is named"],
        "setting": [{"encoded": SETTING.packed.hex()}],
        "payloads": [
            {"name": of, "encoded": encode_payload(payload).hex()}
            for of, payload in (("notice", IMPLEMENT), ("endorsement", ENDORSEMENT))
        ],
        "log": [_logged(each) for each in entries],
        "profiles": [_profile(fold(entries, rules, NOW + hours * HOUR)) for hours in (0, 1, 2)],
    }


def _logged(each: Logged) -> Case:
    who = each.author
    return {
        "id": each.entry.hex(),
        "author": {"nation": who.nation, "person": who.person.hex(), "name": who.name, "role": who.role},
        "payload": encode_payload(each.payload).hex(),
        "mark": each.mark.value if each.mark else "",
    }


def _profile(profile: Profile) -> Case:
    return {
        "at": profile.at,
        "flaws": {n.logged.entry.hex(): n.flaw.value for n in profile.notices if n.flaw},
        "rules": [
            [r.notice.logged.entry.hex(), r.rule.number, r.state.name, r.rule.verb, r.since] for r in profile.rulings
        ],
        "caveats": [[c.notice.logged.author.nation, c.rule.number, c.rule.verb] for c in profile.caveats],
        "gaps": [[gap.series[1], int(gap.series[2]), gap.first, gap.last] for gap in profile.gaps],
        "changes": profile.changes,
    }


def hostile(world: World) -> Iterator[Case]:
    """Notices and settings that are refused, with their controls."""
    for of, good in (("notice", IMPLEMENT), ("amendment", AMEND), ("cancellation", CANCEL), ("caveat", CAVEAT)):
        yield case(f"control_roe_{of}", "payload", encode(good), "success")
    yield case("control_roe_endorsement", "payload", encode(ENDORSEMENT), "success")
    twice = (LIMITED, evolve(LIMITED, option="C"))
    verbless, long = evolve(LIMITED, verb=0), evolve(LIMITED, text="x" * 1_024)
    for of, bad, field in (
        ("implements_nothing_authorised", evolve(IMPLEMENT, basis=b""), "basis"),
        ("cancels_nothing", evolve(CANCEL, basis=b""), "basis"),
        ("request_that_stands_on_another", evolve(REQUEST, basis=name("AUTH 001")), "basis"),
        ("caveat_that_stands_on_another", evolve(CAVEAT, basis=name("IMPL 001")), "basis"),
        ("of_no_rule", evolve(IMPLEMENT, rules=()), "rules"),
        ("of_one_number_twice", evolve(IMPLEMENT, rules=twice), "rules"),
        (
            "longer_than_a_message",
            evolve(IMPLEMENT, rules=tuple(evolve(long, number=str(i)) for i in range(17))),
            "rules",
        ),
        ("that_expires_before_it_begins", evolve(IMPLEMENT, expires=NOW), "expires"),
        ("cancellation_that_expires", evolve(CANCEL, expires=NOW + 9 * HOUR), "expires"),
        ("of_no_verb", evolve(IMPLEMENT, rules=(verbless,)), "verb"),
        ("cancellation_that_says_something", evolve(CANCEL, rules=(LIMITED,)), "verb"),
        ("caveat_that_retains", evolve(CAVEAT, rules=(RETAINED,)), "verb"),
        ("caveat_that_says_nothing", evolve(CAVEAT, rules=(evolve(NOT_US, verb=int(RoeVerb.LIMITED)),)), "text"),
    ):
        yield case(f"roe_{of}", "payload", encode(bad), "decode", field)
    charter = world.coalition.charter
    with_roe = evolve(charter, settings=(*charter.settings, Setting(SETTING_ROE, SETTING.packed)))
    yield case("control_charter_with_roe_authorities", "charter", encode(with_roe), "success")
    nobody = evolve(SETTING, authorities=(RoeAuthority(1, "LEGAD", False),))
    stranger = evolve(SETTING, authorities=(RoeAuthority(9, "", True),))
    for of, value, field in (
        ("nobody_issues", nobody.packed, "authorities"),
        ("a_stranger_issues", stranger.packed, "authorities"),
        ("no_value", b"", "record"),
    ):
        bad_charter = evolve(charter, settings=(*charter.settings, Setting(SETTING_ROE, value)))
        yield case(f"charter_roe_{of}", "charter", encode(bad_charter), "decode", field)
