"""The message being written: text, label, precedence and what it answers, per channel.

Rule 1: the default label of a channel is that of the last own message there, else as high as can be written, to all
members. Our own nation is always in.
Rule 2: an answer bears at least the label of what it answers (SPEC 5.4): nobody sees it who could not see that.
Rule 3: who will read it is the node's word: asked for each label, kept until something changes that decides it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coalchat.api.about import Minimize
from coalchat.api.nouns import Message
from coalchat.api.requests import PreviewLabel
from coalchat.api.responses import LabelPreview
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.changes import Asks
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import Label, combined
from coalchat.desk.model.lines import author_of
from coalchat.desk.model.views import UNMARKED, Composer
from coalchat.desk.model.words import age, clock, day_clock, listed
from coalchat.errors import CoalchatError
from coalchat.record import evolve, field, part

BREVITY: Final = 200
"""Words of a FLASH or IMMEDIATE message."""
EMPTY: Final = Composer(
    channel="",
    label="",
    short="",
    level=UNMARKED,
    precedence=Precedence.ROUTINE,
    ack="",
    reads=(),
    withheld=(),
    denied=None,
    warnings=(),
    reply="",
    note="",
    known=False,
)
"""While no channel is shown."""


@part
class Draft:
    """What is being written in one channel.

    Attributes:
        chosen: the person's label, or none: the default.
        answers: the message that it answers; `before`: what was chosen before that raised the label.
        last: label of the last own message here, and its position. settled: of the last one sent from this draft;
            what other clients send does not change the label under the person's hands.
        kept: the text was here when the channel was opened. returned: it was sent, and came back.
    """

    text: str = ""
    chosen: Label | None = None
    precedence: Precedence = Precedence.ROUTINE
    ack_by: int = 0
    answers: Message | None = None
    before: Label | None = None
    last: tuple[int, Label] | None = None
    settled: Label | None = None
    kept: bool = False
    returned: bool = False

    @property
    def brief(self) -> bool:
        """Whether it is as short as its precedence wants it."""
        return self.precedence.rank < Precedence.IMMEDIATE.rank or len(self.text.split()) <= BREVITY

    def put_above(self, text: str) -> None:
        """Give a text back; what was typed meanwhile stands below it."""
        self.text = f"{text}\n{self.text}" if self.text.strip() else text
        self.returned = True

    def sent(self, label: Label) -> None:
        """The text is on its way: the next message starts plain, with the same label."""
        self.text, self.answers, self.before = "", None, None
        self.chosen, self.settled = None, label
        self.precedence, self.ack_by = Precedence.ROUTINE, 0
        self.kept = self.returned = False


@part
class Composing:
    """All drafts, and what the node has said about labels. `trouble`: what went wrong with the person's last act."""

    _coalition: Coalition
    trouble: str = ""
    _drafts: dict[str, Draft] = field(factory=dict)
    _previews: dict[PreviewLabel, LabelPreview | tuple[str, str]] = field(factory=dict)

    def draft(self, channel_id: str) -> Draft:
        """The draft of a channel."""
        return self._drafts.setdefault(channel_id, Draft())

    def move(self, channel_id: str, other_id: str) -> None:
        """A conversation has its own id now."""
        if channel_id in self._drafts:
            self._drafts[other_id] = self._drafts.pop(channel_id)

    # --- its label ---

    def label(self, channel_id: str) -> Label:
        """The label that the draft bears now."""
        draft = self.draft(channel_id)
        if draft.chosen is not None:
            return draft.chosen
        last = draft.settled or (draft.last[1] if draft.last else None)
        if last is None:
            return self._coalition.default_label(channel_id)
        members = self._coalition.members(channel_id)
        return evolve(last, nations=tuple(code for code in last.nations if code in members))

    def choose(self, channel_id: str, label: Label) -> Asks:
        """The person has chosen a label."""
        self.draft(channel_id).chosen = self.with_own(label)
        return self.ask(channel_id)

    def with_own(self, label: Label) -> Label:
        """The label, released to our own nation in any case, in charter order."""
        own = {self._coalition.own} - {""}
        return evolve(label, nations=self._coalition.marks.ordered({*label.nations, *own}))

    def answer(self, channel_id: str, message: Message | None) -> Asks:
        """The draft answers this message, or none."""
        draft = self.draft(channel_id)
        if draft.answers is not None:
            draft.chosen = draft.before
        draft.answers, draft.before = message, draft.chosen
        if message is not None:
            label = self._coalition.marks.label_of(message)
            draft.chosen = self.with_own(combined(draft.chosen, label) if draft.chosen else label)
        return self.ask(channel_id)

    def note(self, message: Message) -> None:
        """An own message: its label is the channel's default from now on."""
        draft = self.draft(message.channel_id)
        if message.mine and (draft.last is None or message.position >= draft.last[0]):
            draft.last = (message.position, self._coalition.marks.label_of(message))

    # --- who will read it ---

    def ask(self, channel_id: str, label: Label | None = None) -> Asks:
        """Ask who would read this label, or the draft's, unless it is known."""
        request = self._request(channel_id, label or self.label(channel_id))
        return () if request is None or request in self._previews else (request,)

    def preview(self, channel_id: str, label: Label) -> LabelPreview | tuple[str, str] | None:
        """What the node has said: who would read it, or why there is no such label; none: nothing yet."""
        request = self._request(channel_id, label)
        return None if request is None else self._previews.get(request)

    def took(self, request: PreviewLabel, preview: LabelPreview) -> None:
        """The node's answer."""
        self._previews[request] = preview

    def failed(self, request: PreviewLabel, error: CoalchatError) -> None:
        """There is no such label."""
        self._previews[request] = (error.clause or error.code, str(error))

    def forget_previews(self) -> None:
        """Something has changed that decides who can read."""
        self._previews.clear()

    def _request(self, channel_id: str, label: Label) -> PreviewLabel | None:
        if self._coalition.marks.policy is None or not label.nations:
            return None
        return PreviewLabel(channel=channel_id, label=self._coalition.marks.text(label))

    # --- views ---

    def view(self, channel_id: str, *, sending: bool, failed: bool) -> Composer:
        """Around the text. `sending`, `failed`: of messages of this channel that were sent before."""
        channel = self._coalition.channel(channel_id)
        if channel is None:
            return EMPTY
        marks, draft, label = self._coalition.marks, self.draft(channel_id), self.label(channel_id)
        said = self.preview(channel_id, label)
        preview = said if isinstance(said, LabelPreview) else None
        trouble: tuple[str, ...] = (self.trouble,) if self.trouble else ()
        if not draft.brief:
            trouble += (f"{draft.precedence} has at most {BREVITY} words, this has {len(draft.text.split())}",)
        note = "draft" if draft.kept and draft.text else ""
        if sending:
            note = "sending"
        if failed or draft.returned:
            note = "not sent"
        return Composer(
            channel=channel.title,
            label=marks.text(label),
            short=marks.short(label),
            level=label.level if marks.policy else UNMARKED,
            precedence=draft.precedence,
            ack=f"ack by {day_clock(draft.ack_by)}" if draft.ack_by else "no ack asked",
            reads=tuple((reach.nation, reach.devices) for reach in preview.readers) if preview else (),
            withheld=tuple(reach.nation for reach in preview.withheld) if preview else (),
            denied=denial_of(said),
            warnings=(*trouble, *(preview.warnings if preview else ())),
            reply=f"{author_of(draft.answers)} {clock(draft.answers.author_time)}" if draft.answers else "",
            note=note,
            known=preview is not None,
            only=_only(preview) if preview else "",
            within=self._within(draft.precedence),
        )

    def _within(self, precedence: Precedence) -> str:
        policy = self._coalition.marks.policy
        if precedence is Precedence.ROUTINE or policy is None or not policy.handling:
            return ""
        return age(policy.handling[precedence.rank])

    def minimize(self, channel_id: str, precedence: Precedence) -> str:
        """Id of the notice that has to be considered before something of this precedence is sent; "" if none."""
        channel = self._coalition.channel(channel_id)
        if channel is None or channel.minimize is None or precedence.rank >= Precedence.IMMEDIATE.rank:
            return ""
        return channel.minimize.entry_id

    def confirm_needed(self, channel_id: str, last: Label | None) -> str:
        """What to confirm before sending, where the last message here bore this label; or ""."""
        marks, draft, label = self._coalition.marks, self.draft(channel_id), self.label(channel_id)
        said = []
        if last is not None and last != label:
            said.append(f"Your last message here was {marks.text(last)}, this one is {marks.text(label)}.")
            said += self._seers(last.nations, label.nations)
        if draft.answers is not None:
            answered = marks.label_of(draft.answers)
            if wider := [code for code in label.nations if code not in answered.nations]:
                said.append(f"It answers a message that {listed(wider)} cannot see.")
            if label.level < answered.level or (answered.category and label.category != answered.category):
                said.append(f"It answers a message marked {marks.portion(answered)}.")
        if draft.precedence is Precedence.FLASH:
            said.append("FLASH interrupts everybody who gets it.")
        channel = self._coalition.channel(channel_id)
        if channel is not None and channel.minimize is not None and self.minimize(channel_id, draft.precedence):
            said.append(f"{minimize_words(channel.minimize)}. Is it urgent?")
        return " ".join((*said, "Send it?")) if said else ""

    @staticmethod
    def _seers(before: Iterable[str], now: Iterable[str]) -> list[str]:
        """Who saw the last message and will not see this one, and the other way round."""
        lost, gained = sorted(set(before) - set(now)), sorted(set(now) - set(before))
        said = [f"{listed(lost)} will not see it."] if lost else []
        return [*said, f"{listed(gained)} will see it too."] if gained else said


def minimize_words(order: Minimize) -> str:
    """ "MINIMIZE since 221531Z: no satellite"."""
    since = f"MINIMIZE since {day_clock(order.since)}"
    return f"{since}: {order.reason}" if order.reason else since


def _only(preview: LabelPreview) -> str:
    """Of a direct message, who can read it: "only Berg (1) and Kowal (1) can read it, your nation cannot"."""
    names = [f"{device.person} ({device.device})" for device in preview.devices]
    return f"only {listed(names)} can read it, your nation cannot" if names else ""


def denial_of(said: LabelPreview | tuple[str, str] | None) -> tuple[str, str] | None:
    """Clause and sentence, if a label cannot be sent so."""
    if isinstance(said, LabelPreview):
        return (said.denied.clause, said.denied.reason) if said.denied else None
    return said
