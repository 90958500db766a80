"""What the officers of the live demo say by themselves, and when. What they answer is in `officers`.

Within a minute whoever looks has seen what the program is for: a message that one nation cannot open, a FLASH that wants
his acknowledgement, receipts that come in nation by nation with a caveat and a gap, a report, a bot.
"""

from __future__ import annotations

import time
from typing import Final

import attrs
import trio

from coalchat.api.roe import IssueRoe, RoeAct, RoeRule, RoeVerb
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.client import Client
from coalchat.demo.cast import INTEL, MED, OPS, Cast, person_of
from coalchat.demo.officers import Manner, Officer, line_of

ALL: Final = "REL XAA, XBB, XCC"
TWO: Final = "REL XAA, XBB"

TRY: Final = """\
You are Lt Berg of Aldania. Try:
1  Write a line: Lind and I read it.
   F4 names who has it.
2  F6, leave XCC out, send: Lind's
   node has it and cannot open it.
3  /label TOP SECRET, Enter, a line:
   refused, with its clause.
4  A FLASH comes. Up selects it, then
   A: your signed acknowledgement.
5  F3: an ROE notice waits. A, then
   type its serial: you sign it.
6  F2 files a report: SALUTE, SITREP.
7  In #alerts: status. A bot answers.
F1 help, F10 quit."""
"""Lines of 37 characters: they stand as they are on a screen of 80."""

OPENING: Final = "Convoy 4, 14 vehicles, leaves GRANITE at {0} by Route GREEN. Acknowledge."
WITHHELD: Final = "Route B is for our two nations until {0}. Cascara is not told."
FLASH: Final = {
    "size": "12 on foot, 2 technicals",
    "activity": "halted on Route GREEN",
    "location": "31N BA 4825 1193",
    "action": "Hold Convoy 4 west of the river. Acknowledge.",
}
SITREP: Final = {
    "unit": "Coy 2, Cascara",
    "situation": "Bridge held, takes 20 t, lane 2 from first light.",
    "loc": "31N BA 4825 1193",
    "strength": "118",
    "effective": "97",
    "fuel": "3",
    "logstate": "AMBER",
    "assess": "Able to go on. Next: the east bank.",
}
URGENT: Final = "One walking casualty at BA 4825 1193, stable. Bed 4 is kept."
REMINDER: Final = "Berg, the SALUTE still waits for you: Up to select it, then A."
THANKS: Final = "Thank you, Berg. It is on record that Aldania has it. Convoy 4 holds."
RESERVED: Final = "Noted, Berg, with your words: they stand beside the order for everybody to see."
CLOSED: Final = "Cascara: road closed at the river, both lanes."

RULE: Final = RoeRule(number="EX1", option="A", verb=RoeVerb.LIMITED, text="Crossing of LINE GREEN", specify="by day")
"""Invented, number and all: rules are their users' data, and coalchat brings none along."""

CHATTER: Final = (
    (40.0, "kowal", OPS, f"SECRET {ALL}", "Technicals have turned north. Drone stays on them."),
    (40.0, "lind", MED, f"RESTRICTED {ALL}", "Casualty is in bed 4. Five beds free."),
    (45.0, "kowal", INTEL, f"SECRET {TWO}", "Same two trucks as on the last three nights, by their lights."),
    (45.0, "lind", OPS, f"SECRET {ALL}", "Road at the river stays closed until Kowal opens it."),
    (60.0, "kowal", OPS, f"SECRET {ALL}", "Route GREEN is clear again. Convoy 4 may go."),
    (30.0, "lind", OPS, f"SECRET {ALL}", "Road is open."),
)
"""Seconds after the one before, who, where, label, text."""


