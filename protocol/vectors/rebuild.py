"""All vector files, as text by name, from fixed entropy and what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from protocol.messages.formfile import form_from_toml
from protocol.trust.policy import policy_from_toml
from protocol.vectors import (
    checkpoints,
    custody,
    direct,
    encoding,
    hostile,
    keys,
    labels,
    link,
    messages,
    primitives,
    reports,
    roe,
    trust,
    world,
)
from protocol.vectors.notation import File, write
from protocol.vectors.recorder import Recorder

RECORDED = "recorded.json"


def rebuild(policy: str, recorded: Mapping[str, str], forms: Iterable[bytes]) -> dict[str, str]:
    """Every file of this directory.

    Args:
        policy: the text of `policies/example.toml`.
        recorded: the `documents` of the file of recorded documents; what still holds stays.
        forms: the files of `forms`.
    """
    shipped = sorted(map(form_from_toml, forms), key=lambda form: form.id)
    recorder = Recorder(recorded)
    example = policy_from_toml(policy)
    built = world.build(example, recorder)
    files: dict[str, File] = {
        "encoding.json": encoding.build(),
        "primitives.json": primitives.build(recorder),
        "labels.json": labels.build(example),
        "trust.json": trust.build(built, recorder),
        "keys.json": keys.build(built, recorder),
        "messages.json": messages.build(built, keys.kept_envelope(recorder)),
        "link.json": link.build(built, recorder),
        "custody.json": custody.build(built),
        "direct.json": direct.build(built, recorder),
        "checkpoints.json": checkpoints.build(built, recorder),
        "roe.json": roe.build(built),
        "reports.json": reports.build(shipped),
        "hostile.json": hostile.build(built, recorder, shipped),
    }
    files[RECORDED] = {
        "about": "Documents with a part that the library draws at random (HPKE, ML-DSA): made once, then kept.",
        "documents": recorder.kept,
    }
    return {name: write(file) for name, file in files.items()}
