"""Amendments on their way round: `coalchat charter admit`, `suspend`, `sign` and `show` of one.

A node that runs does the act for itself, and its coalition talks on; a home that no node runs on is opened for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coalchat.api.amendment import Amendment
    from coalchat.cli.options import Asked
    from coalchat.client import Client
    from coalchat.custody.amending import Signed
    from coalchat.paths import Home

AtHome = Callable[["Home", bytes], Awaitable["Signed"]]
AtNode = Callable[["Client"], Awaitable["Amendment"]]


def write_amendment(asked: Asked, out: Path, at_home: AtHome, at_node: AtNode) -> None:
    """Do an act that makes an amendment, and write it to a new file."""
    from coalchat.cli.armour import Kind, write_armour
    from coalchat.cli.files import new_file

    with new_file(out) as text:
        data, in_force = _act(asked, at_home, at_node)
        text.append(write_armour(Kind.AMENDMENT, data))
    tell_amendment(asked, out, data, in_force=in_force)


def sign_amendment(asked: Asked, file: Path, data: bytes) -> None:
    """Sign an amendment, take a complete one in, and write it back."""
    import os
    import time

    from coalchat.cli.armour import Kind, write_armour
    from coalchat.cli.files import replace_file
    from coalchat.custody.amending import sign_at_home

    def at_home(home: Home, secret: bytes) -> Awaitable[Signed]:
        return sign_at_home(home, secret, data, now=int(time.time()), entropy=os.urandom)

    after, in_force = _act(asked, at_home, lambda client: client.sign_amendment(data))
    if after != data:
        replace_file(file, write_armour(Kind.AMENDMENT, after))
    tell_amendment(asked, file, after, in_force=in_force)


def tell_amendment(asked: Asked, file: Path, data: bytes, *, in_force: bool | None = None) -> None:
    """Show what an amendment changes, in words, and who has signed it."""
    from coalchat.cli.output import show

    record = _record(file, data, in_force)
    show(asked, record, _lines(record))


def _act(asked: Asked, at_home: AtHome, at_node: AtNode) -> tuple[bytes, bool]:
    import trio

    from coalchat.cli.files import alone
    from coalchat.cli.passphrase import passphrase
    from coalchat.cli.session import with_node
    from coalchat.errors import HomeInUse

    home = asked.present_home
    try:
        with alone(home):
            signed = trio.run(partial(at_home, home, passphrase(asked)))
            return signed.data, signed.in_force
    except HomeInUse:
        answer = with_node(asked, at_node)
        return answer.file, answer.in_force


def _record(file: Path, data: bytes, in_force: bool | None) -> dict[str, Any]:
    from coalchat.cli.armour import fingerprint, grouped
    from coalchat.custody.amending import read
    from protocol.trust.amendment import changed

    known = read(data)
    codes, change = known.charter.codes, known.change
    admitted = None if change.admitted is None else known.charter.nations[change.admitted]
    return {
        "file": str(file),
        "name": known.charter.name,
        "coalition_id": known.coalition.id.hex(),
        "number": known.charter.number,
        "fingerprint": grouped(known.charter.hash),
        "changes": list(changed(known.coalition.charter, known.charter)),
        "admits": None if admitted is None else {"code": admitted.code, "fingerprint": fingerprint(admitted)},
        "suspends": None if change.suspended is None else codes[change.suspended],
        "reinstates": None if change.reinstated is None else codes[change.reinstated],
        "signed": [codes[nation] for nation in sorted(known.signed)],
        "missing": [codes[nation] for nation in sorted(change.needs - known.signed)],
        "unsealed": [codes[nation] for nation in sorted(known.owed - known.sealed_to)],
        "complete": known.complete,
        "in_force": in_force,
    }


def _lines(record: dict[str, Any]) -> list[str]:
    lines = [
        f"amendment {record['number']} of {record['name']}, charter {record['fingerprint']}",
        *(f"  {change}" for change in record["changes"]),
    ]
    if record["admits"] is not None:
        lines.append(f"  fingerprint of {record['admits']['code']}: {record['admits']['fingerprint']}")
    lines.append(f"signed by {', '.join(record['signed']) or 'nobody'}")
    if record["missing"]:
        lines.append(f"missing: {', '.join(record['missing'])}")
    elif not record["complete"]:
        unsealed = ", ".join(record["unsealed"])
        lines.append(f"back to who wrote it, or to who has it already: the link secret is not yet sealed to {unsealed}")
    elif record["in_force"]:
        lines.append("complete, and in force here: every nation runs `coalchat charter sign` with this file")
    else:
        lines.append("complete")
    return lines
