"""Errors: one code each, the two families, and an authentication failure that tells nothing."""

import pytest

from protocol.base import errors
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    Denied,
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

REMOTE = {
    "decode": errors.DecodeError,
    "version": errors.VersionError,
    "authentication": errors.AuthenticationError,
    "replay": errors.ReplayError,
    "state": errors.StateError,
    "expired": errors.ExpiredError,
    "limit": errors.LimitError,
}


def test_every_class_has_its_own_code() -> None:
    assert {cls.code: cls for cls in RemoteProtocolError.__subclasses__()} == REMOTE
    assert {cls.code for cls in ProtocolError.__subclasses__()} == {"local", ""}
    assert not issubclass(LocalProtocolError, RemoteProtocolError)


@pytest.mark.parametrize("cls", [ProtocolError, RemoteProtocolError])
def test_the_abstract_ones_are_never_made(cls: type[ProtocolError]) -> None:
    with pytest.raises(TypeError, match="abstract"):
        cls("detail")


def test_field_and_detail_are_kept_apart() -> None:
    error = DecodeError("must be 0 or 1", field="noplay")
    assert (error.field, error.detail, str(error)) == ("noplay", "must be 0 or 1", "noplay: must be 0 or 1")
    assert str(DecodeError("must be 0 or 1")) == "must be 0 or 1"
    assert str(DecodeError()) == "decode"


def test_an_authentication_error_has_no_detail() -> None:
    assert str(AuthenticationError()) == "not authentic"
    assert AuthenticationError().field == ""
    with pytest.raises(TypeError):
        AuthenticationError("bad tag")  # type: ignore[call-arg]


def test_denied_is_an_answer_that_is_false() -> None:
    denied = Denied("release-empty", "the label is releasable to nobody")
    assert not denied
    assert not isinstance(denied, BaseException)
    assert denied == Denied("release-empty", "the label is releasable to nobody")
