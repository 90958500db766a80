"""Third-party vectors: where they lie, and how many of them ran."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest

from tests.protocol.base.third_party import Count, Wycheproof


@pytest.fixture
def ran(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Count:
    """`ran(151)`: state how many cases a test ran (`pytest -rP` shows it, `--junitxml` keeps it); none is a failure."""

    def state(cases: int) -> None:
        assert cases > 0, "no case ran"
        record_property("cases", cases)
        request.node.add_report_section("call", "third-party vectors", f"{cases} cases")

    return state


@pytest.fixture(scope="session")
def wycheproof(shared_file: Callable[[str], Path]) -> Wycheproof:
    """`wycheproof("ed25519")`: (group, test) of each case; as many as the file says."""

    def read(name: str) -> list[tuple[Any, Any]]:
        document = json.loads(shared_file(f"vectors/wycheproof/{name}_test.json").read_text(encoding="utf-8"))
        cases = [(group, test) for group in document["testGroups"] for test in group["tests"]]
        assert len(cases) == document["numberOfTests"]
        return cases

    return read


@pytest.fixture(scope="session")
def registry_text() -> Callable[[str], str]:
    """`registry_text("HPKE/hpke-pq-test-vectors.json")`: a file of the package cryptography-vectors."""

    def read(name: str) -> str:
        with cryptography_vectors.open_vector_file(name, "r") as file:
            text = file.read()
        assert isinstance(text, str)
        return text

    return read
