"""Settings of one home: `config.toml` (SPEC 12).

    listen = "0.0.0.0:7447"     # where peers may dial; empty or absent: dial only
    carry = true                # keep others' ciphertext for nations that are away

    [kdf]                       # cost of the passphrase, used when the key file is written next
    memory_kib = 262144
    passes = 3

    [desk]                      # the terminal client
    theme = "dark"              # or "light", "high-contrast", "mono"
    ascii = false               # only characters of ASCII around the texts
    highlights = "EAGLE 6, quay"   # words that call you, beside your name
    local_time = false          # times of messages in this machine's time zone
    keys = "vim"                # j k g G on messages and in lists; or ""
    idle_lock = 10              # minutes without a key until the desk locks itself; 0: never

Rule 1: an unknown key, a wrong type or a value out of bounds is refused by its name: a misspelt setting must not be a
silent default.
Rule 2: written whole and atomically, with the defaults left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from coalchat.errors import UsageError
from coalchat.paths import Home, write_private_file
from coalchat.record import evolve, record
from protocol.base.limits import (
    ARGON2_MEMORY_DEFAULT,
    ARGON2_MEMORY_MAX,
    ARGON2_MEMORY_MIN,
    ARGON2_TIME_MAX,
    ARGON2_TIME_MIN,
)

MAX_FILE: Final = 16_384
"""Bytes: a hundred times the longest useful one."""
MAX_ADDRESS: Final = 261
"""Characters of an address: a DNS name has at most 253, the port 5."""

MAX_WORDS: Final = 500
"""Characters of all words that call a person."""
MAX_IDLE: Final = 1_440
"""Minutes: a day."""
KEYMAPS: Final = ("vim",)

THEMES: Final = ("dark", "light", "high-contrast", "mono")
"""Looks of the desk."""

_ADDRESS: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")
"""The outer form only, so that it can stand in quotes; `net.Address` is what reads an address."""


@record
class Config:
    """Settings of one home.

    Attributes:
        listen: "host:port" or "[v6]:port" where peers may dial, port 0 for any; "" to dial only.
        carry: keep others' ciphertext for nations that are away.
        kdf_memory_kib: Argon2id memory in KiB.
        kdf_passes: Argon2id passes.
        desk_theme: look of the desk; "" as the terminal suggests.
        desk_ascii: draw with ASCII only.
        desk_highlights: words that call this person, parted by commas.
        desk_local_time: times of messages in this machine's time zone.
        desk_keys: "vim", or "".
        desk_idle_lock: minutes without a key until the desk locks itself; 0: never.
    """

    listen: str = ""
    carry: bool = True
    kdf_memory_kib: int = ARGON2_MEMORY_DEFAULT
    kdf_passes: int = ARGON2_TIME_MIN
    desk_theme: str = ""
    desk_ascii: bool = False
    desk_highlights: str = ""
    desk_local_time: bool = False
    desk_keys: str = ""
    desk_idle_lock: int = 0


def _address(key: str, value: Any) -> None:
    _typed(str)(key, value)
    if value and (len(value) > MAX_ADDRESS or not _ADDRESS.fullmatch(value)):
        raise UsageError(f"{key}: must be host:port or [v6]:port")


def _typed(kind: type) -> Callable[[str, Any], None]:
    def check(key: str, value: Any) -> None:
        if type(value) is not kind:
            names = {str: "a text", bool: "true or false", int: "a whole number"}
            raise UsageError(f"{key}: must be {names[kind]}")

    return check


def _words(key: str, value: Any) -> None:
    _typed(str)(key, value)
    if len(value) > MAX_WORDS or not value.isprintable() or set(value) & {'"', "\\"}:
        raise UsageError(f"{key}: at most {MAX_WORDS} printable characters, without quotes and backslashes")


def _between(low: int, high: int) -> Callable[[str, Any], None]:
    def check(key: str, value: Any) -> None:
        _typed(int)(key, value)
        if not low <= value <= high:
            raise UsageError(f"{key}: must be from {low} to {high}")

    return check


def _one_of(*words: str) -> Callable[[str, Any], None]:
    def check(key: str, value: Any) -> None:
        if value not in words:
            raise UsageError(f"{key}: must be one of {', '.join(word for word in words if word)}")

    return check


_SETTINGS: Final[Mapping[str, tuple[str, Callable[[str, Any], None]]]] = {
    # key in the file: (field, check)
    "listen": ("listen", _address),
    "carry": ("carry", _typed(bool)),
    "kdf.memory_kib": ("kdf_memory_kib", _between(ARGON2_MEMORY_MIN, ARGON2_MEMORY_MAX)),
    "kdf.passes": ("kdf_passes", _between(ARGON2_TIME_MIN, ARGON2_TIME_MAX)),
    "desk.theme": ("desk_theme", _one_of("", *THEMES)),
    "desk.ascii": ("desk_ascii", _typed(bool)),
    "desk.highlights": ("desk_highlights", _words),
    "desk.local_time": ("desk_local_time", _typed(bool)),
    "desk.keys": ("desk_keys", _one_of("", *KEYMAPS)),
    "desk.idle_lock": ("desk_idle_lock", _between(0, MAX_IDLE)),
}


def load_config(home: Home) -> Config:
    """Read the settings; the defaults where there is no file.

    Raises:
        UsageError: one line that names the key, or the line of the file that is not TOML.
    """
    try:
        with home.config.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise UsageError(f"cannot read {home.config}: {error.strerror}") from None
    try:
        return parse_config(data)
    except UsageError as error:
        raise UsageError(f"{home.config.name}: {error.detail}") from None


def parse_config(data: bytes) -> Config:
    """Settings from the bytes of a file.

    Raises:
        UsageError: as `load_config`.
    """
    if len(data) > MAX_FILE:
        raise UsageError(f"more than {MAX_FILE} bytes")
    import tomllib  # noqa: PLC0415  # where there is no file, as nearly always, nothing is to be read

    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"is not TOML: {error}") from None
    except (RecursionError, ValueError):
        # Nested too deep, or a number with more digits than Python converts.
        raise UsageError("is not TOML") from None
    given: dict[str, Any] = {}
    for key, value in _flatten(table).items():
        if key not in _SETTINGS:
            raise UsageError(f"{key}: no such setting; there are {', '.join(_SETTINGS)}")
        field, check = _SETTINGS[key]
        check(key, value)
        given[field] = value
    return Config(**given)


def _flatten(table: Mapping[str, Any]) -> dict[str, Any]:
    """`{"kdf": {"passes": 3}}` as `{"kdf.passes": 3}`; only tables that hold settings are looked into."""
    sections = {key.partition(".")[0] for key in _SETTINGS if "." in key}
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if key in sections and isinstance(value, dict):
            flat.update({f"{key}.{inner}": item for inner, item in value.items()})
        else:
            # A key that was quoted with its dot, `"kdf.passes"`, is another key than `passes` of [kdf].
            flat[f'"{key}"' if "." in key else key] = value
    return flat


def format_config(config: Config) -> bytes:
    """The bytes of a file with these settings.

    Raises:
        UsageError: a value out of bounds: what we would refuse to read is not written.
    """
    default = Config()
    top: list[str] = []
    sections: dict[str, list[str]] = {}
    for key, (field, check) in _SETTINGS.items():
        value = getattr(config, field)
        check(key, value)
        if value == getattr(default, field):
            continue
        section, _, name = key.rpartition(".")
        (sections.setdefault(section, []) if section else top).append(f"{name} = {_toml(value)}")
    lines = ["# Settings of this coalchat home. What is not named here has its default.", *top]
    for section, entries in sections.items():
        lines += ["", f"[{section}]", *entries]
    return "\n".join([*lines, ""]).encode("utf-8")


def _toml(value: str | bool | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # The only texts are an address, a word of ours and words without quotes: nothing needs escaping.
    return f'"{value}"' if isinstance(value, str) else str(value)


def save_config(home: Home, config: Config) -> None:
    """Write the settings, atomically.

    Raises:
        UsageError: a value out of bounds; the file is as it was.
        OSError: it cannot be written; likewise.
    """
    write_private_file(home.config, format_config(config))


@contextmanager
def evolved(home: Home, **given: Any) -> Iterator[bool]:
    """Settings changed for what is done now, and for later where it succeeds: where it raises, the file is as it was.

    Args:
        given: fields of `Config`; one that is None stays as it is.

    Yields:
        Whether anything is another than before.

    Raises:
        UsageError: as `load_config` and `save_config`.
    """
    before = load_config(home)
    after = evolve(before, **{name: value for name, value in given.items() if value is not None})
    if after == before:
        yield False
        return
    kept = home.config.read_bytes() if home.config.exists() else None
    save_config(home, after)
    try:
        yield True
    except BaseException:
        if kept is None:
            home.config.unlink(missing_ok=True)
        else:
            write_private_file(home.config, kept)
        raise
