"""The last step: nothing is left, neither after an orderly end nor when whoever started the nodes is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import trio
from filelock import FileLock, Timeout

from coalchat.demo.claims import claim, present
from coalchat.demo.processes import Device
from coalchat.demo.stage import Stage

LIMIT = 3.0
"""Seconds in which nodes must be gone after their parent was killed."""


async def clean_exit(stage: Stage) -> str:
    """All nodes stop; then a throw-away run is killed, and its nodes end by themselves."""
    devices = stage.coalition.devices
    running = [device for device in devices if device.runs]
    codes: dict[str, int] = {}

    async def stop(device: Device) -> None:
        codes[device.name] = await device.stop()

    async with trio.open_nursery() as nursery:
        for device in running:
            nursery.start_soon(stop, device)
    claim(len(running) == len(devices), "all nodes ran to the end of the story")
    claim(not any(codes.values()), f"every node ended in order: {codes}")
    _nothing_left(stage)
    took = await _orphaned(stage, [stage.officer("XAA"), stage.officer("XBB")])
    return f"no process, socket or lock is left; with their parent killed, nodes are gone within {took:.1f} s"


async def _orphaned(stage: Stage, devices: list[Device]) -> float:
    """Have another process start the nodes of these devices, kill it, and wait for them; how long they took."""
    wanted = [{"name": d.name, "home": str(d.home.path), "passphrase": d.passphrase.decode("ascii")} for d in devices]
    parent = await trio.lowlevel.open_process(
        [sys.executable, "-P", "-m", "coalchat.demo.orphans"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(devices[0].environ),
        start_new_session=True,
    )
    try:
        async with present(parent.stdin, "its stdin") as stdin:
            await stdin.send_all("".join(json.dumps(each) + "\n" for each in wanted).encode("ascii"))
        async with present(parent.stdout, "its stdout") as stdout:
            said = bytearray()
            while not said.endswith(b"\n") and (part := await stdout.receive_some()):
                said += part
            claim(said, "the throw-away run starts its nodes")
            # Opened while the nodes live: a pid may be given to another process later, this names the very one.
            handles = [os.pidfd_open(pid) for pid in json.loads(said)]
            claim(all(device.socket.exists() for device in devices), "the throw-away run's nodes listen to clients")
            parent.send_signal(signal.SIGKILL)
            return await _gone(stage, handles)
    finally:
        with trio.CancelScope(shield=True):
            parent.kill()
            await parent.wait()


async def _gone(stage: Stage, handles: list[int]) -> float:
    began = trio.current_time()
    try:
        with trio.move_on_after(LIMIT) as scope:
            for handle in handles:
                await trio.lowlevel.wait_readable(handle)
        claim(not scope.cancelled_caught, f"its nodes are gone within {LIMIT:g} s after it was killed")
        took = trio.current_time() - began
        _nothing_left(stage)
        return took
    finally:
        for handle in handles:
            os.close(handle)


def _nothing_left(stage: Stage) -> None:
    for device in stage.coalition.everything:
        claim(not any(device.socket.parent.iterdir()), "no socket is left")
        claim(_free(device), f"the lock of {device.name} is free")
        claim(_silent(device.listen), f"nobody listens where {device.name} did")
    left = _processes(stage.coalition.root)
    claim(not left, f"no process of the demo's homes runs: {left}")


def _processes(root: Path) -> list[str]:
    """Processes whose command line names the demo's directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            if os.fsencode(root) in path.read_bytes():
                found.append(path.parent.name)
    return found


def _free(device: Device) -> bool:
    lock = FileLock(device.home.lock, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def _silent(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0
