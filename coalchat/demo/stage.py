"""What the steps of the story share: the coalition, the messages that were sent, and the program as a user runs it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from functools import partial
from typing import Any, Final

import attrs
import trio

from coalchat.api.nouns import Message
from coalchat.demo.claims import claim, until
from coalchat.demo.coalition import CHANNEL, Coalition
from coalchat.demo.founding import linked
from coalchat.demo.processes import Device

PROGRAM: Final = (sys.executable, "-P", "-m", "coalchat.cli")
QUIET: Final = 1.0
"""Seconds without a byte after which links count as quiet: receipts gather for 0.4 s before they leave."""


@attrs.frozen
class Sent:
    """A message of the story.

    Attributes:
        canary: text that stands nowhere else in the world.
    """

    canary: str
    entry_id: str

    @property
    def id(self) -> bytes:
        """Its id in bytes."""
        return bytes.fromhex(self.entry_id)


@attrs.frozen
class Outcome:
    """What a run of the program gave."""

    code: int
    lines: tuple[str, ...]
    error: dict[str, Any]


@attrs.define(eq=False)
class Stage:
    """Where the story plays.

    Attributes:
        withheld: the message that XCC must not read. shared: the one released to all.
    """

    coalition: Coalition
    withheld: Sent | None = None
    shared: Sent | None = None

    def officer(self, code: str) -> Device:
        """The officer's device of a nation."""
        return self.coalition.officers[code]

    async def up(self) -> None:
        """Have all nodes run, and all links up."""
        await self.coalition.start_missing()
        for device in self.coalition.devices:
            others = self.coalition.peers_of(device)
            await until(partial(linked, device, others), f"{device.name} has links with its peers")

    # --- messages ---

    async def send(self, device: Device, text: str, label: str) -> Sent:
        """Send a text with a canary in it."""
        canary = secrets.token_hex(16)
        async with device.client() as client:
            sent = await client.send(CHANNEL, f"{text} [{canary}]", label)
        return Sent(canary, sent.entry_id)

    async def arrived(self, device: Device, sent: Sent) -> Message:
        """Wait until a device's node lists a message with its canary."""

        async def look() -> Message | None:
            async with device.client() as client:
                listed = await client.all_messages(CHANNEL)
            return next((message for message in listed if sent.canary in message.text), None)

        found = await until(look, f"{device.name} reads it")
        claim(found.entry_id == sent.entry_id, f"{device.name} has it under the author's id")
        return found

    # --- links ---

    async def bytes_of(self, device: Device) -> dict[tuple[str, bool], tuple[int, int]]:
        """Byte counters of a node's links."""
        async with device.client() as client:
            return {
                (link.device_id or link.address, link.inbound): (link.bytes_sent, link.bytes_received)
                for link in await client.peers()
            }

    async def quiet(self, *devices: Device) -> None:
        """Wait until nothing more goes over the links of these nodes."""

        async def still() -> bool:
            before = [await self.bytes_of(device) for device in devices]
            await trio.sleep(QUIET)
            return before == [await self.bytes_of(device) for device in devices]

        await until(still, "the links are quiet")

    # --- the program ---

    async def run(self, device: Device, *arguments: str, stdin: str = "") -> Outcome:
        """Run `coalchat … --json` on a device's home, as its user would."""
        done = await trio.run_process(
            [*PROGRAM, *arguments, "--json", "--home", str(device.home.path)],
            stdin=stdin.encode("utf-8"),
            capture_stdout=True,
            capture_stderr=True,
            check=False,
            env=dict(device.environ),
        )
        return _outcome(done)


def _outcome(done: subprocess.CompletedProcess[bytes]) -> Outcome:
    said = done.stderr.decode("utf-8", "replace").splitlines()
    error: dict[str, Any] = {}
    for line in said:
        if line.startswith("{"):
            error = json.loads(line).get("error", {})
    if done.returncode and not error:
        error = {"detail": said[-1] if said else "it said nothing"}
    return Outcome(done.returncode, tuple(done.stdout.decode("utf-8", "replace").splitlines()), error)
