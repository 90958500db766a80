"""The step about the bot: a line of an alert goes through a pipe into `coalchat send`."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import coalchat
from coalchat.api.vocabulary import Flag
from coalchat.demo.claims import claim, present
from coalchat.demo.coalition import CHANNEL
from coalchat.demo.stage import Sent, Stage
from coalchat.errors import ExitCode

LABEL: Final = "RESTRICTED REL XAA, XBB, XCC"
SHARED_SAMPLE: Final = "cap/cap_amber_alert_example.xml"
_CAP: Final = "{urn:oasis:names:tc:emergency:cap:1.2}"


async def bot_alert(stage: Stage) -> str:
    """The headline of a CAP 1.2 alert arrives, labelled, in two other nations, flagged as a bot's."""
    headline, source = _headline()
    sent = await stage.run(stage.coalition.bot, "send", CHANNEL, "-", "--label", LABEL, stdin=headline + "\n")
    claim(sent.code == ExitCode.DONE and sent.lines, f"the bot sends it: {sent.error}")
    posted = Sent(headline, json.loads(sent.lines[-1])["entry_id"])
    marking = "MISSION RESTRICTED REL XAA, XBB, XCC"
    for code in ("XBB", "XCC"):
        message = await stage.arrived(stage.officer(code), posted)
        claim(message.text.rstrip("\n") == headline, f"{code} reads the line as it was piped")
        claim(message.marking == marking, f"{code} sees its label")
        claim(Flag.AUTO in message.flags and message.author_nation == "XAA", f"{code} sees that a bot of XAA sent it")
    return f"'{headline}' of {source} is at XBB and XCC as {marking}, flagged as sent by a bot"


def _headline() -> tuple[str, str]:
    """The first headline of the shared sample, or of our own where that is absent, and which it was."""
    beside = Path(coalchat.__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("COALCHAT_SHARED_DATA") or beside) / SHARED_SAMPLE
    shared = path.is_file()
    data = path.read_bytes() if shared else files(__package__).joinpath("alert.xml").read_bytes()
    found = ET.fromstring(data).findtext(f"{_CAP}info/{_CAP}headline")  # noqa: S314 - a sample of ours, or of the user's
    return present(found, "a headline in the sample alert").strip(), path.name if shared else "our own sample"
