"""The security policy, as clients ask for it."""

from __future__ import annotations

import attrs

from coalchat.api.nouns import Level
from coalchat.api.requests import ShowPolicy
from coalchat.api.responses import Policy
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context


@attrs.define(eq=False)
class PolicyAnswers:
    """Handlers for the security policy."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ShowPolicy: self.policy}

    async def policy(self, request: ShowPolicy, session: Session) -> Policy:
        """What labels are made of."""
        del request, session
        policy, charter = self.context.member.policy, self.context.member.coalition.charter
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
                )
                for level, terms in zip(policy.levels, charter.receipts, strict=True)
            ),
            categories=tuple(category.value for category in policy.categories),
            readable=self.context.member.certificate.clearance.level,
            handling=charter.handling,
        )
