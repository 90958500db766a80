"""Offices in a channel through the typed client: who stands in, who the admins are, whom a reminder asks."""

from __future__ import annotations

import pytest

from coalchat.api.deadlines import ChangeAdmins, NameDeputy, OrderMinimize, RemindRecipients
from coalchat.api.responses import Sent
from coalchat.client import Client
from coalchat.errors import NotAuthorised, UsageError
from coalchat.record import evolve
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW, deputy_record

SENT = Sent(entry_id="dd" * 32, channel_id="00" * 16, position=9, marking="", nations=(), repeated=False)


async def test_who_stands_in_is_said_and_comes_back(fake: FakeNode, client: Client) -> None:
    kowal = deputy_record("XBB", "Maj Kowal", until=NOW + 60)
    fake.answers[NameDeputy] = evolve(fake.channels[0], deputies=(kowal,))
    made = await client.name_deputy("#ops", "Maj Kowal", until=NOW + 60)
    assert made.deputies == (kowal,)
    await client.name_deputy("#ops", "")
    assert [call for call in fake.calls if isinstance(call, NameDeputy)] == [
        NameDeputy(channel="#ops", person="Maj Kowal", until=NOW + 60),
        NameDeputy(channel="#ops", person="", until=0),
    ]
    fake.answers[NameDeputy] = NotAuthorised("only a custodian's device names who stands in")
    with pytest.raises(NotAuthorised):
        await client.name_deputy("#ops", "Maj Kowal")


async def test_admins_change(fake: FakeNode, client: Client) -> None:
    fake.answers[ChangeAdmins] = evolve(fake.channels[0], admins=("XAA Berg (1)", "XAA Okoro (1)"), revision=1)
    made = await client.change_admins("#ops", add=("Okoro",), remove=("4a4a4a4a",))
    assert (made.admins, made.revision) == (("XAA Berg (1)", "XAA Okoro (1)"), 1)
    assert ChangeAdmins(channel="#ops", add=("Okoro",), remove=("4a4a4a4a",)) in fake.calls
    fake.answers[ChangeAdmins] = UsageError("remove: no admin would be left who can act")
    with pytest.raises(UsageError, match="no admin would be left"):
        await client.change_admins("#ops", remove=("Berg",))


async def test_a_reminder_asks_the_deputies_or_a_person(fake: FakeNode, client: Client) -> None:
    fake.answers[RemindRecipients] = SENT
    fake.answers[OrderMinimize] = fake.channels[0]
    await client.minimize("#ops", "no satellite")
    for more in ({"deputies": True}, {"escalate": "XCC Mets"}, {}):
        assert await client.remind("ab" * 32, "now", client_id="one", **more) == SENT
    asked = [call for call in fake.calls if isinstance(call, RemindRecipients)]
    assert [(one.escalate, one.deputies, one.client_id) for one in asked] == [
        ("", True, "one"), ("XCC Mets", False, "one"), ("", False, "one"),
    ]  # fmt: skip
    assert OrderMinimize(channel="#ops", on=True, reason="no satellite") in fake.calls
