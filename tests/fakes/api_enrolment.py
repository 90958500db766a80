"""What the scripted node answers about invites and joining."""

from __future__ import annotations

from typing import Any

from coalchat.api import enrolment, responses
from coalchat.api.base import Request, Response
from coalchat.api.vocabulary import InviteState, JoinState, Phase
from coalchat.errors import UnknownInvite, WordsDiffer
from coalchat.record import evolve
from tests.fakes.api_records import NOW, node_record

WORDS = ("abandon", "ability", "able", "about", "above", "absent")


def answer_enrolment(invites: list[enrolment.Invite], request: Request[Any]) -> Response:
    """The answer, which may change the invites."""
    match request:
        case enrolment.CreateInvite():
            invite = enrolment.Invite(
                id=f"{len(invites) + 1:016x}",
                person=request.person,
                role=request.role,
                clearance=f"MISSION {request.level}",
                precedence=request.precedence,
                state=InviteState.ASKED,
                words=WORDS,
                device_id="0d" * 16,
                expires=NOW + 72 * 3600,
            )
            invites.insert(0, invite)
            return enrolment.InviteCode(code="code-" + invite.id, invite_id=invite.id, expires=invite.expires)
        case enrolment.ListInvites():
            return enrolment.InviteList(invites=tuple(invites))
        case enrolment.ApproveInvite():
            invite = _find(invites, request.id)
            if request.words != invite.words:
                raise WordsDiffer
            invites[invites.index(invite)] = evolve(invite, state=InviteState.APPROVED)
            return enrolment.Enrolled(device_id=invite.device_id, person=invite.person, device=1)
        case enrolment.WithdrawInvite():
            invites.remove(_find(invites, request.id))
            return responses.Done()
        case enrolment.Join() | enrolment.GetJoinStatus():
            return enrolment.Joining(
                state=JoinState.COMPARING, words=WORDS, reason="", node=node_record(Phase.ENROLLING)
            )
    raise AssertionError(f"no answer to {request.op}")


def _find(invites: list[enrolment.Invite], invite_id: str) -> enrolment.Invite:
    for invite in invites:
        if invite.id == invite_id:
            return invite
    raise UnknownInvite(invite_id)
