"""ROE logs for tests: notices of a few persons, each named by its words."""

from __future__ import annotations

from typing import Any

from protocol.base.records import evolve
from protocol.messages.payload import FORMAT
from protocol.messages.profile import Profile, fold
from protocol.messages.roe import WORDS, RoeAct, RoeEndorsementPayload, RoeNoticePayload, RoeRule, RoeVerb
from protocol.messages.signatory import Authorities, Signatory
from protocol.messages.standing import Logged
from protocol.trust.authority import RoeAuthority
from protocol.trust.credential import Role
from protocol.trust.label import ReleaseKey

NOW = 1_790_000_000
ALL = ReleaseKey(b"p" * 32, 1, 0, (0, 1, 2))
SOME = ReleaseKey(b"p" * 32, 1, 0, (0, 1))
SECRET = ReleaseKey(b"p" * 32, 2, 0, (0, 1))

COMFOR = Signatory(0, b"c" * 16, "COMFOR", int(Role.OFFICER))
DEPUTY = Signatory(0, b"d" * 16, "Deputy", int(Role.CONTROLLER))
LEGAD = Signatory(1, b"l" * 16, "LEGAD", int(Role.OFFICER))
KOWAL = Signatory(1, b"k" * 16, "Kowal", int(Role.CUSTODIAN))
SAAR = Signatory(2, b"s" * 16, "Saar", int(Role.OFFICER))

ONE = Authorities(1, (RoeAuthority(0, "", True),))
TWO = Authorities(2, (RoeAuthority(0, "", True), RoeAuthority(1, "LEGAD", False)))

HALT = RoeRule("104", "B", int(RoeVerb.LIMITED), "Halt and search of vehicles", "AREA BLUE")
LINE = RoeRule("112", "A", int(RoeVerb.PERMITTED), "Crossing of LINE GREEN", "")
SITES = RoeRule("207", "A", int(RoeVerb.PROHIBITED), "Entry to protected sites", "list 7")


def name(words: str) -> bytes:
    """An id for an entry that is called so."""
    return words.encode().ljust(32, b".")


def notice(act: RoeAct, serial: int, *rules: RoeRule, on: str = "", **fields: Any) -> RoeNoticePayload:
    made = RoeNoticePayload(
        FORMAT, NOW, False, (), int(act), serial, name(on) if on else b"", rules, (), "", 0, 0, 0, ""
    )
    return evolve(made, **fields)


def said(
    notice: RoeNoticePayload, by: Signatory = COMFOR, release: ReleaseKey = ALL, called: str = "", **fields: Any
) -> Logged:
    """A notice in the log, called "IMPL 005" unless it is told otherwise."""
    words = called or f"{WORDS[RoeAct(notice.act)]} {notice.serial:03d}"
    return evolve(Logged(name(words), b"o" * 16, release, by, notice), **fields)


def signs(what: str, by: Signatory = LEGAD, release: ReleaseKey = ALL, **fields: Any) -> Logged:
    payload = RoeEndorsementPayload(FORMAT, NOW, False, (), name(what))
    logged = Logged(name(f"{by.name} {what}"), b"o" * 16, release, by, payload)
    return evolve(logged, **fields)


AUTH = said(notice(RoeAct.AUTHORISE, 1, HALT, LINE))
IMPL = said(notice(RoeAct.IMPLEMENT, 1, HALT, on="AUTH 001"))


def at(*log: Logged, hours: float = 0, rules: Authorities = ONE) -> Profile:
    return fold(log, rules, NOW + int(hours * 3_600))


def hour(hours: float) -> int:
    return NOW + int(hours * 3_600)


def states(profile: Profile) -> dict[str, str]:
    """What became of each rule: "IMPL 001 104" -> "IMPLEMENTED"."""
    return {f"{r.notice.said.name} {r.rule.number}": r.state.name for r in profile.rulings}


def flaws(profile: Profile) -> dict[str, str]:
    """Flaw and its words, of each entry that has one."""
    return {
        n.logged.entry.decode().rstrip("."): f"{n.flaw.value}: {n.detail}".removesuffix(": ")
        for n in profile.notices
        if n.flaw
    }
