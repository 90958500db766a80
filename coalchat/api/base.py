"""The two shapes of the local API, and its bounds (SPEC 12).

`Request[A]` is answered by an `A`, or by an error. A class names its operation and the scope it needs; `repeatable` says
that doing it twice is the same as doing it once, so that a client may ask again after a lost connection.
"""

from __future__ import annotations

from typing import ClassVar, Final, Generic, TypeVar, get_args

from coalchat.api.scopes import Scope

API_VERSION: Final = 4
"""Rises when any record changes; the shapes of `Hello` and of errors never do."""

MAX_LIMIT: Final = 1_000
"""Most items asked for at once; a page may hold fewer, because a frame has 1 MiB."""
MAX_WAIT: Final = 60
"""Longest long poll in seconds."""
MAX_CLIENT_NAME: Final = 64
MAX_CLIENT_ID: Final = 128
"""Characters of an idempotency key: two UUIDs and a sensor's name fit."""
NEWEST: Final = -1
"""As a cursor: answer at once with no event and the newest cursor."""


class Response:
    """Base of every answer."""

    __slots__ = ()


A_co = TypeVar("A_co", bound=Response, covariant=True)


class Request(Generic[A_co]):
    """Base of every request.

    Attributes:
        op: name of the operation on the wire.
        scope: what the session must have been granted; none: nothing.
        repeatable: asking again after a lost answer does no harm.
    """

    __slots__ = ()
    op: ClassVar[str]
    scope: ClassVar[Scope | None]
    repeatable: ClassVar[bool] = True


def answer_of(request: type[Request[A_co]]) -> type[A_co]:
    """The class that answers a request: the `A` of its `Request[A]`."""
    (base,) = request.__dict__["__orig_bases__"]
    (answer,) = get_args(base)
    return answer  # type: ignore[no-any-return]  # a parameter of Request is always a Response
