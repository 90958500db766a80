"""Frames (SPEC chapter "Link"): a 4-byte big-endian length, then so many bytes; for links and for the local API.

Rule 1: the length is checked against the reader's cap before one byte of the body is asked for, so a hostile length
costs us four bytes and no memory.
Rule 2: the reader never asks the stream for more than the frame it is in. A link can therefore change its cap, or its
reader, between two frames (a stranger's first frame is capped lower than a peer's).
Rule 3: three ends are told apart by type. `None`: the peer closed between frames. `FrameTruncated`: the stream ended
inside one. `FrameTooLarge`: the peer announced more than the cap. What the stream itself raises passes through.
Rule 4: no event loop here; anything with `receive_some` and `send_all` will do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, Protocol

HEADER: Final = 4
"""Bytes of the length."""

_READ: Final = 65_536
"""Most bytes asked of the stream at once: a claimed length must not make a transport allocate it before it arrives."""

_MAX_LENGTH: Final = 2 ** (8 * HEADER) - 1


class _Receiver(Protocol):
    async def receive_some(self, max_bytes: int | None = None, /) -> bytes | bytearray: ...


class _Sender(Protocol):
    async def send_all(self, data: bytes, /) -> None: ...


class FrameError(Exception):
    """The peer broke the framing: nothing more can be read from this stream. Raised as one of its subclasses."""


class FrameTruncated(FrameError):
    """The stream ended inside a frame: the peer died, or somebody cut the connection."""


class FrameTooLarge(FrameError):
    """The peer announced a frame larger than the cap.

    Attributes:
        size: the length announced.
        limit: the cap.
    """

    def __init__(self, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(f"a frame of {size} bytes, over the cap of {limit}")


class FrameReader:
    """Reads frames from a stream, one at a time, by one task.

    Safe to cancel: what has arrived of a frame is kept, and the next call goes on from there. For the same reason a
    `FrameError` that was raised once is raised again: a bad header stays where it is.
    """

    def __init__(self, stream: _Receiver, max_size: int) -> None:
        """Read from `stream`, frames of at most `max_size` bytes of body."""
        if not 0 <= max_size <= _MAX_LENGTH:
            raise ValueError("a cap is a length that fits the header")
        self._stream = stream
        self._max_size = max_size
        self._arrived = bytearray()

    async def receive(self) -> bytes | None:
        """Return the next frame's body, or None when the peer closed cleanly between frames.

        Raises:
            FrameTruncated: the stream ended inside a frame.
            FrameTooLarge: the length is over the cap; no body byte was read.
        """
        if not await self._arrive(HEADER):
            return None
        size = int.from_bytes(self._arrived[:HEADER], "big")
        if size > self._max_size:
            raise FrameTooLarge(size, self._max_size)
        await self._arrive(HEADER + size)
        body = bytes(self._arrived[HEADER:])
        self._arrived.clear()
        return body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Every frame until the peer closes cleanly."""
        while (body := await self.receive()) is not None:
            yield body

    async def _arrive(self, total: int) -> bool:
        """Have `total` bytes of this frame; False if the stream ended before its first."""
        while (missing := total - len(self._arrived)) > 0:
            data = await self._stream.receive_some(min(missing, _READ))
            if not data:
                if not self._arrived:
                    return False
                raise FrameTruncated(f"the stream ended {missing} bytes before it should")
            self._arrived += data
        return True


async def send_frame(stream: _Sender, body: bytes, max_size: int) -> None:
    """Send `body` as one frame, in one `send_all`: a stream that takes its senders in turn keeps frames whole.

    A cancelled call may have sent half a frame: close the stream then.

    Raises:
        ValueError: `body` is over `max_size`, which is the reader's cap too: our own bug; nothing was sent.
    """
    if len(body) > min(max_size, _MAX_LENGTH):
        raise ValueError(f"a frame of {len(body)} bytes, over the cap of {max_size}")
    await stream.send_all(len(body).to_bytes(HEADER, "big") + body)
