"""The set-up of all tests: which async tests run on what, Hypothesis' profiles, and the shared data.

- An async test runs under trio (pytest-trio: memory streams, `autojump_clock`, `nursery`).
- In `tests/desk` it runs on asyncio, as Textual does; in `tests/client` and `tests/bots` once on asyncio and once
  on trio. There anyio's own plugin drives it, and `anyio_backend` names the loop.
- `trio_mode` stays off: it would take the desk's tests too. A mark on the test or its module decides before its room.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
ANYIO_ROOMS = {HERE / "desk": ("asyncio",), HERE / "client": ("asyncio", "trio"), HERE / "bots": ("asyncio", "trio")}

# `ci` finds the same thing on each run; `proof` (make proof) looks further, and elsewhere each time.
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "proof", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    # A shell that runs us in its background has us ignore ^C, and so every program that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "proof: a property that `make proof` runs with many more examples")
    config.addinivalue_line("markers", "story: a readable tale from end to end, over real nodes")


def backends(path: Path) -> tuple[str, ...]:
    """The loops anyio's plugin runs this file's async tests on; none where they are pytest-trio's."""
    for room, loops in ANYIO_ROOMS.items():
        if path.is_relative_to(room):
            return loops
    return ()


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: object) -> None:
    """Mark each async test for its room; first, because anyio's plugin looks for its mark in this very hook."""
    if not collector.istestfunction(obj, name):
        return
    inner = obj.hypothesis.inner_test if hasattr(obj, "hypothesis") else obj
    if not iscoroutinefunction(inner):
        return
    marks = {mark.name for mark in (*getattr(obj, "pytestmark", ()), *collector.iter_markers())}
    if marks.isdisjoint({"anyio", "trio"}):
        mark = pytest.mark.anyio if backends(collector.path) else pytest.mark.trio
        mark(obj)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once per loop. A room with one loop is left as it is: its snapshots keep their plain names."""
    loops = backends(metafunc.definition.path)
    if "anyio_backend" in metafunc.fixturenames and len(loops) > 1:
        metafunc.parametrize("anyio_backend", loops, indirect=True, scope="module")


@pytest.fixture(scope="module")
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The loop of anyio's plugin: asyncio, or what the test's room gives."""
    return getattr(request, "param", "asyncio")


@contextmanager
def _unmeasured() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environ:
        environ.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        measured = Coverage.current()
        if measured is None:
            yield
            return
        measured.stop()
        yield
        measured.start()


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """While such a test runs, no coverage is measured, here or in processes that it starts.

    For tales, attacks, what takes days, and what goes through every screen: they ask at length for what the tests that
    mirror the tree ask of each room. Measuring doubles what they cost; and the floors hold without them, so that no line
    passes as tested because a long tale went by it.
    """
    with _unmeasured():
        yield


@pytest.fixture(scope="module")
def unmeasured_file() -> Iterator[None]:
    """The same for all tests of a file, whose common beginning costs most."""
    with _unmeasured():
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data that is shared beside the checkout, or where COALCHAT_SHARED_DATA says; skips without it."""
    folder = Path(os.environ.get("COALCHAT_SHARED_DATA") or HERE.parent.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no shared data: set COALCHAT_SHARED_DATA, or put it at ../shared/data")
    return folder


@pytest.fixture(scope="session")
def shared_file(shared_data: Path) -> Callable[[str], Path]:
    """`shared_file("cap/alert.xml")`: one file of the shared data; skips where it is absent."""

    def find(name: str) -> Path:
        path = shared_data / name
        if not path.is_file():
            pytest.skip(f"not in the shared data: {name}")
        return path

    return find
