"""Who writes each text that the local API answers with: a peer, or nobody but this node, its person and what all nations signed.

A field of text that is added stands in neither table, and `test_hostile_fields` fails until somebody has decided. Decide so: can
another device, a custodian, another nation's founder or whoever holds the wire choose only one character of it? Then it
is a peer's, also where a record of SPEC allows few characters there: the desk relies on `display_safe`, not on that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _fields(of: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{cls}.{name}" for cls, names in of.items() for name in names.split())


PEERS: Final = _fields(
    {
        # who somebody is: his custodian's word, or his founder's
        "Addressee": "person",
        "Confirmation": "person",
        "Delivery": "person reason",
        "Deputy": "person by",
        "Device": "person",
        "Enrolled": "person",
        "HistoryAsked": "person",
        "HistoryRequest": "person",
        "Holder": "person text",
        "Invite": "person",
        "Joining": "reason",
        "KeyingDevice": "person",
        "Missing": "person reason",
        "Nation": "name",
        "Node": "person coalition",
        "RevokedDevice": "person",
        "RoeAuthority": "name",
        "Seated": "person",
        "SilentDevice": "person",
        # what somebody said
        "Channel": "title purpose admins",
        "Minimize": "person reason",
        "Message": "channel_title author_person text",
        "Quoted": "person text",
        "Piece": "text",
        "Proof": "coalition person text",
        "CardRow": "key name value text",
        "Report": "form title missing",
        "RoeAnswer": "person text",
        "RoeCaveat": "notice person number text",
        "RoeNotice": "channel_title name person basis_name specified remark reason",
        "RoeRule": "number option text specify",
        "RoeRuling": "notice reason by specified",
        "RoeSigner": "person",
        "RoeTally": "missing",
        # what the node says with a peer's words in it
        "AuditRecord": "subject detail",
        "Denial": "reason",
        "LabelPreview": "warnings",
        "Link": "address reason",
        "LinkChanged": "address reason",
        "ReceiptArrived": "person",
        "RoeGap": "words",
        "RoePreview": "name reason",
        "StateChanged": "reason",
        "Status": "warnings",
    }
)
"""Each is made hostile by `poison`, and has to stand so on a terminal in the walks; `NOWHERE` says which cannot, and why."""

_NOTED: Final = "it names what has changed; front ends fetch and show that"
AT_COMMANDS: Final = _fields(
    {
        "AuditRecord": "subject detail",
        "Confirmation": "person",
        "Denial": "reason",
        "Deputy": "by",
        "Enrolled": "person",
        "HistoryAsked": "person",
        "Holder": "person text",
        "Joining": "reason",
        "KeyingDevice": "person",
        "LabelPreview": "warnings",
        "Minimize": "person",
        "Missing": "person reason",
        "Proof": "coalition person text",
        "ReceiptArrived": "person",
        "Report": "title",
        "RoeRuling": "reason",
        "Seated": "person",
        "StateChanged": "reason",
    }
)
"""Of these, those that commands show and the walk through the desk does not."""
SAME: Final[Mapping[str, str]] = {
    "RoeCaveat.number": "RoeRule.number",
    "RoeCaveat.notice": "RoeNotice.name",
    "RoeRuling.notice": "RoeNotice.name",
}
"""What is the same word in another record: a caveat finds its rule by its number."""
NOWHERE: Final[Mapping[str, str]] = {
    "CardRow.key": "of a form that is not here the name is the key; of one that is here, nobody shows it",
    "CardRow.value": "its text is shown; a map and a curve are drawn of what is a position or a number",
    "LinkChanged.address": _NOTED,
    "LinkChanged.reason": _NOTED,
    "RoeNotice.channel_title": "the board names no channel",
    "RoeRuling.specified": "the notice that states the rule shows its own",
}
"""Peers' texts that no front end shows, and why none has to. What is shown after all must leave."""

_ID: Final = "an id or a digest: the node writes it in hex"
_CODE: Final = "a nation's code: capital letters and digits, checked when the charter is"
_MARKING: Final = "a label as the node writes it, by the policy that all nations signed"
_POLICY: Final = "of the policy that all nations signed, or of the own nation's"
_WORD: Final = "a word of a list that the program ships"
_OWN: Final = "of this node, its files or its person"

