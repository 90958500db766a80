"""Rules of engagement (SPEC 8.11, 12): the board, its notices, and the acts that make it.

coalchat shows ROE; it never judges whether force is lawful. A notice is named "IMPL 005", "XBB IMPL 005" where two nations
have one of that name, or by its entry id or how that begins.
"""

from __future__ import annotations

from enum import StrEnum

from coalchat.api.base import Request, Response
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.record import field, record

JUDGES_NOTHING = "coalchat shows ROE; it never judges whether force is lawful. Self-defence is outside ROE."
"""Stands on every screen that shows ROE."""


class RoeAct(StrEnum):
    """What a notice does."""

    REQUEST = "request"
    AUTHORISE = "authorise"
    DENY = "deny"
    IMPLEMENT = "implement"
    AMEND = "amend"
    CANCEL = "cancel"
    CAVEAT = "caveat"


class RoeVerb(StrEnum):
    """What a rule does. In a caveat LIMITED is "narrower for us", PROHIBITED "not us", PERMITTED "as the force"."""

    NONE = "NONE"
    PERMITTED = "PERMITTED"
    PROHIBITED = "PROHIBITED"
    RETAINED = "RETAINED"
    LIMITED = "LIMITED"


class RoeState(StrEnum):
    """How far a rule is; in force are `implemented` and `amended` only."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    """And not implemented: dormant; or its time has not begun."""
    IMPLEMENTED = "implemented"
    AMENDED = "amended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DENIED = "denied"


@record
class RoeRule:
    """A rule as a notice states it: its users' data, any characters in `text` and `specify`."""

    number: str
    option: str
    verb: RoeVerb
    text: str
    specify: str


@record
class RoeRuling:
    """A rule, and what has become of it.

    Attributes:
        entry_id, notice, nation: of the notice that states it, its name, and whose it is.
        rule: as it stands now. before: as it stood before, or none.
        in_force: now. applies: to this device's nation. reason: why it is not in force, or "".
        since: of its last change; by: the name of the notice that made it.
        begins, ends: from when until when it may be in force; 0: no bound.
        marking, level, portion, nations: as in `nouns.Message`, of the notice. applies_to: nations; none: all of those.
        specified: units, area, phase.
    """

    entry_id: str
    channel_id: str
    notice: str
    nation: str
    rule: RoeRule
    before: RoeRule | None
    state: RoeState
    in_force: bool
    applies: bool
    reason: str
    since: int
    by: str
    begins: int
    ends: int
    marking: str
    level: int
    portion: str
    nations: tuple[str, ...]
    applies_to: tuple[str, ...]
    specified: str


@record
class RoeCaveat:
    """What a nation says of a rule for itself.

    Attributes:
        entry_id, notice: of the notice that says so. time: its author's clock.
        level, portion, nations: as in `nouns.Message`, of that notice: it may be for his own nation alone.
    """

    entry_id: str
    channel_id: str
    notice: str
    nation: str
    person: str
    number: str
    verb: RoeVerb
    text: str
    time: int
    marking: str
    level: int
    portion: str
    nations: tuple[str, ...]


@record
class RoeSigner:
    """Who signed a notice."""

    nation: str
    person: str


@record
class RoeAuthority:
    """Whom the charter names: a person or an appointment of a nation as certified; `name` "": every person of it.

    Attributes:
        issues: he issues notices, and signs those of others; otherwise he only signs.
    """

    nation: str
    name: str
    issues: bool


@record
class RoeTally:
    """How far a nation is with acknowledging a notice.

    Attributes:
        persons: that could read it, besides its author. acknowledged: how many did, with whatever answer.
        caveats, unable: how many of them with a caveat, or unable. missing: names of those that have not.
        since: when the last of them did, if all have; else 0.
    """

    nation: str
    persons: int
    acknowledged: int
    caveats: int
    unable: int
    missing: tuple[str, ...]
    since: int


@record
class RoeAnswer:
    """How one person acknowledged a notice."""

    nation: str
    person: str
    answer: Answer
    text: str
    at: int


@record
class RoeNotice(Response):
    """An ROE notice.

    Attributes:
        name: e.g. "IMPL 005". basis, basis_name: entry id and name of what it stands on, or "".
        rules: as it states them. before: how each of these stood before, or none; in the same order.
        flaw: why it does not count, a word of SPEC 8.11; "": it does. reason: why nothing of it is in force now, or "".
        signers: whose signatures count. needed: how many it needs. signed: this person's is among them.
        pending: this person is asked to acknowledge it and has not. answered: how this person did, or none.
        mine: issued by this person. closed: nothing of it is in force, or will be: nobody need answer.
        tally: by nation, of those to whom it applies; none, where nobody is asked and nobody did.
        reservations: the newest acknowledgements with a caveat, or of somebody who is unable.
    """

    entry_id: str
    channel_id: str
    channel_title: str
    name: str
    act: RoeAct
    serial: int
    nation: str
    person: str
    time: int
    marking: str
    level: int
    portion: str
    nations: tuple[str, ...]
    basis: str
    basis_name: str
    rules: tuple[RoeRule, ...]
    before: tuple[RoeRule | None, ...]
    applies_to: tuple[str, ...]
    specified: str
    effective: int
    expires: int
    ack_by: int
    remark: str
    flaw: str
    reason: str
    signers: tuple[RoeSigner, ...]
    needed: int
    mine: bool
    answered: Answer | None
    pending: bool
    closed: bool
    tally: tuple[RoeTally, ...]
    reservations: tuple[RoeAnswer, ...] = ()
    signed: bool = False


