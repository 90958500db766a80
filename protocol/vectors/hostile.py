"""Hostile vectors: each has one fault, is named by it, and says which layer must find it.

Whatever else stands in such an object is right: the rightful key signed it, hashes and bindings are recomputed. So a
reader that takes one lacks that very check, and a reader that fails earlier fails for another reason than it should.
"""

from __future__ import annotations

from collections.abc import Sequence

from protocol.base.limits import MAX_RECORD
from protocol.messages.forms import Form
from protocol.vectors import (
    checkpoints,
    hostile_charter,
    hostile_direct,
    hostile_keys,
    hostile_messages,
    hostile_terms,
    hostile_trust,
    reports,
    roe,
)
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import World

DOORS = {
    "charter": "read a charter",
    "charter signature": "check a nation's signature of the charter of trust.json",
    "amendment": "read a charter, and check that it may follow that of trust.json; or after `before`, where it is given",
    "custodian": "check a custodian's certificate against that charter's roots",
    "request": "check a certificate request for nation 0",
    "seat request": "check a request for a seat by the device of XAA",
    "certificate": "check a certificate against the custodian of XAA",
    "publication": "apply to a directory that knows both custodians and their publications",
    "directory part": "the same",
    "revocation": "the same, where it knows the certificates of both devices",
    "segment list": "apply where all publications of trust.json are known, or `publication` in place of XAA's",
    "prekey": "check a prekey statement of the device of XAA",
    "demand": "check a demand of the custodian of XAA",
    "otar": "open as the device of XAA with its prekey of counter 1; all lists are known",
    "link secret": "open as custodian of XAA with the bundle seed of trust.json, and compare with the charter",
    "channel": "check a revision by the device of XAA; `previous` is the revision before, or none",
    "feed": "check a feed record of the device of XAA",
    "envelope": "read an envelope, verify its author (the device of XAA), open the slot of `nation`",
    "device edition": "check the own edition of the device of XAA, at `now` of trust.json",
    "direct envelope": "read a direct envelope, verify its author (the device of XAA), open the slot of the device of `nation`",
    "entry": "read an entry, verify its author (the device of XAA), open it with the TEK of keys.json",
    "header": "read the header of an entry, and verify its author (the device of XAA)",
    "payload": "decode a payload",
    "evidence": "check by the charter of trust.json",
    "chain": "offer entries of the feed of XAA, in order; only the last one fails",
    "checkpoint": "check a checkpoint of the device of XAA",
    "checkpoint proof": "check a proof against the checkpoint of checkpoints.json",
    "grant": "as who asked as the request of link.json says, take a grant of `number` with this envelope",
    "proof": "find the secret of a proof by the dialler",
    "auth": "verify an AUTH by the device of XAA as dialler, with the exporter of link.json",
    "invite": "read an invite's text",
}


def build(world: World, recorder: Recorder, forms: Sequence[Form]) -> File:
    """The file's content; the recorded parts of the other files must be kept before."""
    cases = [
        *hostile_charter.cases(world, recorder),
        *hostile_trust.cases(world, recorder),
        *hostile_terms.cases(world),
        *hostile_keys.cases(world, recorder),
        *hostile_messages.cases(world, recorder),
        *hostile_direct.cases(world, recorder),
        *checkpoints.hostile(world, recorder),
        *roe.hostile(world),
        *reports.hostile(forms),
        *_limits(),
    ]
    return {
        "chapter": "Hostile vectors",
        "format": {
            "doors": "what a reader does with `data`; where that names another vector, of the files beside this one",
            "cases": "`expect` is the code of SPEC 3.4, or success for the controls; `field` is named where there is one. "
            "`data` is hex, the name of a recorded document, an alteration of one (`cut` bytes from `at` give way to `put`), "
            "a byte repeated, a list for the door `chain`, or text for `invite`",
        },
        "verification": ["the door fails with `expect` and changes nothing; each control passes it"],
        "doors": DOORS,
        "cases": cases,
    }


def _limits() -> list[Case]:
    return [
        {
            "name": f"{door.replace(' ', '_')}_too_long",
            "door": door,
            "data": {"repeat": "c1", "times": MAX_RECORD + 1},
            "expect": "limit",
            "field": "record",
        }
        for door in ("charter", "certificate", "publication", "segment list", "envelope", "entry", "payload")
    ]
