"""A device joins by an invite: words are compared, the custodian approves, and it reads and writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.enrolment import ApproveInvite, CreateInvite, GetJoinStatus, Join, ListInvites, WithdrawInvite
from coalchat.api.requests import AddPeer
from coalchat.api.vocabulary import InviteState, JoinState, Precedence, Role
from coalchat.custody.founding import create_device
from coalchat.errors import NotAuthorised, Refused, UnknownInvite, UnknownLabel, Unreachable, UsageError, WordsDiffer
from coalchat.paths import Home, ensure_private_home
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, PASSPHRASE, Running, Town, linked, until


def invitation(**changes: object) -> CreateInvite:
    fields = {
        "person": "Watch Bot",
        "role": Role.BOT,
        "level": "RESTRICTED",
        "categories": (),
        "precedence": Precedence.IMMEDIATE,
        "address": "xaa:7447",
    } | changes
    return CreateInvite(**fields)  # type: ignore[arg-type]


async def enrolled(town: Town, custodian: Running, joiner: Running, **changes: object) -> None:
    made = await custodian.ask(invitation(**changes))
    status = await joiner.ask(Join(code=made.code, display_name="watch bot"))
    assert status.state is JoinState.COMPARING
    assert len(status.words) == 6
    (listed,) = (await custodian.ask(ListInvites())).invites
    assert (listed.state, listed.words) == (InviteState.ASKED, status.words)
    await custodian.ask(ApproveInvite(id=made.invite_id, words=status.words))
    await joiner.node.working.wait()


async def test_a_bot_joins_and_posts(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("alerts", ["XAA", "XBB"])
        bot = await town.start("bot")
        await enrolled(town, a, bot)
        assert (await bot.ask(GetJoinStatus())).state is JoinState.JOINED
        await linked(bot, a)
        await until(bot.channels)
        sent = await bot.send("alerts", "link down", "RESTRICTED")

        async def came() -> bool:
            return await b.texts("alerts") == ["link down"]

        await until(came)
        (message,) = await b.messages("alerts")
        assert (message.author_person, message.flags[0].value) == ("Watch Bot", "auto")
        assert sent.marking == "MISSION RESTRICTED REL XAA, XBB"
        with pytest.raises(Refused) as refused:
            await bot.send("alerts", "too high", "SECRET")
        assert refused.value.clause == "level-clearance"
        with pytest.raises(Refused) as refused:
            await bot.send("alerts", "too loud", "RESTRICTED", precedence=Precedence.FLASH)
        assert refused.value.clause == "scope"
        secret = await a.send("alerts", "not for the bot", "SECRET")
        everyone = await a.send("alerts", "for the bot", "RESTRICTED")

        async def bot_reads() -> bool:
            return [m.text for m in await bot.messages("alerts")] == ["link down", "for the bot"]

        await until(bot_reads)
        assert secret.entry_id != everyone.entry_id
        assert {r.event for r in await a.audit()} >= {
            "join-requested",
            "join-approved",
            "certificate-issued",
            "publication-made",
            "otar-sealed",
        }
        await town.close()


async def test_wrong_words_certify_nobody(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, bot = await town.start("XAA"), await town.start("bot")
        made = await a.ask(invitation())
        status = await bot.ask(Join(code=made.code, display_name="watch bot"))
        with pytest.raises(WordsDiffer):
            await a.ask(ApproveInvite(id=made.invite_id, words=tuple(reversed(status.words))))
        assert len(a.station.context.member.directory.devices(0)) == 1
        await a.ask(WithdrawInvite(id=made.invite_id))

        async def declined() -> bool:
            return (await bot.ask(GetJoinStatus())).state is JoinState.REFUSED

        await until(declined)
        with pytest.raises(UsageError):
            await a.ask(ApproveInvite(id=made.invite_id, words=status.words))
        await town.close()


async def test_an_invite_is_used_once(with_device: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    second = ensure_private_home(tmp_path / "second")
    create_device(second, PASSPHRASE, entropy=Drbg("second"), cost=FLOOR)
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device | {"second": second})
        a, bot, other = await town.start("XAA"), await town.start("bot"), await town.start("second")
        made = await a.ask(invitation())
        status = await bot.ask(Join(code=made.code, display_name="watch bot"))
        await a.ask(ApproveInvite(id=made.invite_id, words=status.words))
        await bot.node.working.wait()
        late = await other.ask(Join(code=made.code, display_name="late"))
        assert late.state is JoinState.REFUSED
        assert await a.audited("link-stranger")
        await town.close()


async def test_bad_requests_are_named(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, bot = await town.start("XAA"), await town.start("bot")
        with pytest.raises(UnknownLabel):
            await a.ask(invitation(level="COSMIC"))
        with pytest.raises(UnknownLabel):
            await a.ask(invitation(categories=("NONSUCH",)))
        with pytest.raises(UsageError):
            await a.ask(invitation(person="evil\x1b[2J"))
        with pytest.raises(UnknownInvite):
            await a.ask(ApproveInvite(id="ffff", words=()))
        with pytest.raises(UsageError):
            await bot.ask(Join(code="AAAAA-BBBBB", display_name="x"))
        with pytest.raises(UsageError):
            await a.ask(invitation(address="nowhere"))
        unreachable = await a.ask(invitation(address="absent:7447"))
        with pytest.raises(Unreachable):
            await bot.ask(Join(code=unreachable.code, display_name="x"))
        await town.close()


async def test_an_officer_makes_no_invites(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, bot = await town.start("XAA"), await town.start("bot")
        await enrolled(town, a, bot)
        with pytest.raises(NotAuthorised):
            await bot.ask(invitation())
        with pytest.raises(UsageError):
            await bot.ask(AddPeer(address="nowhere"))
        await town.close()


async def test_a_grant_that_was_cut_off_is_given_again(with_device: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_device)
        a, bot = await town.start("XAA"), await town.start("bot")
        made = await a.ask(invitation())
        status = await bot.ask(Join(code=made.code, display_name="watch bot"))
        await bot.stop()
        # The custodian's node has not noticed yet, or has: the approval stands either way.
        (listed,) = (await a.ask(ListInvites())).invites
        await a.ask(ApproveInvite(id=made.invite_id, words=listed.words))
        assert listed.words == status.words
        bot = await town.start("bot")
        await bot.ask(Join(code=made.code, display_name="watch bot"))
        await bot.node.working.wait()
        devices = a.station.context.member.directory.devices(0)
        assert [c.certificate.name for c in devices].count("Watch Bot") == 1
        await town.close()
