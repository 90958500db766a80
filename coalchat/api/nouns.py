"""The things that the local API speaks of (SPEC 12). Some are answers by themselves.

Ids are lower-case hex, times are Unix seconds in UTC (0: none), nations are their codes, markings are display text made by
the node under the policy. Names and texts of peers are as they were sent: clients show them through `display_safe`.
Positions and cursors rise with arrival at this node and mean nothing to another node.
"""

from __future__ import annotations

from coalchat.api.about import Deputy, Minimize, Newer, Quoted, Recall, Report
from coalchat.api.base import Response
from coalchat.api.vocabulary import Answer, Flag, Gap, KeyState, LinkState, Phase, Precedence, Role, State
from coalchat.record import record


@record
class Node(Response):
    """Who this node is.

    Attributes:
        phase: what it can do at all; of a locked or founding node all texts are empty.
        nation, person, role: of this device, from its certificate.
        device_id: hex; device: its number within the person's.
        coalition, coalition_id: name and hex id.
        exercise: by the charter; an exercise coalition must look unmistakable.
        policy_id: name of the security policy, as it stands in labels.
        clearance: marking of the highest that this device may read.
    """

    phase: Phase
    nation: str
    person: str
    role: Role | None
    device_id: str
    device: int
    coalition: str
    coalition_id: str
    exercise: bool
    policy_id: str
    clearance: str


@record
class Link(Response):
    """A link to a peer.

    Attributes:
        address: as added; of a peer who dialled us, his address without meaning for dialling back.
        inbound: he dialled us.
        nation, device_id: authenticated, or "".
        since: when the state began. reason: why it is not up, or "".
        bytes_sent, bytes_received: on the wire, since the node started.
        entries_sent, entries_received: entries of feeds, likewise.
    """

    address: str
    inbound: bool
    nation: str
    device_id: str
    state: LinkState
    since: int
    reason: str
    bytes_sent: int
    bytes_received: int
    entries_sent: int
    entries_received: int


@record
class Addressee(Response):
    """A device that direct messages may be addressed to.

    Attributes:
        device_id: 32 hex digits. device: its number within the person's. clearance: marking of the highest it may read.
        own: it is this one. confirmed: a person here has compared its words; another one gets nothing.
        keys: it has stated a key for now.
        person_id: 32 hex digits: namesakes have different ones.
    """

    device_id: str
    nation: str
    person: str
    device: int
    role: Role
    clearance: str
    own: bool
    confirmed: bool
    keys: bool
    person_id: str = ""


@record
class Channel(Response):
    """A channel of which this device's nation is a member, or a conversation of devices.

    Attributes:
        id: 32 hex digits. title: the founder's words. members: nation codes, by charter index.
        ceiling: marking of the highest label in it. ceiling_level: index of its level in the policy.
        admin: this device may widen it.
        unread: messages of others beyond the read mark. unread_precedence: the highest of them, or none.
        read_position: the read mark. newest: position of its newest message, or 0.
        devices: of a conversation, all that can read it; of a channel, none. Its title is "@" and who is at its other
            ends, its ceiling what all of them are cleared for.
        admins: devices that may widen it, by nation, person and number. revision: how often it was widened.
        minimize: the order that is in force here, or none. deputies: who stands in for its nations.
    """

    id: str
    title: str
    members: tuple[str, ...]
    ceiling: str
    ceiling_level: int
    purpose: str
    admin: bool
    unread: int
    unread_precedence: Precedence | None
    read_position: int
    newest: int
    devices: tuple[Addressee, ...] = ()
    minimize: Minimize | None = None
    admins: tuple[str, ...] = ()
    revision: int = 0
    deputies: tuple[Deputy, ...] = ()


@record
class Level:
    """A classification of the security policy.

    Attributes:
        name: as marked. portion: its short form in portion marks.
        foreground, background: 0xRRGGBB of the banner.
        read: receivers say when they read it. acknowledged: every message of it is to be acknowledged (SPEC 8.13).
        national: what the own nation marks alike, as its policy says; "" where that is not known.
    """

    name: str
    portion: str
    foreground: int
    background: int
    read: bool = True
    acknowledged: bool = False
    national: str = ""


@record
class KeyEdition:
    """An edition of this nation's keys.

    Attributes:
        custodian: the seat that drew it.
        starts, ends: its first and last segment's. held: this device has the seeds of all that it is cleared for.
        supersedes: counter of the edition that it replaced in an emergency; 0 for none.
        cut_off_until: of one that was replaced, until when a sender who has not heard of it may still seal to it; else 0.
        runs_on_until: the same at the levels that run on, where one does; else 0.
    """

    custodian: int
    counter: int
    state: KeyState
    starts: int
    ends: int
    held: bool
    supersedes: int = 0
    cut_off_until: int = 0
    runs_on_until: int = 0


@record
class KeyWindow:
    """How long what is sealed at a level can be opened by who steals keys.

    Attributes:
        level: index in the policy. name: as marked.
        closes: from then on, what is sealed now and was recorded is closed to a later thief of any device that erased
            in time.
        kept_until: when the oldest key that this device still holds is erased; 0 if it holds none.
        bodies_until: when the body of what is sealed now is purged from this device; 0: never.
    """

    level: int
    name: str
    closes: int
    kept_until: int
    bodies_until: int


