"""Settings: typed, bounded, and nothing misspelt passes as a default."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coalchat.config import MAX_FILE, Config, format_config, load_config, parse_config, save_config
from coalchat.errors import UsageError
from coalchat.paths import Home, ensure_private_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return ensure_private_home(tmp_path / "home")


configs = st.builds(
    Config,
    listen=st.sampled_from(["", "0.0.0.0:7447", "[::]:0", "[2001:db8::1]:65535", "north.example:1"]),
    carry=st.booleans(),
    kdf_memory_kib=st.integers(65_536, 1_048_576),
    kdf_passes=st.integers(3, 10),
    desk_theme=st.sampled_from(["", "dark", "light", "high-contrast", "mono"]),
    desk_ascii=st.booleans(),
    desk_highlights=st.sampled_from(["", "EAGLE 6, quay", "\u677e\u672c's [x] #1"]),
    desk_local_time=st.booleans(),
    desk_keys=st.sampled_from(["", "vim"]),
    desk_idle_lock=st.integers(0, 1_440),
)


def test_without_a_file_all_is_default(home: Home) -> None:
    assert load_config(home) == Config(
        listen="", carry=True, kdf_memory_kib=262_144, kdf_passes=3, desk_theme="", desk_ascii=False
    )


def test_a_file_as_the_documentation_shows_it() -> None:
    text = b"""
        listen = "0.0.0.0:7447"
        carry = false
        [kdf]
        memory_kib = 65536
        passes = 4
        [desk]
        theme = "light"
        ascii = true
    """
    assert parse_config(text) == Config(
        listen="0.0.0.0:7447", carry=False, kdf_memory_kib=65_536, kdf_passes=4, desk_theme="light", desk_ascii=True
    )


@given(configs)
def test_what_is_written_is_read_back(config: Config) -> None:
    assert parse_config(format_config(config)) == config


def test_a_file_is_written_whole(home: Home) -> None:
    save_config(home, Config(carry=False))
    save_config(home, Config(listen="[::1]:7447"))
    assert load_config(home) == Config(listen="[::1]:7447")
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_what_would_be_refused_is_not_written(home: Home) -> None:
    save_config(home, Config(carry=False))
    with pytest.raises(UsageError, match=r"kdf\.passes: must be from 3 to 10"):
        save_config(home, Config(kdf_passes=1))
    assert load_config(home) == Config(carry=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lisen = 'x:1'", "lisen: no such setting; there are listen, carry, kdf.memory_kib, kdf.passes, desk.theme"),
        ("[desk]\ntheme = 'pink'", "desk.theme: must be one of dark, light, high-contrast, mono"),
        ("[desk]\ntheme = ['dark']", "desk.theme: must be one of"),
        ("[desk]\nascii = 'yes'", "desk.ascii: must be true or false"),
        ("[kdf]\npases = 3", "kdf.pases: no such setting"),
        ("'kdf.passes' = 3", "no such setting"),
        ("kdf = 3", "kdf: no such setting"),
        ("[kdf.passes]\nx = 1", "kdf.passes: must be a whole number"),
        ("listen = 7447", "listen: must be a text"),
        ("listen = 'nowhere'", "listen: must be host:port"),
        ("listen = 'a\"b:1'", "listen: must be host:port"),
        (f"listen = '{'x' * 300}:1'", "listen: must be host:port"),
        ("carry = 1", "carry: must be true or false"),
        ("carry = 'true'", "carry: must be true or false"),
        ("[kdf]\npasses = true", "kdf.passes: must be a whole number"),
        ("[kdf]\npasses = 3.0", "kdf.passes: must be a whole number"),
        ("[kdf]\npasses = 11", "kdf.passes: must be from 3 to 10"),
        ("[kdf]\nmemory_kib = 1024", "kdf.memory_kib: must be from 65536 to 1048576"),
        ("listen = ", "is not TOML"),
        ("carry = true\ncarry = true", "is not TOML"),
        ("x = " + "[" * 5_000, "is not TOML"),
        ("x = " + "9" * 5_000, "is not TOML"),
        ("# " + "x" * MAX_FILE, "more than 16384 bytes"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_it(home: Home, text: str, says: str) -> None:
    home.config.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_config(home)
    assert f"config.toml: {says}" in str(caught.value) or ("no such setting" in says and says in str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_a_clear_error(home: Home) -> None:
    home.config.mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*config\.toml"):
        load_config(home)


def test_bytes_that_are_no_text(home: Home) -> None:
    with pytest.raises(UsageError, match="not UTF-8"):
        parse_config(b"\xff")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@example(b"kdf.passes.x = 1")
@example(b"[[kdf]]")
def test_any_bytes_give_settings_or_one_typed_error(data: bytes) -> None:
    try:
        config = parse_config(data)
    except UsageError:
        return
    assert parse_config(format_config(config)) == config