OURS: Final[Mapping[str, frozenset[str]]] = {
    _ID: _fields(
        {
            "Acknowledged": "entry_id channel_id",
            "Addressee": "device_id person_id",
            "Channel": "id",
            "ControlChanged": "id",
            "Delivery": "person_id",
            "Device": "device_id",
            "Deputy": "entry_id person_id",
            "Draft": "channel answers quotes",
            "Enrolled": "device_id",
            "EvidenceOf": "entry_id acknowledgements",
            "Filed": "entry_id channel_id",
            "Form": "hash",
            "HistoryApproved": "device_id",
            "HistoryAsked": "device_id",
            "HistoryRequest": "id device_id",
            "Invite": "id device_id",
            "InviteCode": "invite_id",
            "KeyingDevice": "device_id",
            "Link": "device_id",
            "MarkMoved": "channel_id",
            "Marked": "channel_id",
            "Message": "entry_id channel_id refs corrects recalls reminds",
            "MessageArrived": "channel_id entry_id",
            "MessageMarked": "channel_id entry_id",
            "MessagePurged": "channel_id entry_id",
            "MessageStatus": "entry_id channel_id",
            "Minimize": "entry_id",
            "Newer": "entry_id",
            "Node": "device_id coalition_id",
            "Proof": "coalition_id device_id channel_id feed_id entry_id covered refs",
            "Quoted": "entry_id",
            "Recall": "retraction_id",
            "Recalled": "entry_id channel_id recalled",
            "ReceiptArrived": "channel_id entry_id",
            "Report": "form_hash",
            "ReportDraft": "channel form_hash updates",
            "RevokedDevice": "device_id",
            "RoeCaveat": "entry_id channel_id",
            "RoeChanged": "channel_id entry_id",
            "RoeGap": "channel_id",
            "RoeLog": "next",
            "RoeNotice": "entry_id channel_id basis",
            "RoeRuling": "entry_id channel_id",
            "Seated": "device_id",
            "Sent": "entry_id channel_id",
            "SilentDevice": "device_id",
            "StateChanged": "channel_id entry_id",
            "ThreadPage": "channel_id first",
            "Turn": "name to",
        }
    ),
    _CODE: _fields(
        {
            "Addressee": "nation",
            "AuditRecord": "nation",
            "AuditWritten": "nation",
            "Channel": "members",
            "Confirmation": "nation",
            "Delivery": "nation",
            "Deputy": "nation",
            "Disowned": "nation",
            "Holder": "nation",
            "Link": "nation",
            "LinkChanged": "nation",
            "Message": "author_nation nations",
            "MessageArrived": "author_nation",
            "MessageStatus": "own_nation",
            "Minimize": "nation",
            "Nation": "code",
            "NationReceipts": "nation",
            "NationState": "nation",
            "Node": "nation",
            "Proof": "nation nations",
            "Quoted": "nation nations",
            "Reach": "nation",
            "ReceiptArrived": "nation",
            "RoeAnswer": "nation",
            "RoeAuthority": "nation",
            "RoeBoard": "own_nation",
            "RoeCaveat": "nation nations",
            "RoeGap": "nation",
            "RoeLog": "own_nation",
            "RoeNotice": "nation nations applies_to",
            "RoeRuling": "nation nations applies_to",
            "RoeSigner": "nation",
            "RoeTally": "nation",
            "StateChanged": "nation",
        }
    ),
    _MARKING: _fields(
        {
            "AccountPage": "marking",
            "Addressee": "clearance",
            "Channel": "ceiling",
            "Device": "clearance",
            "Filed": "marking",
            "HistoryRequest": "markings",
            "Invite": "clearance",
            "LabelPreview": "marking portion",
            "Message": "marking portion",
            "MessageStatus": "marking",
            "Node": "clearance",
            "Proof": "marking",
            "Quoted": "marking portion",
            "RoeCaveat": "marking portion",
            "RoeGap": "marking",
            "RoeLog": "marking",
            "RoeNotice": "marking portion",
            "RoePreview": "marking",
            "RoeRuling": "marking portion",
            "Sent": "marking",
        }
    ),
    _POLICY: _fields(
        {
            "KeyWindow": "name",
            "Keys": "unshared_level",
            "Level": "name portion national",
            "Nation": "runs_on",
            "Node": "policy_id",
            "Policy": "id prefix categories tag_names national",
        }
    ),
    _WORD: _fields(
        {
            "AuditRecord": "event clause",
            "AuditWritten": "event",
            "CardRow": "type",
            "Denial": "clause",
            "DeviceWords": "own words",
            "Invite": "words",
            "Joining": "words",
            "Message": "kind",
            "Proof": "kind",
            "RoeBoard": "words",
            "RoeDetails": "words",
            "RoeLog": "words",
            "RoeNotice": "flaw",
            "RoePreview": "clause",
            "Status": "version",
        }
    ),
    _OWN: _fields(
        {
            "Acknowledged": "text",
            "Draft": "text label",
            "Filed": "form missing",
            "Form": "id title aliases",
            "FormField": "key name section hint type need codes",
            "FormRemoved": "id",
            "InviteCode": "code",
            "ReportDraft": "form label ack",
            "Status": "listen",
            "Typed": "name text",
        }
    ),
}
"""Texts that no peer can write, by why he cannot."""
