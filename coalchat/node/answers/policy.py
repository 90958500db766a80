"""The security policy, as clients ask for it, and what the own nation marks alike."""

from __future__ import annotations

import attrs

from coalchat.api.events import ControlChanged
from coalchat.api.national import SetNational
from coalchat.api.nouns import Level
from coalchat.api.requests import ShowPolicy
from coalchat.api.responses import Policy
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.errors import UsageError
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from protocol.base.errors import DecodeError
from protocol.base.records import Name

KEPT = "national"
"""Where the store has it: the coalition policy's hash, then the national policy and its markings, each in a line."""
NAME = Name(min=0)


@attrs.define(eq=False)
class PolicyAnswers:
    """Handlers for the security policy."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ShowPolicy: self.policy, SetNational: self.set_national}

    async def policy(self, request: ShowPolicy, session: Session) -> Policy:
        """What labels are made of."""
        del request, session
        return self._noun()

    def _noun(self) -> Policy:
        policy, charter = self.context.member.policy, self.context.member.coalition.charter
        called, *national = self._national()
        return Policy(
            id=policy.identifier,
            version=policy.version,
            prefix=policy.prefix,
            levels=tuple(
                Level(
                    name=level.name,
                    portion=level.portion,
                    foreground=level.foreground,
                    background=level.background,
                    read=terms.read,
                    acknowledged=terms.acknowledged,
                    national=alike,
                )
                for level, terms, alike in zip(policy.levels, charter.receipts, national, strict=True)
            ),
            categories=tuple(category.value for category in policy.categories),
            readable=self.context.member.certificate.clearance.level,
            handling=charter.handling,
            tag_names=tuple(category.tag_name for category in policy.categories),
            national=called,
        )

    def _national(self) -> list[str]:
        """What the national policy is called, and its markings; of another policy's levels it says nothing."""
        policy = self.context.member.policy
        kept = (self.context.store.read.meta(KEPT) or b"").decode("utf-8").split("\n")
        nothing = [""] * (1 + len(policy.levels))
        return kept[1:] if kept[0] == policy.hash.hex() and len(kept) == 1 + len(nothing) else nothing

    async def set_national(self, request: SetNational, session: Session) -> Policy:
        """Keep what the own nation marks alike."""
        del session
        policy = self.context.member.policy
        names = (request.policy, *request.levels)
        if request.policy and len(request.levels) != len(policy.levels):
            raise UsageError(f"levels: must be {len(policy.levels)}, one for each of the policy")
        try:
            for name in names:
                NAME.raise_(name, "levels")
        except DecodeError as error:
            raise UsageError(str(error)) from None
        kept = "\n".join((policy.hash.hex(), *names)).encode("utf-8") if request.policy else b""
        await self.context.store.write(lambda tx: tx.set_meta(KEPT, kept))
        await self.context.tell(ControlChanged(subject=ControlSubject.CHARTER, id="", phase=Phase.UNLOCKED))
        return self._noun()
