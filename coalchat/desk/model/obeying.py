"""Commands that concern the model: `/label`, `/precedence`, `/ack-by`, `/reply`, `/read`, `/ack`, `/minimize`, `/deputy`, `/peer`.

Rule 1: what cannot be done says why, as a `UsageError`, and changes nothing.
Rule 2: an acknowledgement needs a selected message: it is never guessed which one is meant.
"""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

from coalchat.api.deadlines import NameDeputy, OrderMinimize
from coalchat.api.requests import AddPeer, GetStatus, RemovePeer
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.desk.model import acts
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.commands import Command, help_of
from coalchat.desk.model.state import State
from coalchat.desk.model.words import deadline_of, moment_of
from coalchat.errors import UsageError

_PRECEDENCE: Final = {"R": "ROUTINE", "P": "PRIORITY", "O": "IMMEDIATE", "Z": "FLASH"}
"""ACP 121's letters."""
_ANSWERS: Final = {"": Answer.NONE, "wilco": Answer.WILCO, "unable": Answer.UNABLE, "caveat": Answer.CAVEAT}
_CHOICES: Final = frozenset({"label", "precedence", "ack-by", "reply"})
MAX_CAVEAT: Final = 256
"""Bytes of an acknowledgement's text."""
MAX_REASON: Final = 256
"""Bytes of an order's reason."""


def obey(state: State, command: Command, selected: str | None, now: int) -> Changes:
    """Do a command.

    Raises:
        UsageError: it cannot be done so.
    """
    if command.name == "peer":
        return _peer(command)
    if not state.shown:
        raise UsageError("no channel is open")
    return _there(state, command, selected, now)


def _there(state: State, command: Command, selected: str | None, now: int) -> Changes:
    """What concerns the shown channel."""
    composing = state.composing
    if command.name in _CHOICES and composing.draft(state.shown).corrects is not None:
        raise UsageError("a correction has the label, the precedence and the reference of what it corrects")
    match command.name:
        case "label":
            label = state.coalition.marks.parse(command.rest, state.coalition.members(state.shown))
            asks = composing.choose(state.shown, label)
            return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=asks)
        case "precedence":
            composing.draft(state.shown).precedence = _precedence(command)
            return Changes(frozenset({Part.COMPOSER}))
        case "ack-by":
            composing.draft(state.shown).ack_by = _ack_by(command, now)
            return Changes(frozenset({Part.COMPOSER}))
        case "reply":
            return _reply(state, selected)
        case "read":
            return acts.read_to(state, selected)
        case "ack":
            return _acknowledge(state, command, selected)
        case "minimize" | "deputy":
            return _order(state, command, now)
    raise UsageError(f"/{command.name} is not the model's")


def _reply(state: State, selected: str | None) -> Changes:
    """Answer the selected message; again, or with none selected: answer none."""
    answers = state.composing.draft(state.shown).answers
    if answers is None and (selected is None or state.find(selected) is None):
        raise UsageError("select the message to answer first")
    again = answers is not None and selected in {None, answers.entry_id}
    return acts.reply(state, None if again else selected)


def precedence_of(text: str) -> Precedence | None:
    """What a word or a letter of ACP 121 names."""
    word = text.strip().upper()
    word = _PRECEDENCE.get(word, word)
    return Precedence(word) if word in set(Precedence) else None


def _precedence(command: Command) -> Precedence:
    precedence = precedence_of(command.rest)
    if precedence is None:
        raise _wrong(command)
    return precedence


def _ack_by(command: Command, now: int) -> int:
    ack_by = deadline_of(command.rest, now)
    if ack_by is None:
        raise _wrong(command)
    return ack_by


def _acknowledge(state: State, command: Command, selected: str | None) -> Changes:
    word, _, text = command.rest.partition(" ")
    answer, text = _ANSWERS.get(word.lower()), text.strip()
    if answer is None or (answer is Answer.CAVEAT and not text) or (answer is Answer.NONE and text):
        raise _wrong(command)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_CAVEAT:
        raise UsageError(f"that text is longer than {MAX_CAVEAT} bytes")
    message = state.find(selected) if selected else None
    if message is None:
        raise UsageError("select the message to acknowledge first")
    if message.mine:
        raise UsageError("that is your own message")
    return acts.acknowledge(state, message.entry_id, answer, text)


def _order(state: State, command: Command, now: int) -> Changes:
    """A notice to everybody in the channel."""
    return _minimize(state, command) if command.name == "minimize" else _deputy(state, command, now)


def _minimize(state: State, command: Command) -> Changes:
    word, _, reason = command.rest.partition(" ")
    reason = normalize("NFC", reason).strip()
    if word.lower() not in {"on", "off"} or (word.lower() == "on") != bool(reason):
        raise _wrong(command)
    if len(reason.encode("utf-8", "surrogatepass")) > MAX_REASON:
        raise UsageError(f"that reason is longer than {MAX_REASON} bytes")
    channel = state.coalition.channel(state.shown)
    if channel is None or not channel.admin:
        raise UsageError("only an admin of the channel orders MINIMIZE, or lifts it")
    if not reason and channel.minimize is None:
        raise UsageError("MINIMIZE is not in force here")
    return Changes(asks=(OrderMinimize(channel=channel.id, on=bool(reason), reason=reason),))


def _peer(command: Command) -> Changes:
    word, _, address = command.rest.partition(" ")
    address = address.strip()
    asks = {"add": AddPeer(address=address), "remove": RemovePeer(address=address)}
    if word.lower() not in asks or not address:
        raise _wrong(command)
    return Changes(asks=(asks[word.lower()], GetStatus()))


def _deputy(state: State, command: Command, now: int) -> Changes:
    """Who stands in for the own nation, or nobody. Whether this device may say so the node knows."""
    channel = state.coalition.channel(state.shown)
    if channel is None or channel.devices:
        raise UsageError("nobody stands in for a nation in a conversation of devices")
    person, until, time = f" {command.rest} ".rpartition(" until ")
    if not until:
        person, time = command.rest, "none"
    person, ends = normalize("NFC", person).strip(), deadline_of(time, now)
    ends = moment_of(time, now) if ends is None else ends
    if not person or ends is None or (until and ends <= now) or (until and person.lower() == "off"):
        raise _wrong(command)
    return Changes(asks=(NameDeputy(channel=channel.id, person="" if person.lower() == "off" else person, until=ends),))


def _wrong(command: Command) -> UsageError:
    known = help_of(command.name)
    return UsageError(f"/{command.name} {command.rest}".strip(), hint=f"write it as {known.usage}" if known else "")
