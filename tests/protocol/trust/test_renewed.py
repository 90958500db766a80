"""What the trusted set does with a certificate that another one has replaced."""

from __future__ import annotations

from protocol.base.limits import CLOCK_SKEW
from protocol.trust.credential import certificate_hash
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import DAY
from tests.protocol.trust.documents import relist, renewed


def test_a_certificate_is_forgotten_once_it_has_ended_and_a_listed_one_has_replaced_it() -> None:
    world = make_coalition()
    ann = world.device("XAA")
    old, new = ann.document.data, renewed(world, ann, not_before=world.now, not_after=world.now + 300 * DAY)
    after = ann.certificate.not_after + CLOCK_SKEW
    world.directory.apply_certificate(new)

    def known(now: int) -> list[bool]:
        world.directory.forget_renewed(ann.id, now)
        return [world.directory.certificate(ann.id, certificate_hash(data)) is not None for data in (old, new)]

    assert known(after + 1) == [True, True], "no directory lists the new one"
    relist(world, [new], not_after=world.now + 300 * DAY)
    assert known(after) == [True, True], "what was sealed for the old one may still come"
    assert known(after + 1) == [False, True]
