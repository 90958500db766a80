"""The first run: `coalchat` where there is no home. The desk asks; what makes keys is here.

Rule 1: it is refused where a home was destroyed, or is not the user's own: that is no beginning.
Rule 2: what came of it that the desk shows no more is written as lines, when the screen is gone.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from coalchat.cli.options import Asked
from coalchat.errors import AlreadyExists, NoHome, UsageError
from coalchat.paths import Home, check_home, ensure_private_home


def is_first_run(home: Home) -> bool:
    """Whether there is no home of a device here.

    Raises:
        HomeNotPrivate, Zeroized: as they say.
    """
    try:
        return not check_home(home).keys.exists()
    except NoHome:
        return True


def first_run(asked: Asked, theme: str, ascii_only: bool) -> int:
    """Ask what is to be done, and open what is wanted then; the exit code."""
    from coalchat.cli.output import show
    from coalchat.desk.main import Options, run_desk
    from coalchat.desk.welcome import Wanted, welcome

    outcome = welcome(asked.home.path, KeyMaking(asked.home), theme, ascii_only=ascii_only)
    show(asked, list(outcome.lines), outcome.lines)
    match outcome.wanted:
        case Wanted.DEMO:
            from coalchat.demo.live import live

            return live()
        case Wanted.DESK:
            home = check_home(asked.home)
            return run_desk(Options(home=home, passphrase=outcome.secret, theme=theme, ascii_only=ascii_only))
        case Wanted.NOTHING:
            return outcome.code


@attrs.define
class KeyMaking:
    """What the desk may have made, in threads of its own."""

    home: Home

    def check_invite(self, code: str) -> str:
        """See `coalchat.desk.welcome.Acts`."""
        from protocol.base.errors import ProtocolError
        from protocol.exchange.invite import read_invite

        try:
            read_invite(code)
        except ProtocolError as error:
            return f"this is no invite code ({error})"
        return ""

    def make_device(self, passphrase: bytes) -> None:
        """See there."""
        import os

        from coalchat.cli.files import alone
        from coalchat.cli.home import kdf_cost
        from coalchat.custody.founding import create_device

        home = ensure_private_home(self.home.path)
        if not home.keys.exists():
            with alone(home):
                create_device(home, passphrase, entropy=os.urandom, cost=kdf_cost(home))

    def make_nation(self, code: str, name: str, person: str, passphrase: bytes) -> tuple[str, ...]:
        """See there. The offer goes into the working directory."""
        from coalchat.cli.armour import Kind, fingerprint, write_armour
        from coalchat.cli.files import alone, new_file
        from coalchat.cli.nation import make_nation
        from protocol.trust.founding import read_offer

        home = ensure_private_home(self.home.path)
        if home.keys.exists():
            raise AlreadyExists(f"the home {home.path}")
        if not code.isalnum():
            raise UsageError(f"code: {code} is none", hint="letters and digits, e.g. XAA")
        file = Path.cwd() / f"{code.lower()}.offer"
        with alone(home), new_file(file) as text:
            offer = make_nation(home, passphrase, code, name, person)
            text.append(write_armour(Kind.OFFER, offer))
        made = read_offer(offer).nation
        return (
            f"{made.code} {made.name} has its keys. Its offer is in {file}",
            f"fingerprint of its root, to be read out by voice: {fingerprint(made)}",
            "Next:",
            "1  the nations give their offers to one of them, and compare fingerprints by voice",
            f"2  that one: `coalchat charter found {file.name} OTHER.offer --name NAME --out NAME.charter`",
            "3  each: `coalchat charter sign NAME.charter`, until nobody is missing",
            "4  each: `coalchat node start --listen HOST:PORT`, then `coalchat` opens the desk",
        )