@record
class RoeGap:
    """Serials that are missing: nothing behind them counts. `words` name them.

    Attributes:
        act, marking: with nation and channel, of which series. first, last: of the serials.
    """

    nation: str
    channel_id: str
    words: str
    act: RoeAct = RoeAct.REQUEST
    marking: str = ""
    first: int = 0
    last: int = 0


@record
class RoeBoard(Response):
    """What is in force, and all that is not, with its reason.

    Attributes:
        at: the time that it is of. entries: of how many signed entries it was made.
        rulings: rules that count, by channel, nation and notice. caveats: those that stand.
        notices: those to acknowledge first, then the others, the newest first. left_out: how many did not fit.
        changes: when it changes by itself, or 0. needed: how many signatures the charter asks for; 0: it names nobody.
        words: what every screen says of it.
        speaks, issues, signs: what this person may: request and limit for his nation; all other acts; sign those of others.
        authorities: whom the charter names.
    """

    at: int
    entries: int
    gaps: tuple[RoeGap, ...]
    rulings: tuple[RoeRuling, ...]
    caveats: tuple[RoeCaveat, ...]
    notices: tuple[RoeNotice, ...]
    left_out: int
    changes: int
    needed: int
    own_nation: str
    words: str
    speaks: bool = False
    issues: bool = False
    signs: bool = False
    authorities: tuple[RoeAuthority, ...] = ()


@record
class ListRoe(Request[RoeBoard]):
    """The board. Errors: UnknownChannel.

    Attributes:
        channel: one, or "" for all. at: Unix seconds; 0: now.
    """

    op = "roe.list"
    scope = Scope.READ
    channel: str
    at: int


@record
class RoeDetails(Response):
    """One notice, and who answered what."""

    notice: RoeNotice
    answers: tuple[RoeAnswer, ...]
    words: str


@record
class ShowRoe(Request[RoeDetails]):
    """One notice. Errors: UnknownMessage, Ambiguous."""

    op = "roe.show"
    scope = Scope.READ
    id: str


@record
class RoeIssued(Response):
    """A notice is durable here and will leave as links allow. `repeated`: this client id was used for it before."""

    notice: RoeNotice
    repeated: bool


@record
class IssueRoe(Request[RoeIssued]):
    """Issue a notice; its serial is the next of its series.

    Errors: UnknownChannel, UnknownLabel, UnknownNation, UnknownMessage (basis), Ambiguous; Refused (clauses `roe-authority`,
    `roe-sequence`, `roe-basis`, and those of any message), before anything left; UsageError, which names the field.

    Attributes:
        basis: what it stands on, or "". Of a caveat or an authorisation, which need none, it says where it goes.
        channel, label: where to, and under which label; "": as the basis.
        rules: of what denies or cancels, those that it is of, with the verb NONE and no texts; none: all. Of what authorises or
            implements on a basis, one with the verb NONE is as that states it, and none: all of those.
        nations: to whom it applies; none: to all. specified: units, area, phase.
        effective, expires, ack_by: Unix seconds, or 0.
        serial: 0: the next one. client_id: as in `message.send`.
    """

    op = "roe.issue"
    scope = Scope.SEND
    act: RoeAct
    client_id: str = field(repr=False)
    basis: str = ""
    channel: str = ""
    label: str = ""
    rules: tuple[RoeRule, ...] = ()
    nations: tuple[str, ...] = ()
    specified: str = ""
    effective: int = 0
    expires: int = 0
    ack_by: int = 0
    remark: str = ""
    precedence: Precedence = Precedence.PRIORITY
    serial: int = 0


@record
class EndorseRoe(Request[RoeIssued]):
    """Sign a notice that another issued, as the charter asks of a second person.

    Errors: UnknownMessage, Ambiguous; Refused (`roe-authority`); UsageError (it needs no further signature, or is the own).
    """

    op = "roe.endorse"
    scope = Scope.SEND
    id: str


@record
class AcknowledgeRoe(Request[RoeDetails]):
    """Acknowledge a notice: a person's deliberate, signed act, for which he names its serial.

    Errors: UnknownMessage, Ambiguous; NotAuthorised (a bot); Refused; UsageError (the serial is another's, the notice does not
    count, it is the own one, or an answer lacks its text).

    Attributes:
        serial: of the notice, as the person typed it.
        answer: NONE: read and understood. CAVEAT, UNABLE: `text` says which, or why; up to 256 bytes.
    """

    op = "roe.acknowledge"
    scope = Scope.SEND
    id: str
    serial: int
    answer: Answer
    text: str
