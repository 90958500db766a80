"""Hostile vectors: each fails for its own reason, at its own layer, and changes nothing; each door opens for its control."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import RemoteProtocolError
from tests.protocol.vector_doors import DOORS, world
from tests.protocol.vector_files import vectors

FILE = vectors("hostile")
HOSTILE = [case for case in FILE["cases"] if case["expect"] != "success"]
CONTROLS = [case for case in FILE["cases"] if case["expect"] == "success"]


def named(cases: list[Any]) -> list[str]:
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", CONTROLS, ids=named(CONTROLS))
def test_a_control_passes_its_door(case: Any) -> None:
    DOORS[case["door"]](world(), case)


@pytest.mark.parametrize("case", HOSTILE, ids=named(HOSTILE))
def test_a_hostile_vector_fails_at_its_layer(case: Any) -> None:
    here = world()
    before = world() if "publication" not in case else None  # the door itself applies one
    with pytest.raises(RemoteProtocolError) as caught:
        DOORS[case["door"]](here, case)
    assert caught.value.code == case["expect"]
    assert caught.value.field == case.get("field", "")
    assert before is None or here == before


def test_every_door_has_a_control_and_a_fault() -> None:
    for door in FILE["doors"]:
        assert door in DOORS
        assert any(case["door"] == door for case in CONTROLS), door
        assert any(case["door"] == door for case in HOSTILE), door


def test_every_layer_has_vectors_and_every_name_is_its_own() -> None:
    assert {case["expect"] for case in HOSTILE} == {"decode", "version", "authentication", "replay", "state", "limit"}
    assert len(set(named(FILE["cases"]))) == len(FILE["cases"]) > 150
