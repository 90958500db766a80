"""What every command takes: the home, where the passphrase comes from, and the form of the output (SPEC 12).

Rule 1: these options stand behind the command, or before it: `coalchat --home DIR send …` is `coalchat send … --home DIR`.
Rule 2: a secret never stands in an argument or in the environment: an option names the place that it is read from.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.paths import Home

F = TypeVar("F", bound=Callable[..., Any])


@attrs.define
class Asked:
    """What the options of every command said.

    Attributes:
        home_given: of `--home`; None: COALCHAT_HOME, or the user's own.
        passphrase_fd, passphrase_file: where the passphrase is; at most one of them.
        as_json: one JSON object a line in place of text for people.
        secret: the passphrase once it was read: a descriptor gives it only once.
    """

    home_given: str | None = None
    passphrase_fd: int | None = None
    passphrase_file: Path | None = None
    as_json: bool = False
    secret: bytes | None = attrs.field(default=None, repr=False)

    @property
    def home(self) -> Home:
        """The home; it need not exist."""
        from coalchat.paths import find_home

        return find_home(self.home_given)

    @property
    def present_home(self) -> Home:
        """The home of a device.

        Raises:
            NoHome, HomeNotPrivate: as they say.
        """
        from coalchat.errors import NoHome
        from coalchat.paths import check_home

        home = check_home(self.home)
        if not home.keys.exists():
            raise NoHome(str(home.path))
        return home


def asked_of(context: typer.Context) -> Asked:
    """What the options of this command, and those before it, said.

    Raises:
        UsageError: two places for one passphrase.
    """
    asked = context.ensure_object(Asked)
    if asked.passphrase_fd is not None and asked.passphrase_file is not None:
        raise UsageError("--passphrase-fd and --passphrase-file exclude each other")
    return asked


def _keeps(field: str, convert: Callable[[Any], Any]) -> Callable[[typer.Context, Any, Any], None]:
    def callback(context: typer.Context, parameter: Any, value: Any) -> None:
        del parameter
        if value is not None and value is not False:  # descriptor 0 is a value
            setattr(context.ensure_object(Asked), field, convert(value))

    return callback


def _shared() -> list[TyperOption]:
    def option(names: str, field: str, convert: Callable[[Any], Any], text: str, **more: Any) -> TyperOption:
        return TyperOption(
            param_decls=[names], callback=_keeps(field, convert), expose_value=False, help=text, **more
        )  # fmt: skip

    return [
        option("--home", "home_given", str, "Home of the device; without it COALCHAT_HOME, or your own.", metavar="DIR"),
        option("--passphrase-fd", "passphrase_fd", int, "Read the passphrase from this descriptor.", type=int, metavar="N"),
        option("--passphrase-file", "passphrase_file", Path, "Read it from this file: yours, mode 0600.", metavar="PATH"),
        option("--json", "as_json", bool, "Write one JSON object a line.", is_flag=True, default=False),
    ]  # fmt: skip


class Command(TyperCommand):
    """A command with the options of every command."""

    def __init__(self, *arguments: Any, params: list[Any] | None = None, **more: Any) -> None:
        super().__init__(*arguments, params=[*(params or []), *_shared()], **more)


class Root(TyperGroup):
    """The program itself, which takes them too."""

    def __init__(self, *, params: list[Any] | None = None, **more: Any) -> None:
        super().__init__(params=[*(params or []), *_shared()], **more)


def help_if_alone(context: typer.Context) -> None:
    """Without a verb, say what there is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


class Noun(typer.Typer):
    """A noun of the command line, which has verbs."""

    def __init__(self, text: str, cls: type[TyperGroup] | None = None) -> None:
        super().__init__(
            cls=cls,
            help=text,
            callback=help_if_alone,
            invoke_without_command=True,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
        )

    def verb(self, name: str) -> Callable[[F], F]:
        """Register a verb."""
        return self.command(name, cls=Command)
