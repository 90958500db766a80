"""Commands in the composer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.model.commands import COMMANDS, Command, Plain, Unknown, help_of, parse_command


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("hello", Plain("hello")),
        (" /who", Command("who")),
        (" //who", Plain(" /who")),
        ("and/or", Plain("and/or")),
        ("//etc/hosts is wrong", Plain("/etc/hosts is wrong")),
        ("///", Plain("//")),
        ("/who", Command("who")),
        ("/WHO ", Command("who")),
        ("/label  SECRET REL XAA", Command("label", "SECRET REL XAA")),
        ("/ack caveat watch only", Command("ack", "caveat watch only")),
        ("/ack\twilco", Command("ack", "wilco")),
        ("/ack-by 1547Z", Command("ack-by", "1547Z")),
        ("/quit", Command("quit")),
    ],
)
def test_what_a_line_is(text: str, parsed: object) -> None:
    assert parse_command(text) == parsed


def test_an_unknown_command_is_never_text() -> None:
    assert parse_command("/labl SECRET") == Unknown("labl", ("label",))
    assert parse_command("/") == parse_command("/ who") == Unknown("")
    assert parse_command("/etc/hosts") == Unknown("etc/hosts")


@given(st.text() | st.text(alphabet="/ \tawho"))
def test_only_what_has_no_single_slash_is_sent(text: str) -> None:
    parsed = parse_command(text)
    if isinstance(parsed, Plain):
        assert not text.lstrip().startswith("/") or text.lstrip().startswith("//")
        assert parsed.text in {text, text.replace("//", "/", 1)}


def test_every_command_has_help() -> None:
    for command in COMMANDS:
        assert help_of(command.name) is command
        assert help_of(f"/{command.name.upper()}") is command
        assert command.usage.startswith(f"/{command.name}")
        assert parse_command(f"/{command.name}") == Command(command.name)
    assert help_of("nothing") is None
