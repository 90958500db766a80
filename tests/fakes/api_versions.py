"""What the scripted node does with messages before and after they are sent, and with channels: drafts, corrections, recalls,
threads, wider channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalchat.api import about, amendment, drafts, nouns, responses, roe, threads, versions
from coalchat.api.base import Request, Response
from coalchat.api.events import MessageMarked, MessagePurged
from coalchat.api.vocabulary import Flag, State
from coalchat.errors import UsageError
from coalchat.record import evolve, values_of
from tests.fakes.api_channels import widened
from tests.fakes.api_threads import answer_thread
from tests.fakes.roe_records import NO_ROE

if TYPE_CHECKING:
    from tests.fakes.api_node import FakeNode


def answer_versions(node: FakeNode, request: Request[Any]) -> Response | None:
    """The answer, which may change the messages; none: it is about something else."""
    match request:
        case versions.CorrectMessage():
            return _correct(node, request)
        case versions.ListVersions():
            return versions.VersionList(versions=tuple(_said(node, one) for one in _all(node, request.id)))
        case versions.RecallMessage():
            return _recall(node, request)
        case roe.ListRoe():
            return NO_ROE
        case threads.ShowThread():
            return answer_thread(node, request)
        case amendment.WidenChannel():
            return widened(node, request)
        case drafts.ListDrafts() | drafts.SetDraft() | drafts.ListReportDrafts() | drafts.SetReportDraft():
            return _draft(node, request)
    return None


def _draft(node: FakeNode, request: Request[Any]) -> Response:
    match request:
        case drafts.ListDrafts():
            return drafts.DraftList(drafts=tuple(node.drafts.values()))
        case drafts.ListReportDrafts():
            return drafts.ReportDraftList(drafts=())
        case drafts.SetDraft():
            name = node.find_channel(request.channel).id
            kept = drafts.Draft(**{**values_of(request), "channel": name})
            others = {channel: draft for channel, draft in node.drafts.items() if channel != name}
            node.drafts = {**others, name: kept} if request.text or request.quotes else others
    return responses.Done()


def _all(node: FakeNode, name: str) -> list[nouns.Message]:
    message = node.find_message(name)
    first = message.corrects or message.entry_id
    return [one for one in node.messages if first in {one.entry_id, one.corrects}]


def _said(node: FakeNode, message: nouns.Message) -> nouns.Message:
    return evolve(message, text=node.as_said.get(message.entry_id, message.text), newer=None)


def _replace(node: FakeNode, message: nouns.Message, **changes: Any) -> None:
    node.as_said.setdefault(message.entry_id, message.text)
    node.messages[node.messages.index(message)] = evolve(message, **changes)


def _correct(node: FakeNode, request: versions.CorrectMessage) -> Response:
    if request.client_id in node.by_client_id:
        return evolve(node.by_client_id[request.client_id], repeated=True)
    of = node.find_message(request.id)
    if not of.mine:
        raise UsageError("id: only who said it corrects it")
    before = _all(node, request.id)
    number, kept = len(before) + 1, {"ack_by": of.ack_by, "precedence": of.precedence, "refs": of.refs}
    made = node.add_message(
        of.channel_id, request.text, author_nation="XAA", author_person="Berg", marking=of.marking, nations=of.nations,
        kind="correction", version=number, corrects=before[0].entry_id, mine=True, read=True, **kept,
    )  # fmt: skip
    newer = about.Newer(entry_id=made.entry_id, version=number, time=made.author_time)
    for one in before:
        words = f"corrected 221531Z ({number}): see {made.entry_id[:12]}"
        _replace(node, one, text=words, flags=tuple({*one.flags, Flag.CORRECTED}), newer=newer)
        node.tell(MessageMarked(channel_id=one.channel_id, entry_id=one.entry_id))
    sent = responses.Sent(
        entry_id=made.entry_id,
        channel_id=made.channel_id,
        position=made.position,
        marking=made.marking,
        nations=tuple(nouns.NationState(nation=code, state=State.QUEUED) for code in made.nations),
        repeated=False,
    )
    node.by_client_id[request.client_id] = sent
    return sent


def _recall(node: FakeNode, request: versions.RecallMessage) -> Response:
    found = _all(node, request.id)
    recalled = tuple(one.entry_id for one in found)
    notice = node.add_message(
        found[0].channel_id, "recalled", kind="retraction", recalls=recalled, mine=True, read=True, author_nation="XAA",
        author_person="Berg",
    )  # fmt: skip
    for one in found:
        recall = about.Recall(retraction_id=notice.entry_id, time=0, spill=request.spill, confirmed=0, asked=3)
        words = "recalled by its author 221600Z" + (": SPILL" if request.spill else "")
        _replace(node, one, text=words, flags=(Flag.PURGED, Flag.RECALLED), recall=recall)
        node.tell(MessagePurged(channel_id=one.channel_id, entry_id=one.entry_id))
    return versions.Recalled(
        entry_id=notice.entry_id, channel_id=notice.channel_id, recalled=recalled, spill=request.spill, repeated=False
    )