@record
class SilentDevice:
    """A device of this nation that waits for keys and has stated no prekey of late: it holds a window open.

    Attributes:
        device_id: hex; device: its number within the person's.
        stated: when its last statement came; 0: none is here.
        suspended: it gets no keys until it states a new prekey.
    """

    person: str
    device_id: str
    device: int
    stated: int
    suspended: bool


@record
class KeyingDevice:
    """A device whose envelopes the other devices of this nation may seal under (SPEC 7.8).

    Attributes:
        device_id: hex; device: its number within the person's.
        valid: it may act now: the others ask it. own: this node's.
    """

    person: str
    device_id: str
    device: int
    valid: bool
    own: bool


@record
class KeyDemand:
    """An emergency rekey, as far as its custodian's node sees it.

    Attributes:
        at: when new prekeys were demanded. devices: that have to be keyed. answered: whose prekey answers the demand.
        keyed: to whom the seeds were sealed.
    """

    at: int
    devices: int
    answered: int
    keyed: int


@record
class Reach:
    """A nation and the number of its devices that a label lets read, or keeps from it; `of` all valid ones."""

    nation: str
    devices: int
    of: int


@record
class Denial:
    """An access decision that says no: the clause of SPEC 5.5, and one sentence."""

    clause: str
    reason: str


@record
class Nation:
    """A nation of the charter.

    Attributes:
        index: in the charter. own: this device's. devices: valid ones in its newest directory.
        published: when its newest publication was made; 0 if none is here.
        keys_until: end of its last published edition: sealing to it stops then, but for what runs on.
        suspended: by the charter: nothing is sealed to it or taken from it.
        runs_on, runs_on_until: name of the highest level that goes to its last key after that, and until when; "" and 0:
            none does.
    """

    code: str
    name: str
    index: int
    own: bool
    devices: int
    published: int
    keys_until: int
    suspended: bool = False
    runs_on: str = ""
    runs_on_until: int = 0


@record
class NationState:
    """How far a message is with a nation: the furthest of its devices."""

    nation: str
    state: State


@record
class Disowned:
    """Which nation disowns an entry of its own device, and since when."""

    nation: str
    time: int


@record
class Message(Response):
    """One entry that this device may read.

    Attributes:
        position: order of arrival here.
        entry_id: 64 hex digits. channel_id: 32. author_device: number within the person's.
        marking: to be shown with the text, always. nations: release set.
        level: index in the policy. portion: the portion mark without its release set, e.g. "S" or "S CONVOY".
        kind: of the payload: "text", "correction", "retraction", "notice", "roe", "report", or "unreadable".
        text: any characters: `display_safe(text, multiline=True)`. Of what was purged, the node's own words say so.
        author_time: the author's clock, for display only. received_time: this node's.
        n: segment number. seq: number in its feed.
        ack_by: when it should be acknowledged, by its author's word or its level's terms; 0: not asked.
        mine: written by this device. read: not beyond the read mark.
        answered: how this person acknowledged it, or none.
        refs: entry ids that it answers or builds on.
        disowned: with the flag of that name, who disowns it.
        quotes: what it repeats of others; of what is only forwarded, `text` is "".
        version, corrects: of a correction, its number (from 2) and the id of the first version; else 0 and "".
        newer: with the flag `corrected`, where the newest version stands.
        recalls: of a retraction, what it recalls. recall: with the flag `recalled`, who did so.
        reminds: of a reminder, the id of what is to be acknowledged; else "".
        report: of a report, its fields; `text` has them too. Its updates are corrections of it.
    """

    position: int
    entry_id: str
    channel_id: str
    channel_title: str
    author_nation: str
    author_person: str
    author_device: int
    marking: str
    level: int
    portion: str
    nations: tuple[str, ...]
    kind: str
    text: str
    author_time: int
    received_time: int
    n: int
    seq: int
    precedence: Precedence
    ack_by: int
    mine: bool
    read: bool
    answered: Answer | None
    refs: tuple[str, ...]
    flags: tuple[Flag, ...]
    disowned: Disowned | None
    quotes: tuple[Quoted, ...] = ()
    version: int = 0
    corrects: str = ""
    newer: Newer | None = None
    recalls: tuple[str, ...] = ()
    recall: Recall | None = None
    reminds: str = ""
    report: Report | None = None


@record
class Delivery:
    """How far a message is with one recipient.

    Attributes:
        nation: whose. person, device, role: none while no device of the nation is known that could read it.
        state: of a device that has said nothing itself, how far the message is with its nation, at most `held`.
        since: when the state began.
        answer: with `acknowledged`, else none.
        reason: why it is refused, expired or waits; of an acknowledgement, its text; or "".
        gap: what of what the message asks for this device has not said. person_id: 32 hex digits: namesakes have
            different ones.
        delivered_at, read_at: when it first said so; 0: it has not.
    """

    nation: str
    person: str | None
    device: int | None
    role: Role | None
    state: State
    since: int
    answer: Answer | None
    reason: str
    gap: Gap = Gap.NONE
    person_id: str = ""
    delivered_at: int = 0
    read_at: int = 0


@record
class AuditRecord:
    """One line of the audit record.

    Attributes:
        number: rises without gaps. event: a name of SPEC's registry of audit events.
        subject: what it is about (an id, an address). nation: whose act, if known, or "".
        clause: of the rule that decided, or "". detail: never message text, never a secret.
    """

    number: int
    time: int
    event: str
    subject: str
    nation: str
    clause: str
    detail: str
