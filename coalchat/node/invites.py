"""Invites in a custodian's node (SPEC 9.4): their terms, their states, and the names that clients see.

An invite's row holds its key K only while it is open, never the secret; its terms are what the certificate will say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import attrs

from coalchat.api.enrolment import CreateInvite
from coalchat.api.enrolment import Invite as InviteNoun
from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, InviteState, Phase
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.api.vocabulary import Role as RoleWord
from coalchat.errors import UnknownInvite, UnknownLabel
from coalchat.node.context import Context
from coalchat.store.rows import Invite
from protocol.trust.access import Clearance
from protocol.trust.credential import Precedence, Role, Scope
from protocol.trust.policy import Policy

OPEN = frozenset({InviteState.OPEN, InviteState.ASKED})
MIN_PREFIX = 4
"""Hex digits of an id, as for everything else that has one."""


@attrs.frozen
class Terms:
    """What an invite promises, and who has asked with it.

    Attributes:
        level, categories: clearance, by index in the policy; precedence: the certificate's ceiling.
        words, device: of the joiner who asked last, or none.
    """

    person: str
    role: Role
    level: int
    categories: tuple[int, ...]
    precedence: Precedence
    words: tuple[str, ...] = ()
    device: str = ""

    @property
    def clearance(self) -> Clearance:
        """As the certificate will say it."""
        return Clearance(self.level, self.categories)

    @property
    def scope(self) -> Scope:
        """As the certificate will say it."""
        return Scope((), (), 0, int(self.precedence), read=True)

    def encode(self) -> bytes:
        """As the row keeps it."""
        return json.dumps(attrs.asdict(self)).encode("utf-8")


def read_terms(row: Invite) -> Terms:
    """The terms in a row of our own store."""
    fields = json.loads(row.data)
    for name in ("categories", "words"):
        fields[name] = tuple(fields[name])
    return Terms(**fields | {"role": Role(fields["role"]), "precedence": Precedence(fields["precedence"])})


def terms_of(request: CreateInvite, policy: Policy) -> Terms:
    """The terms that a client asks for.

    Raises:
        UnknownLabel: a level or category that the policy does not have.
    """
    levels = [level.name.upper() for level in policy.levels]
    if request.level.upper() not in levels:
        raise UnknownLabel(f"unknown level {request.level!r}; the policy has {', '.join(levels)}")
    return Terms(
        request.person,
        Role[request.role.name],
        levels.index(request.level.upper()),
        _categories(request.categories, policy),
        Precedence[request.precedence.name],
    )


def _categories(given: Sequence[str], policy: Policy) -> tuple[int, ...]:
    names = [category.value.upper() for category in policy.categories]
    for name in given:
        if name.upper() not in names:
            raise UnknownLabel(f"unknown category {name!r}")
    return tuple(sorted({1 + names.index(name.upper()) for name in given}))


def find_invite(context: Context, given: str) -> Invite:
    """The invite whose id begins so, with 4 hex digits or more.

    Raises:
        UnknownInvite: none does, or more than one.
    """
    found = [row for row in context.store.read.invites() if row.invite_id.hex().startswith(given.lower())]
    if len(given) < MIN_PREFIX or len(found) != 1:
        raise UnknownInvite(given)
    return found[0]


def is_open(row: Invite, now: int) -> bool:
    """Whether a joiner may still prove an invite."""
    provable = row.state in OPEN or row.state == InviteState.APPROVED
    return provable and row.expires > now and row.key != b""


def noun(context: Context, row: Invite) -> InviteNoun:
    """An invite as clients see it."""
    terms = read_terms(row)
    expired = row.state in OPEN and row.expires <= context.now()
    return InviteNoun(
        id=row.invite_id.hex(),
        person=terms.person,
        role=RoleWord(terms.role.name.lower()),
        clearance=context.member.clearance_marking(terms.clearance),
        precedence=PrecedenceWord(terms.precedence.name),
        state=InviteState.EXPIRED if expired else InviteState(row.state),
        words=terms.words,
        device_id=terms.device,
        expires=row.expires,
    )


def told(invite_id: bytes) -> ControlChanged:
    """The event that says that an invite changed."""
    return ControlChanged(subject=ControlSubject.INVITE, id=invite_id.hex(), phase=Phase.UNLOCKED)
