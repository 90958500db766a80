"""Bots: programs that read and write messages as certified devices of their own, on asyncio and on trio.

`bot` is what an author uses; `following` reads the inbox, `handling` runs handlers and sends their answers, `inbox`
keeps the place, `line` holds the node, `program` makes a process of it.

Rule 1: at least once, and answered once: a handler may see a message again after a crash, its answers are sent once.
Rule 2: bots reach the node only through `coalchat.client`, as the desk and the command line do.
"""

from coalchat.api.responses import Sent
from coalchat.api.vocabulary import Precedence
from coalchat.bots.bot import Bot
from coalchat.bots.message import Message

__all__ = ["Bot", "Message", "Precedence", "Sent"]
