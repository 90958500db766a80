"""The security policy and the key period, as clients ask for them."""

from __future__ import annotations

import attrs

from coalchat.api.nouns import Level
from coalchat.api.requests import ShowKeys, ShowPolicy
from coalchat.api.responses import Keys, Policy
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context


@attrs.define(eq=False)
class PolicyAnswers:
    """Handlers for the security policy and the key period."""

    context: Context = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ShowPolicy: self.policy, ShowKeys: self.keys}

    async def policy(self, request: ShowPolicy, session: Session) -> Policy:
        """What labels are made of."""
        del request, session
        policy = self.context.member.policy
        return Policy(
            id=policy.identifier,
            version=policy.version,
            prefix=policy.prefix,
            levels=tuple(
                Level(name=level.name, portion=level.portion, foreground=level.foreground, background=level.background)
                for level in policy.levels
            ),
            categories=tuple(category.value for category in policy.categories),
            readable=self.context.member.certificate.clearance.level,
        )

    async def keys(self, request: ShowKeys, session: Session) -> Keys:
        """The edition and the segment that count now."""
        del request, session
        member = self.context.member
        length = member.coalition.charter.segment
        segment = member.segment(self.context.now())
        publications = member.directory.publications(member.nation)
        ends = [edition.last + 1 for publication in publications for edition in publication.editions]
        # The seat that certified this device handed out its seeds; another seat's editions may run beside.
        own = member.certificate.custodian
        current = [
            edition
            for publication in sorted(publications, key=lambda publication: publication.custodian != own)
            for edition in publication.current_editions(segment)
        ]
        published = max(ends, default=0) * length
        if not current:
            return Keys(
                edition=0, segment=0, segments=0, segment_ends=(segment + 1) * length, edition_ends=published,
                published_until=published,
            )  # fmt: skip
        edition = current[0]
        return Keys(
            edition=edition.counter,
            segment=segment - edition.first + 1,
            segments=edition.last - edition.first + 1,
            segment_ends=(segment + 1) * length,
            edition_ends=(edition.last + 1) * length,
            published_until=published,
        )
