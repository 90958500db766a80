"""Attack 4 (device id taken for a key's fingerprint, and the other way round): somebody's name is another one's device id.

A custodian writes names as he likes: one device's person is called like the whole id of another's, one like its beginning.
At every door that takes a device or a person: an id is typed, of fixed form, and means the device that has it; a name is
never looked up there, nor an id where a name is meant. What a person compares are words of the key that the id names.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.direct import ConfirmDevice, ShowWords
from coalchat.api.emergency import RevokeDevices
from coalchat.api.enrolment import ApproveInvite, CreateInvite, InviteCode, Join
from coalchat.api.history import AskHistory
from coalchat.api.renewal import RenewDevice
from coalchat.api.requests import PreviewLabel
from coalchat.api.vocabulary import Precedence, RevocationReason, Role
from coalchat.desk.look.glyphs import UNICODE
from coalchat.desk.model.directviews import DirectView, Step, WordsView
from coalchat.desk.paint.dialogs.direct import paint_words
from coalchat.errors import Refused, UnknownDevice, UnknownInvite, Unreachable, UsageError, WordsDiffer
from coalchat.paths import Home
from tests.desk.model.driver import Driver, started
from tests.fakes.api_keys import OWN_WORDS, WORDS, addressee, let_direct
from tests.fakes.direct import addressees, confirm, device_of, keyed, own_words
from tests.fakes.joined import device_home, joined
from tests.fakes.nodes import Running, Town, linked, until


async def test_a_name_that_is_anothers_device_id_passes_no_door(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("kowal", "whole", "part", "late")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a = await town.start("XAA")
        kowal = await joined(town, a, "kowal", person="Kowal")
        victim = device_of(kowal)
        whole = await joined(town, a, "whole", person=victim)
        part = await joined(town, a, "part", person=victim[:12])
        for node in (kowal, whole, part):
            await linked(node, a)
        await keyed(a, kowal, whole, part)
        said = {node: await own_words(node) for node in (kowal, whole, part)}
        await _comparing(a, victim, said[kowal], (said[whole], said[part]))
        await _sending(a, victim, kowal, whole, part)
        await _revoking_and_renewing(a, victim, whole, part)
        await _approving(town, a, said[whole])
        await _asking_for_history(a, victim, kowal, whole)
        await town.close()


async def _comparing(node: Running, victim: str, words: tuple[str, ...], others: tuple[tuple[str, ...], ...]) -> None:
    """The id names the key, whatever somebody is called."""
    for given in (victim, victim.upper(), f"@{victim}"):
        shown = await node.ask(ShowWords(device=given))
        assert (shown.device.device_id, shown.device.person, shown.words) == (victim, "Kowal", words)
        for said in others:
            with pytest.raises(WordsDiffer):
                await node.ask(ConfirmDevice(device=given, words=said))
    for given in ("Kowal", victim[:12], victim[:31], f"{victim}0", f" {victim}", ""):
        for act in (ShowWords(device=given), ConfirmDevice(device=given, words=others[0])):
            with pytest.raises(UnknownDevice):
                await node.ask(act)
    assert not any(device.confirmed for device in (await addressees(node)).values())


async def _sending(node: Running, victim: str, kowal: Running, whole: Running, part: Running) -> None:
    """Also once the impostors are confirmed under their own ids, and the victim is not."""
    await confirm(node, whole)
    await confirm(node, part)
    with pytest.raises(Refused):
        await _readers(node, f"@{victim}")
    for given in (f"@{victim[:12]}", f"@{victim[:8]}", f"@{victim[:31]}"):
        with pytest.raises(UnknownDevice):
            await _readers(node, given)
    assert await _readers(node, f"@{device_of(whole)}") == {device_of(node), device_of(whole)}
    await confirm(node, kowal)
    assert await _readers(node, f"@{victim}") == await _readers(node, "@Kowal") == {device_of(node), victim}


async def _revoking_and_renewing(node: Running, victim: str, whole: Running, part: Running) -> None:
    """An id is no name and a name no id, and nobody is both."""
    assert await _revoked(node, device=victim) == await _revoked(node, device=victim[:12]) == {victim}
    assert await _revoked(node, person=victim) == {device_of(whole)}
    assert await _revoked(node, person=victim[:12]) == {device_of(part)}
    for given in (victim, victim[:12]):
        assert (await node.ask(RenewDevice(device=given))).device_id == victim
    for given in ("Kowal", victim[:7], f"{victim}0"):
        for act in (_revoked(node, device=given), node.ask(RenewDevice(device=given))):
            with pytest.raises(UsageError):
                await act


async def _approving(town: Town, node: Running, others: tuple[str, ...]) -> None:
    """The second invite is for a person who is called like the first one's id."""
    first, late = await _invite(node, "Late"), await town.start("late")
    second = await _invite(node, first.invite_id)
    asked = await late.ask(Join(code=first.code, display_name="Late"))
    for given in ("Late", first.invite_id[:3], ""):
        with pytest.raises(UnknownInvite):
            await node.ask(ApproveInvite(id=given, words=asked.words))
    with pytest.raises(WordsDiffer):
        await node.ask(ApproveInvite(id=first.invite_id, words=others))
    with pytest.raises(UsageError, match="nobody waits"):
        await node.ask(ApproveInvite(id=second.invite_id, words=asked.words))
    assert (await node.ask(ApproveInvite(id=first.invite_id, words=asked.words))).person == "Late"


