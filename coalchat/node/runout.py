"""Nations whose published keys have run out (SPEC 7.9): what still goes to them, until when, and what is said of it.

Rule 1: what is sealed to and what is shown before come from the same two questions, `sealing_slots` and `run_out`.
Rule 2: an end is said as a time, with the highest level that goes on.
"""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.node.membership import Membership
from coalchat.node.times import dtg
from protocol.keys.edition import SegmentId
from protocol.keys.envelope import Slot
from protocol.keys.runon import last_served
from protocol.keys.walking import erased_at
from protocol.trust.label import ReleaseKey


def sealing_slots(
    member: Membership, nation: int, compartment: tuple[int, int], segment: int
) -> tuple[tuple[SegmentId, bytes], ...]:
    """Slots to wrap to for a nation: of its current editions, or its last keys where the level runs on; or none."""
    return member.keys.slots(nation, *compartment, segment) or member.keys.last_slots(nation, *compartment, segment)


def run_out(member: Membership, release: ReleaseKey, segment: int) -> dict[int, int]:
    """The nations of a release set that are sealed to by a last key in a segment, each with the segment of that key."""
    found = {}
    for nation in sorted(set(release.releasable) - member.coalition.suspended):
        slots = sealing_slots(member, nation, release.compartment, segment)
        if slots and slots[0][0].segment < segment:
            found[nation] = slots[0][0].segment
    return found


def past_edition(member: Membership, slots: Iterable[Slot], segment: int) -> bool:
    """Whether one of some slots is of an edition that had ended by a segment, as far as publications name it still."""
    for slot in slots:
        publication = member.directory.publication(slot.nation, slot.custodian)
        for edition in () if publication is None else publication.editions:
            if edition.counter == slot.counter and edition.last < segment:
                return True
    return False


# --- ends ---


def keys_until(member: Membership, nation: int) -> int:
    """Unix time at which the last edition ends that a nation has published; 0 if none is here."""
    ends = [edition.last + 1 for p in member.directory.publications(nation) for edition in p.editions]
    return max(ends, default=0) * member.coalition.charter.segment


def runs_on(member: Membership, nation: int) -> tuple[str, int]:
    """The highest level that goes on after that, and until when; "" and 0 if none does."""
    charter, levels = member.coalition.charter, member.policy.levels
    highest = max((level for level in range(len(levels)) if charter.runs_on(level)), default=None)
    end = keys_until(member, nation)
    if highest is None or not end:
        return "", 0
    last = last_served(charter, highest, end // charter.segment - 1)
    return levels[highest].name, (last + 1) * charter.segment


# --- in words ---


def last_key_words(member: Membership, level: int, nation: int, segment: int) -> str:
    """What is said before something is sealed to a nation's last key, that of `segment`."""
    charter = member.coalition.charter
    ended = (segment + 1) * charter.segment
    kept = erased_at(charter, level, last_served(charter, level, segment))
    return (
        f"the keys of {member.coalition.codes[nation]} ran out {dtg(ended)}: this goes to its last one, "
        f"which its devices may keep until {dtg(kept)}"
    )


def end_words(member: Membership, nation: int, now: int) -> str:
    """That a nation's published keys end soon, or have ended, and what stops then."""
    end, (level, until) = keys_until(member, nation), runs_on(member, nation)
    code = member.coalition.codes[nation]
    if end > now:
        goes = f"nothing above {level}" if level else "nothing"
        return f"the published keys of {code} end in {max(1, (end - now) // 3600)} h: then {goes} can be sent to it"
    ended = f"the published keys of {code} ended {dtg(end)}" if end else f"no published keys of {code} are here"
    if now < until:
        return f"{ended}: nothing above {level} can be sent to it, and that until {dtg(until)}, to its last key"
    return f"{ended}: nothing can be sent to it"
