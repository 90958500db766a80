"""A custodian's acts at the desk: there only where he sits, shown before they are done, and confirmed by typing."""

from __future__ import annotations

from coalchat.api.emergency import RekeyNation, RevokeDevices
from coalchat.api.enrolment import ApproveInvite, CreateInvite, WithdrawInvite
from coalchat.api.renewal import RenewDevice
from coalchat.api.vocabulary import InviteState
from coalchat.desk.screens.deliberate import DeliberateDialog
from coalchat.desk.screens.invites import CompareDialog, InvitesScreen
from coalchat.desk.screens.jump import JumpDialog
from coalchat.desk.screens.keys import KeysScreen
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, custodian, scene
from tests.fakes.api_custody import let_invite


async def at_keys(desk: Seat) -> None:
    await desk.until(lambda: isinstance(desk.app.screen, KeysScreen) and desk.app.session.idle)


async def test_who_is_no_custodian_is_offered_nothing_and_told_so() -> None:
    async with seat(scene(), (80, 24)) as desk:
        await desk.press("f7")
        await at_keys(desk)
        assert "revoke" not in desk.rows[-2]
        for key in ("x", "e", "r", "i"):
            await desk.press(key)
            await desk.sees("this home is no custodian's")
            assert isinstance(desk.app.screen, KeysScreen)
        assert not desk.asked(RevokeDevices)
        assert not desk.asked(RekeyNation)


async def test_a_device_is_revoked_by_a_deliberate_act_alone() -> None:
    async with seat(custodian(), (80, 24)) as desk:
        await desk.press("f7")
        await at_keys(desk)
        await desk.sees("X revoke", "E emergency rekey", "I invites")
        await desk.press("x")
        await desk.until(lambda: isinstance(desk.app.screen, JumpDialog))
        await desk.put("varga (2")
        await desk.sees("id 4a4a4a4a")
        await desk.press("enter")
        await desk.sees("Why?", "nothing is done yet")
        await desk.press("3")
        await desk.until(lambda: isinstance(desk.app.screen, DeliberateDialog))
        await desk.sees("REVOKE", "Varga (2)", "lost", "2 other devices", "Type 4a4a4a4a")
        await desk.press("enter")  # the first choice changes nothing
        await at_keys(desk)
        assert [one.rehearse for one in desk.asked(RevokeDevices)] == [True]
        await desk.press("x")
        await desk.put("varga (2")
        await desk.press("enter", "3")
        await desk.until(lambda: isinstance(desk.app.screen, DeliberateDialog))
        await desk.press("down")
        await desk.put("4a4a4a4b")
        await desk.press("enter")
        await desk.sees("nothing is done before")
        await desk.press("backspace")
        await desk.put("a")
        await desk.sees("it matches")
        await desk.press("enter")
        await desk.sees("done: Varga (2) is revoked", "EMERGENCY REKEY", "0 of 2 devices keyed")
        assert [one.rehearse for one in desk.asked(RevokeDevices)] == [True, True, False]


async def test_an_emergency_rekey_is_begun_from_a_command_too() -> None:
    async with seat(custodian()) as desk:
        await desk.put("/rekey")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, DeliberateDialog))
        await desk.sees("EMERGENCY REKEY", "a new edition takes the place of 12 and 13", "Type XAA")
        await desk.press("down")
        await desk.put("xaa")
        await desk.press("enter")
        await desk.until(lambda: [one.rehearse for one in desk.asked(RekeyNation)] == [True, False])
        await desk.sees("done: edition 15 runs in place of 12 and 13")


async def test_a_silent_device_is_renewed() -> None:
    async with seat(custodian()) as desk:
        await desk.put("/renew")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, JumpDialog))
        await desk.put("holm")
        await desk.press("enter")
        await desk.sees("Look first that a silent device")
        await desk.press("2")
        await desk.until(lambda: desk.asked(RenewDevice))
        await desk.sees("done: Holm (1) is certified until")


async def test_an_invite_is_made_compared_approved_and_withdrawn() -> None:
    async with seat(custodian(), (80, 24)) as desk:
        await desk.press("f7")
        await at_keys(desk)
        await desk.press("i")
        await desk.until(lambda: isinstance(desk.app.screen, InvitesScreen))
        await desk.sees("no invites: N makes one")
        await desk.press("n")
        await desk.sees("INVITE", "NAME", "CLEARANCE", "ADDRESS")
        await desk.put("Lt Saar")
        await desk.press("enter")
        await desk.put("VERY SECRET")
        await desk.press("enter", "enter", "enter")
        await desk.put("192.0.2.7:7447")
        await desk.press("enter")
        await desk.sees("VERY SECRET", "✗")
        await desk.press("up", "up", "up", *["backspace"] * 11)
        await desk.put("SECRET")
        await desk.press("down", "down", "down", "enter")
        await desk.sees("INVITE CODE", "code-0000000000000001", "cannot be shown again")
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, InvitesScreen))
        assert desk.asked(CreateInvite)[0].level == "SECRET"
        await desk.sees("Lt Saar", "ASKED", "abandon ability able about above absent", "1 device to compare")
        assert "code-" not in desk.text
        for way_out in ("enter", "escape"):
            await desk.press("a")
            await desk.until(lambda: isinstance(desk.app.screen, CompareDialog))
            await desk.sees("1 abandon", "6 absent", "not now")
            await desk.press(way_out)
            await desk.until(lambda: isinstance(desk.app.screen, InvitesScreen))
        assert not desk.asked(ApproveInvite)
        await desk.press("a", "down", "enter")
        await desk.sees("done: Lt Saar has device 1", "APPROVED")
        let_invite(desk.node, NOW, InviteState.ASKED, "Cpt Lind")
        await desk.sees("Cpt Lind")
        await desk.press("home", "a", "3")
        await desk.until(lambda: desk.asked(WithdrawInvite))
        await desk.sees("the invite is withdrawn")
        assert len(desk.asked(ApproveInvite)) == 1