async def _asking_for_history(node: Running, victim: str, kowal: Running, whole: Running) -> None:
    """Whoever has a link is not taken for the one who has none."""
    holder = node.station.history._holder
    assert holder(victim).peer.device.hex() == holder(victim[:12]).peer.device.hex() == victim
    await kowal.stop()
    await until(lambda: _unlinked(node, kowal))
    for given in (victim, victim[:12]):
        with pytest.raises(Unreachable):
            await node.ask(AskHistory(device=given, channel=""))
    for given in ("Kowal", victim[:7], f"{victim}0"):
        with pytest.raises(UsageError, match="hex digits"):
            await node.ask(AskHistory(device=given, channel=""))
    assert holder(device_of(whole)).peer.device.hex() == device_of(whole), "control: he can be asked, by his own id"


async def _readers(node: Running, place: str) -> set[str]:
    """Ids of the devices that a direct message would go to."""
    preview = await node.ask(PreviewLabel(channel=place, label="SECRET"))
    return {device.device_id for device in preview.devices}


async def _revoked(node: Running, *, device: str = "", person: str = "") -> set[str]:
    """Ids of the devices that would be revoked."""
    request = RevokeDevices(device=device, person=person, reason=RevocationReason.LOST, rehearse=True)
    return {one.device_id for one in (await node.ask(request)).revoked}


async def _invite(custodian: Running, person: str) -> InviteCode:
    made: InviteCode = await custodian.ask(
        CreateInvite(
            person=person, role=Role.OFFICER, level="SECRET", categories=(), precedence=Precedence.FLASH,
            address=custodian.address,
        )
    )  # fmt: skip
    return made


async def _unlinked(node: Running, other: Running) -> bool:
    session = node.station.links.register.session(bytes.fromhex(device_of(other)))
    return session is None or not session.live


# --- the desk ---

VICTIM, WHOLE, PART = "5f0c6a1b" * 4, "77" * 16, "88" * 16


def _asked(driver: Driver, given: str, *, writing: bool = True) -> DirectView:
    """What a person at a desk is asked who writes to this."""
    prompt = driver.do(driver.desk.direct(given, writing=writing)).prompt
    assert isinstance(prompt, DirectView)
    return prompt


def test_at_the_desk_such_a_name_is_no_id_and_the_words_stand_under_the_id_that_they_are_of() -> None:
    driver = started()
    let_direct(
        driver.node,
        addressee(1, "XBB", "Kowal", device_id=VICTIM),
        addressee(2, "XBB", VICTIM, device_id=WHOLE, confirmed=True),
        addressee(3, "XBB", VICTIM[:12], device_id=PART, confirmed=True),
    )
    shown = driver.desk.shown
    for given in (VICTIM, VICTIM.upper(), f"@{VICTIM}"):
        for writing in (True, False):
            view = _asked(driver, given, writing=writing)
            assert [(row.id, row.who) for row in view.devices] == [(VICTIM, "Kowal (1)")]
            assert [choice.step for choice in view.choices] == [Step.NOTHING, Step.WORDS]
    for given in (VICTIM[:12], VICTIM[:8], f"@{VICTIM[:31]}"):
        view = _asked(driver, given)
        assert (view.devices, [choice.step for choice in view.choices]) == ((), [Step.NOTHING])
    assert driver.desk.shown == shown, "nothing was begun"

    # His words under the victim's name and id: the node is asked about that very id, and the screen shows both, apart.
    words = driver.do(driver.desk.compare(VICTIM)).prompt
    assert isinstance(words, WordsView)
    assert (words.device.id, words.own, words.words) == (VICTIM, OWN_WORDS, WORDS)
    impostor = driver.do(driver.desk.compare(WHOLE)).prompt
    assert isinstance(impostor, WordsView)
    rows = ["".join(span.text for span in line.spans) for line in paint_words(impostor, ("not now",), 0, 92, UNICODE)]
    assert [row.split() for row in rows if "device id" in row] == [["device", "id", WHOLE]]
    assert [row.split()[0] for row in rows if VICTIM in row and "read out" not in row] == ["XBB"]
