"""Which OTARs a custodian owes whom, and sealing them (SPEC 7.2). No I/O, no clock.

Rule 1: a device gets seeds of the compartments that its clearance dominates, of the running edition and of later ones
within `preload` of their start.
Rule 2: one OTAR for each hold: compartments whose keys are kept equally long go together, so that what is long erased
elsewhere is not kept readable in an OTAR that waits for its device.
Rule 3: an OTAR is sealed to the device's newest statement. When a newer one comes before the device has taken it, it is
sealed anew, with the same seeds while these are kept; after that, and to a joiner, the seeds are those of now.
Rule 4: who has stated no prekey for `otar_grace`, or stated two at one counter, is sealed nothing.
Rule 5: editions come in the order of their first segments, for an emergency rekey gives a high counter to an early one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import attrs

from protocol.base.signed import Signed
from protocol.keys.keyring import CustodianKeys
from protocol.keys.otar import CompartmentId, OtarHeader, PrekeyStatement, seal_otar
from protocol.keys.walking import hold_of
from protocol.trust.charter import Charter, Coalition
from protocol.trust.credential import Certificate, Certified
from protocol.trust.publication import Edition

Compartments = tuple[CompartmentId, ...]


@attrs.frozen
class Due:
    """One OTAR that is to be sealed.

    Attributes:
        segment: of the seeds in it.
    """

    certified: Certified
    statement: PrekeyStatement
    edition: Edition
    segment: int
    compartments: Compartments


@attrs.frozen
class Sealed:
    """An OTAR that waits for its device: the prekey it is sealed to, and the segment of its seeds."""

    prekey: int
    segment: int


def groups(certificate: Certificate, charter: Charter, keyed: Iterable[tuple[int, int]]) -> tuple[Compartments, ...]:
    """A device's compartments, as far as they are keyed, by how long their keys are kept."""
    if not certificate.scope.read:
        return ()
    there = set(keyed)
    by_hold: dict[int, list[CompartmentId]] = {}
    for level, category in certificate.clearance.compartments():
        if (level, category) in there:
            by_hold.setdefault(hold_of(charter, level), []).append(CompartmentId(level, category))
    return tuple(tuple(compartments) for _, compartments in sorted(by_hold.items()))


def keyable(editions: Iterable[Edition], charter: Charter, now: int) -> tuple[Edition, ...]:
    """The editions whose seeds may be handed out now, in their order."""
    segment = now // charter.segment
    found = (e for e in editions if e.last >= segment and e.first * charter.segment <= now + charter.preload)
    return tuple(sorted(found, key=_order))


def _order(edition: Edition) -> tuple[int, int]:
    return (edition.first, edition.counter)


def reaches(said: int, counter: int, editions: Iterable[Edition]) -> bool:
    """Whether a device that says that it holds all up to one edition says so of another one.

    Args:
        said: counter in its statement. editions: those published; what is not among them goes by its counter.
    """
    places = {edition.counter: _order(edition) for edition in editions}
    if said in places and counter in places:
        return places[said] >= places[counter]
    return said >= counter


def owed(
    certified: Certified,
    statement: PrekeyStatement,
    editions: Sequence[Edition],
    keys: CustodianKeys,
    charter: Charter,
    now: int,
    waiting: Callable[[Edition, Compartments], Sealed | None],
    demanded: int | None = None,
) -> tuple[Due, ...]:
    """The OTARs that a device is owed now.

    Args:
        statement: its newest.
        editions: that are published.
        waiting: the OTAR that waits for it, of an edition and a group of compartments.
        demanded: the segment in which the newest demand was made, which it has answered: of editions since then nothing
            could wait for it before, and it is given what would have.
    """
    due = []
    segment = now // charter.segment
    for edition in keyable(editions, charter, now):
        if reaches(statement.edition_of(keys.index), edition.counter, editions):
            continue
        here = {(s.level, s.category): s.segment for s in keys.seeds if s.counter == edition.counter}
        for compartments in groups(certified.certificate, charter, here):
            known = waiting(edition, compartments)
            if known is not None and known.prekey >= statement.counter:
                continue
            at = max(segment, edition.first)
            kept = max(here[c.level, c.category] for c in compartments)
            if known is None and demanded is not None and edition.first >= demanded:
                at = min(at, max(edition.first, kept, certified.certificate.not_before // charter.segment))
            if known is not None and kept <= known.segment:
                at = known.segment
            due.append(Due(certified, statement, edition, at, compartments))
    return tuple(due)


def owed_secret(
    certified: Certified,
    statement: PrekeyStatement,
    editions: Sequence[Edition],
    charter: Charter,
    now: int,
    waiting: Callable[[Edition, Compartments], Sealed | None],
) -> tuple[Due, ...]:
    """An OTAR without seeds, that brings a device the new link secret; of the running edition. As `owed`."""
    running = keyable(editions, charter, now)[:1]
    known = waiting(running[0], ()) if running else None
    if not running or (known is not None and known.prekey >= statement.counter):
        return ()
    return (Due(certified, statement, running[0], max(now // charter.segment, running[0].first), ()),)


def seal(due: Due, coalition: Coalition, nation: int, keys: CustodianKeys, link_secret: bytes) -> Signed:
    """Seal one OTAR, with the coalition's link secret."""
    header = OtarHeader(
        coalition.id,
        nation,
        keys.index,
        due.certified.device,
        due.certified.hash,
        due.statement.counter,
        due.edition.counter,
        due.segment,
        due.edition.last,
        due.compartments,
    )
    chains = {(s.level, s.category): s.chain(nation) for s in keys.seeds if s.counter == due.edition.counter}
    seeds = tuple(chains[c.level, c.category].seed_at(due.segment) for c in due.compartments)
    return seal_otar(
        custodian=keys.seat.key, header=header, prekey=due.statement.key, seeds=seeds, link_secret=link_secret
    )


def complete_up_to(
    certificate: Certificate,
    editions: Sequence[Edition],
    keyed: Iterable[tuple[int, int]],
    held: Iterable[tuple[int, int, int]],
    charter: Charter,
    now: int,
) -> int:
    """The newest edition up to which a device holds all that it may be given now; 0 if it lacks some of the first.

    Args:
        keyed: the nation's compartments. held: (counter, level, category) of the seeds that it holds.
    """
    wanted = [c for group in groups(certificate, charter, keyed) for c in group]
    here = set(held)
    newest = 0
    for edition in keyable(editions, charter, now):
        if any((edition.counter, c.level, c.category) not in here for c in wanted):
            break
        newest = edition.counter
    return newest
