"""Steps about labels: who reads a message, who does not, what is refused before it leaves, and who says he has read it."""

from __future__ import annotations

import trio

from coalchat.api.vocabulary import State
from coalchat.demo.claims import claim, present, until
from coalchat.demo.coalition import BOT_CLEARANCE, CEILING, CHANNEL
from coalchat.demo.processes import Device
from coalchat.demo.search import Remains, carries, frames, opened, places, remains_of, unchanging
from coalchat.demo.stage import Outcome, Sent, Stage
from coalchat.demo.trusted import trusted_set
from coalchat.errors import ExitCode
from protocol.messages.entry import read_entry
from protocol.messages.payload import decode_payload
from protocol.messages.receipts import ReceiptPayload, ReceiptState
from protocol.trust.access import Clause

WITHHELD = "SECRET REL XAA, XBB"
SHARED = "RESTRICTED REL XAA, XBB, XCC"
ABOVE = "TOP SECRET REL XAA, XBB, XCC"
CONTENT_KEY = 32


async def released_readable(stage: Stage) -> str:
    """XBB reads a message that is released to it."""
    stage.withheld = await stage.send(stage.officer("XAA"), "Convoy 7 leaves at 0400Z by the north road", WITHHELD)
    message = await stage.arrived(stage.officer("XBB"), stage.withheld)
    claim(message.marking == "MISSION SECRET REL XAA, XBB", "it bears the marking that it was sent with")
    claim((message.author_nation, message.nations) == ("XAA", ("XAA", "XBB")), "it names its author and its readers")
    with opened(stage.officer("XBB")) as home:
        row = home.read.message(stage.withheld.id)
        claim(row is not None and stage.withheld.canary.encode() in row.payload, "XBB's store holds its text")
    return f"XBB reads what XAA sent as {message.marking}"


async def withheld_unreadable(stage: Stage) -> str:
    """XCC carries that message, and nothing of what it has tells what it says."""
    withheld = present(stage.withheld, "the message that XCC must not read")
    author, third = stage.officer("XAA"), stage.officer("XCC")
    stage.shared = await stage.send(author, "Water point 3 is open to all", SHARED)
    await stage.arrived(third, stage.shared)

    async def carried() -> bool:
        return carries(third, [withheld.id])

    await until(carried, "XCC's node keeps the ciphertext of the message that is not released to it")
    async with third.client() as client:
        listed = await client.all_messages()
    claim(all(message.entry_id != withheld.entry_id for message in listed), "no client of XCC's node is shown it")
    remains = remains_of(third)
    _check_search(stage, remains)
    for what, secret in (("text", withheld.canary), ("key", _content_key(author, withheld))):
        found = places(remains, secret)
        claim(not found, f"XCC has no {what} of it, but: {', '.join(found)}")
    size = sum(map(len, remains.values()))
    return f"{len(remains)} places with {size:,} bytes of XCC's: the ciphertext is there, no text and no key of it"


def _check_search(stage: Stage, remains: Remains) -> None:
    """A search that finds nothing says something only if it finds what is there."""
    author, third = stage.officer("XAA"), stage.officer("XCC")
    shared = present(stage.shared, "a message that is released to all")
    withheld = present(stage.withheld, "the message that XCC must not read")
    claim(
        {"key file, opened", "file keys", "file node.log", "links"} <= set(remains), "key file, log and links are read"
    )
    claim(all(count > 1 for count in frames(third).values()), "frames in and out were captured")
    claim("message.payload" in places(remains, shared.canary), "the search finds the text of a message released to XCC")
    claim("message.ck" in places(remains, _content_key(author, shared)), "and the key of it")
    with opened(author) as home:
        sealed = read_entry(present(home.read.entry(withheld.id), "the author's own entry").data)
    claim({"entry.data", "links"} <= set(places(remains, sealed.ct)), "and the ciphertext of the one that is not")


def _content_key(author: Device, sent: Sent) -> bytes:
    """The key that opens one entry, as its author keeps it."""
    with opened(author) as home:
        key = present(home.read.message(sent.id), "the author's own message").ck
    claim(len(key) == CONTENT_KEY, "the author keeps the key of what he sent")
    return key


