"""The message being written: text, label, precedence, what it answers, repeats or corrects, per channel.

Rule 1: the default label of a channel is that of the last own message there, else as high as can be written, to all
members. Our own nation is always in.
Rule 2: an answer bears at least the label of what it answers (SPEC 5.4): nobody sees it who could not see that.
Rule 3: who will read it is the node's word: asked for each label, kept until something changes that decides it.
Rule 4: while an own message is corrected, the draft of its channel waits, and comes back as it was. A correction bears the
label and the precedence of what it corrects, and no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coalchat.api.about import Minimize, Quoted
from coalchat.api.nouns import Message
from coalchat.api.requests import PreviewLabel
from coalchat.api.responses import LabelPreview
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.changes import Asks
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.drafts import BREVITY, Draft
from coalchat.desk.model.labels import Label, combined
from coalchat.desk.model.lines import author_of, excerpt_of, title_of
from coalchat.desk.model.repeating import combination, denied
from coalchat.desk.model.views import UNMARKED, Composer
from coalchat.desk.model.words import age, clock, day_clock, listed
from coalchat.errors import CoalchatError
from coalchat.record import evolve, field, part

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
FLASH: Final = "FLASH interrupts everybody who gets it."
_ORDERS: Final = frozenset({"notice", "roe"})
"""Kinds whose label is not chosen for what is said next."""


@part
class Composing:
    """All drafts, and what the node has said about labels. `trouble`: what went wrong with the person's last act."""

    _coalition: Coalition
    trouble: str = ""
    _drafts: dict[str, Draft] = field(factory=dict)
    _aside: dict[str, Draft] = field(factory=dict)
    """What waits while an own message is corrected."""
    _previews: dict[PreviewLabel, LabelPreview | tuple[str, str]] = field(factory=dict)

    def draft(self, channel_id: str) -> Draft:
        """The draft of a channel."""
        return self._drafts.setdefault(channel_id, Draft())

    @property
    def channels(self) -> tuple[str, ...]:
        """Those in which something was written."""
        return tuple(self._drafts)

    def own(self, channel_id: str) -> Draft:
        """The draft of a channel, also while it waits for a correction's end."""
        return self._aside.get(channel_id) or self.draft(channel_id)

    def move(self, channel_id: str, other_id: str) -> None:
        """A conversation has its own id now."""
        for drafts in (self._drafts, self._aside):
            if channel_id in drafts:
                drafts[other_id] = drafts.pop(channel_id)

    # --- its label ---

    def label(self, channel_id: str) -> Label:
        """The label that the draft bears now."""
        return self.draft(channel_id).chosen or self.usual(channel_id)

    def usual(self, channel_id: str) -> Label:
        """The label that is not chosen: that of the last own message there, else the highest that can be written."""
        draft = self.draft(channel_id)
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
        return self._go_with(channel_id, message, self.draft(channel_id).quotes)

    def repeat(self, channel_id: str, messages: tuple[Message, ...]) -> Asks:
        """The draft repeats these messages, or none."""
        return self._go_with(channel_id, self.draft(channel_id).answers, messages)

    def _go_with(self, channel_id: str, answers: Message | None, quotes: tuple[Message, ...]) -> Asks:
        """Have the draft answer and repeat these. What is taken away gives back the label chosen before; what comes raises it."""
        draft = self.draft(channel_id)
        before = (*((draft.answers,) if draft.answers else ()), *draft.quotes)
        now = (*((answers,) if answers else ()), *quotes)
        draft.before = draft.before if before else draft.chosen
        draft.answers, draft.quotes = answers, quotes
        if any(message not in now for message in before):
            draft.chosen, before = draft.before, ()
        for message in now:
            if message not in before:
                draft.chosen = self._raised(draft.chosen, message)
        return self.ask(channel_id)

    def bring_back(self, channel_id: str, answers: Message | None, quotes: tuple[Message, ...]) -> Asks:
        """What a kept draft answered and repeated. Its label was raised by these then, and stays when they are taken away."""
        draft = self.own(channel_id)
        draft.answers = draft.answers or answers
        draft.quotes = (*quotes, *(one for one in draft.quotes if one not in quotes))
        for message in (*((draft.answers,) if draft.answers else ()), *draft.quotes):
            draft.chosen = self._raised(draft.chosen, message)
        draft.before = draft.chosen
        return self.ask(channel_id)

    def _raised(self, chosen: Label | None, message: Message) -> Label:
        marks = self._coalition.marks
        parts: tuple[Message | Quoted, ...] = (message, *message.quotes)
        for said in parts:
            label = marks.label_of(said)
            chosen = self.with_own(combined(chosen, label) if chosen else label)
        return chosen or marks.label_of(message)

    # --- corrections ---

    def correct(self, channel_id: str, message: Message, text: str) -> Asks:
        """The text is a new version of this own message from now on; what was being written waits."""
        if self.draft(channel_id).corrects is None:
            self._aside[channel_id] = self.draft(channel_id)
        waiting = self._aside[channel_id]
        self._drafts[channel_id] = Draft(
            text=text,
            chosen=self._coalition.marks.label_of(message),
            precedence=message.precedence,
            ack_by=message.ack_by,
            corrects=message,
            last=waiting.last,
            settled=waiting.settled,
        )
        return self.ask(channel_id)

    def end_correcting(self, channel_id: str) -> Asks:
        """What was being written before comes back."""
        if (waiting := self._aside.pop(channel_id, None)) is None:
            return ()
        waiting.last = self.draft(channel_id).last
        self._drafts[channel_id] = waiting
        return self.ask(channel_id)

    def purged(self, message: Message) -> None:
        """A message's body is gone: nothing of it stays beside a text, and nothing is made of it any more."""
        for channel_id, draft in (*self._drafts.items(), *self._aside.items()):
            if draft.corrects is not None and draft.corrects.entry_id == message.entry_id:
                self.end_correcting(channel_id)
            draft.quotes = tuple(quoted for quoted in draft.quotes if quoted.entry_id != message.entry_id)
            if draft.answers is not None and draft.answers.entry_id == message.entry_id:
                draft.answers = message

    def note(self, message: Message) -> None:
        """An own message: its label is the channel's default from now on. That of an order is the order's:
        nobody chose the lowest label of a notice for what he says next, nor that of ROE.
        """
        draft = self.draft(message.channel_id)
        if message.mine and message.kind not in _ORDERS and (draft.last is None or message.position >= draft.last[0]):
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

    def denial(self, channel_id: str, label: Label) -> tuple[str, str] | None:
        """Clause and sentence, if the draft cannot be sent under this label, as far as is known by now."""
        whole = combination(self._coalition.marks, self.draft(channel_id).quotes)
        return denial_of(self.preview(channel_id, label)) or denied(self._coalition.marks, label, whole)

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
        trouble: tuple[str, ...] = (self.trouble,) if self.trouble else ()
        if channel is None:
            return evolve(EMPTY, warnings=trouble, nowhere=self._coalition.listed, trouble=self.trouble)
        marks, draft, label = self._coalition.marks, self.draft(channel_id), self.label(channel_id)
        said = self.preview(channel_id, label)
        preview = said if isinstance(said, LabelPreview) else None
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
            denied=self.denial(channel_id, label),
            warnings=(*trouble, *(preview.warnings if preview else ())),
            reply=f"{author_of(draft.answers)} {clock(draft.answers.author_time)}" if draft.answers else "",
            note=note,
            known=preview is not None,
            only=_only(preview) if preview else "",
            about=excerpt_of(draft.answers) if draft.answers else "",
            quotes=tuple(self._quoted(message, channel_id) for message in draft.quotes),
            corrects=title_of(draft.corrects) if draft.corrects else "",
            within=self._within(draft.precedence),
            minimize="" if draft.corrects else self.minimize(channel_id, draft.precedence),
            national=self._coalition.beside(label.level),
            trouble=self.trouble,
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

    def _quoted(self, message: Message, channel_id: str) -> str:
        """ "(S REL XAA, XBB) XBB Kowal 1534Z: Route B"."""
        marks = self._coalition.marks
        mark = marks.mark(message.portion, message.nations, self._coalition.members(channel_id))
        author = f"{message.author_nation} {author_of(message)} {clock(message.author_time)}"
        return f"{mark} {author}: {excerpt_of(message)}"

    def confirm_needed(self, channel_id: str, last: Label | None) -> str:
        """What to confirm before sending, where the last message here bore this label; or ""."""
        marks, draft, label = self._coalition.marks, self.draft(channel_id), self.label(channel_id)
        said = []
        if last is not None and last != label and draft.corrects is None:
            said.append(f"Your last message here was {marks.text(last)}, this one is {marks.text(label)}.")
            said += self._seers(last.nations, label.nations)
        if draft.answers is not None:
            answered = marks.label_of(draft.answers)
            if wider := [code for code in label.nations if code not in answered.nations]:
                said.append(f"It answers a message that {listed(wider)} cannot see.")
            if label.level < answered.level or (answered.category and label.category != answered.category):
                said.append(f"It answers a message marked {marks.portion(answered)}.")
        if draft.precedence is Precedence.FLASH:
            said.append(FLASH)
        channel = self._coalition.channel(channel_id)
        if (
            channel is not None
            and channel.minimize is not None
            and not draft.corrects
            and self.minimize(channel_id, draft.precedence)
        ):
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
