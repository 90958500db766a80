"""`python -m coalchat.demo.orphans`: starts nodes as the demo does, says their pids, and waits to be killed.

It reads from stdin one JSON object a line, `{"name", "home", "passphrase"}`, one a node, and writes one line when they
all work. `clean-exit` kills it with SIGKILL and looks what becomes of its nodes.
"""

from __future__ import annotations

import json
import os
import sys

import trio

from coalchat.demo.processes import Device, start_all
from coalchat.paths import check_home, find_home


async def main() -> None:
    """Start the nodes, tell their pids, sleep."""
    wanted = [json.loads(line) for line in sys.stdin]
    devices = [
        Device(each["name"], check_home(find_home(each["home"])), each["passphrase"].encode("ascii"), os.environ)
        for each in wanted
    ]
    await start_all(devices)
    print(json.dumps([device.pid for device in devices]), flush=True)
    await trio.sleep_forever()


if __name__ == "__main__":
    trio.run(main)