async def over_label_refused(stage: Stage) -> str:
    """What is above ceiling or clearance is refused, and no byte leaves."""
    author, bot = stage.officer("XAA"), stage.coalition.bot
    everybody = stage.coalition.devices
    await stage.quiet(*everybody)
    stores = [unchanging(device) for device in everybody]
    counters = [await stage.bytes_of(device) for device in everybody]
    outcomes: dict[Device, Outcome] = {}

    async def attempt(device: Device, label: str) -> None:
        outcomes[device] = await stage.run(device, "send", CHANNEL, "not to be sent", "--label", label)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(attempt, author, ABOVE)
        nursery.start_soon(attempt, bot, WITHHELD)
    _refused(outcomes[author], Clause.LEVEL_CEILING, f"a channel up to {CEILING} refuses TOP SECRET")
    _refused(outcomes[bot], Clause.LEVEL_CLEARANCE, f"a bot cleared for {BOT_CLEARANCE} may not send SECRET")
    await stage.quiet(*everybody)
    claim(counters == [await stage.bytes_of(device) for device in everybody], "no byte went over any link")
    claim(stores == [unchanging(device) for device in everybody], "no store keeps anything of it")
    async with author.client() as client:
        clauses = [record.clause for record in (await client.audit()).records if record.event == "send-refused"]
    claim(clauses == [Clause.LEVEL_CEILING], "the author's node accounts for it")
    return f"exit 3, {Clause.LEVEL_CEILING.value} and {Clause.LEVEL_CLEARANCE.value}; no byte left, no store changed"


def _refused(outcome: Outcome, clause: Clause, what: str) -> None:
    said = outcome.error.get("detail", "")
    claim(outcome.code == ExitCode.REFUSED, f"{what}: exit {outcome.code}, {said}")
    claim(outcome.error.get("clause") == clause.value, f"{what}: {outcome.error}")


async def receipts(stage: Stage) -> str:
    """Each nation's receipts arrive, and each is the reader's own signed entry."""
    author, shared = stage.officer("XAA"), present(stage.shared, "a message that is released to all")
    readers = [stage.officer("XBB"), stage.officer("XCC")]
    await _all_have(author, readers, shared, State.DELIVERED)
    for reader in readers:
        await stage.arrived(reader, shared)
        async with reader.client() as client:
            await client.mark(CHANNEL, shared.entry_id)
    await _all_have(author, readers, shared, State.READ)
    for reader in readers:
        for state in (ReceiptState.DELIVERED, ReceiptState.READ):
            _check_receipt(author, reader, shared, state)
    return "XBB and XCC: delivered, then read; four receipts verified against the readers' certificates"


async def _all_have(author: Device, readers: list[Device], sent: Sent, state: State) -> None:
    async with author.client() as client:

        async def there() -> bool:
            rows = (await client.message_status(sent.entry_id)).deliveries
            return {reader.nation for reader in readers} == {
                row.nation for row in rows if row.state is state and row.person and row.nation != author.nation
            }

        await until(there, f"{state.value} by every other nation")


def _check_receipt(author: Device, reader: Device, sent: Sent, state: ReceiptState) -> None:
    """The entry behind a receipt in the author's store: signed by the reader's certified key, about this message."""
    what = f"the {state.name} receipt of {reader.nation}"
    with opened(reader) as home:
        own_key = home.ring.device.key.public().ed25519
    with opened(author) as home:
        trusted = trusted_set(home)
        certificate = trusted.certificate(own_key)
        message = present(home.read.message(sent.id), "the author's own message")
        mark = present(home.read.receipt_mark(message.feed_id, certificate.device, int(state)), what)
        kept = present(home.read.entry(mark.receipt_id), f"the entry of {what}")
        payload = decode_payload(present(home.read.message(mark.receipt_id), f"the text of {what}").payload)
        covered = present(home.read.entry_at(message.feed_id, mark.up_to), f"what {what} covers")
    entry = read_entry(kept.data)
    entry.verify(certificate.key)
    claim(entry.id == mark.receipt_id, f"{what} is the entry that it is kept as")
    claim(trusted.coalition.codes[certificate.nation] == reader.nation, f"{what} is that nation's")
    claim(isinstance(payload, ReceiptPayload) and payload.state == state, f"{what} says so under its signature")
    ranges = {part.feed: part for part in payload.ranges} if isinstance(payload, ReceiptPayload) else {}
    part = present(ranges.get(message.feed_id), f"this message in {what}")
    claim(part.up_to >= message.seq and part.entry == covered.entry_id, f"{what} covers the message")