@attrs.frozen
class Script:
    """The officers who play it.

    Attributes:
        adler, kowal, lind: as in `cast`.
        tempo: what the script's seconds are multiplied by.
    """

    cast: Cast
    adler: Officer
    kowal: Officer
    lind: Officer
    tempo: float = 1.0

    @property
    def officers(self) -> tuple[Officer, ...]:
        """All of them."""
        return self.adler, self.kowal, self.lind

    async def before(self) -> None:
        """What lies there, unread, when the desk opens."""
        await self.kowal.say(
            INTEL, "Two trucks without lights at the crossroads, third night. Ours only.", f"SECRET {TWO}"
        )
        await self.lind.say(
            MED, "Role 2 has 6 beds free, 2 of them intensive care. 14 units O neg.", f"RESTRICTED {ALL}"
        )
        await self.kowal.say(OPS, "Borovia on net. Bridge inspected, carries 20 t.", f"SECRET {ALL}")
        await self.lind.say(OPS, "Cascara on net.", f"SECRET {ALL}")
        await self.kowal.say(OPS, TRY, f"RESTRICTED {ALL}")

    async def play(self) -> None:
        """From when the desk is there; it ends when everything has been said."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._rule)
            await self._pause(2)
            await self._opening()
            await self._pause(7)
            await self.kowal.say(OPS, WITHHELD.format(_zulu(2 * 3600)), f"SECRET {TWO}")
            await self._pause(8)
            flash = await self.kowal.file(
                "salute",
                OPS,
                {**FLASH, "time": _dtg(-240)},
                f"SECRET {ALL}",
                precedence=Precedence.FLASH,
                ack_within=600,
            )
            reminder = trio.CancelScope()
            nursery.start_soon(self._remind, reminder)
            nursery.start_soon(self._go_on, flash, reminder)
            await self._pause(14)
            period = {"from": _dtg(-12 * 3600), "to": _dtg(-600)}
            await self.lind.file("sitrep", OPS, SITREP | period, f"RESTRICTED {ALL}")
            await self._pause(12)
            await self.lind.say(MED, URGENT, f"RESTRICTED {ALL}", precedence=Precedence.IMMEDIATE)
            for pause, who, channel, label, text in CHATTER:
                await self._pause(pause)
                await {"kowal": self.kowal, "lind": self.lind}[who].say(channel, text, label)

    async def _pause(self, seconds: float) -> None:
        await trio.sleep(seconds * self.tempo)

    async def _rule(self) -> None:
        """Kowal authorises and implements a rule, Adler signs with him; it waits for everybody, and for Berg."""
        said = IssueRoe(
            act=RoeAct.AUTHORISE, client_id="roe auth", rules=(RULE,), channel=OPS, label=f"RESTRICTED {ALL}"
        )
        auth = await self.kowal.issue(said)
        await self.adler.endorse(auth)
        await self.kowal.counts(auth)
        ack_by = int(time.time()) + 1_200
        impl = await self.kowal.issue(
            IssueRoe(act=RoeAct.IMPLEMENT, client_id="roe impl", basis=auth, ack_by=ack_by, specified="convoys")
        )
        await self.adler.endorse(impl)

    async def _opening(self) -> None:
        """Berg's own message, from his own node: its receipts come in while he looks."""
        line = line_of(self.cast.berg, "demo")
        ack_by = int(time.time()) + 1_800

        async def send(client: Client) -> None:
            await client.send(
                OPS,
                OPENING.format(_zulu(5_400)),
                f"SECRET {ALL}",
                precedence=Precedence.PRIORITY,
                ack_by=ack_by,
                client_id="opening",
            )

        await line.ask(send)
        await line.aclose()

    async def _remind(self, scope: trio.CancelScope) -> None:
        with scope:
            await self._pause(45)
            await self.kowal.say(OPS, REMINDER, f"SECRET {ALL}")

    async def _go_on(self, flash: str, reminder: trio.CancelScope) -> None:
        """Once Berg has acknowledged."""
        given = await self.kowal.answer_of(flash, person_of(self.cast.berg))
        reminder.cancel()
        await self._pause(3)
        plain = given.answer in {Answer.NONE, Answer.WILCO}
        await self.kowal.say(OPS, THANKS if plain else RESERVED, f"SECRET {ALL}", reply_to=flash)
        await self._pause(4)
        await self.lind.say(OPS, CLOSED, f"SECRET {ALL}", reply_to=flash)


MANNERS: Final = {
    "adler": Manner(reads=1.5, first=(Answer.WILCO, ""), words=("Seen, Lieutenant.", "On file."), after=("XBB", "XCC")),
    "kowal": Manner(reads=2.5, first=(Answer.WILCO, ""), words=("Roger.", "Borovia has it.", "Understood.")),
    "lind": Manner(
        reads=5.0,
        acknowledges=9.0,
        first=(Answer.CAVEAT, "escort as far as the river only"),
        roe=(Answer.CAVEAT, "only with a Cascaran officer present"),
        words=("Cascara has it.", "Roger, Berg."),
        after=("XBB",),
    ),
}


def script_of(cast: Cast, tempo: float = 1.0) -> Script:
    """The officers of this cast, each with his manner."""
    adler, kowal, lind = (Officer(getattr(cast, name), cast.berg, manner, tempo) for name, manner in MANNERS.items())
    return Script(cast, adler, kowal, lind, tempo)


def _dtg(seconds: int) -> str:
    """A time from now, as a report has it."""
    return time.strftime("%d%H%MZ", time.gmtime(time.time() + seconds))


def _zulu(seconds: int) -> str:
    """A time from now, as people on the net say it: 1531Z."""
    return time.strftime("%H%MZ", time.gmtime(time.time() + seconds))
