"""The client library of the node (SPEC 12): what desk, command line and bots use, on asyncio and on trio.

    async with connect(client_name="sensor-7", scopes=(Scope.SEND,)) as client:
        await client.send("#alerts", "link quality 31 %", "RESTRICTED")

`connect` finds the node of a home or starts one; `over` takes a stream that is there already. Errors are those of
`coalchat.errors`, as the node raised them.
"""

from coalchat.client.client import Client
from coalchat.client.connect import connect, over
from coalchat.client.stream import EventStream
from coalchat.client.waiting import missing

__all__ = ["Client", "EventStream", "connect", "missing", "over"]
