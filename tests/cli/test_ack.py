"""What the options of `ack` mean, and how answers are shown: pure."""

import pytest

from coalchat.api.nouns import Delivery
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Role, State
from coalchat.cli.ack import acknowledged, answer_of
from coalchat.cli.status import delivery_lines
from coalchat.errors import UsageError


def options(
    *, wilco: bool = False, unable: bool = False, caveat: str | None = None, text: str | None = None
) -> tuple[Answer, str]:
    return answer_of(wilco=wilco, unable=unable, caveat=caveat, text=text)


def test_options_make_an_answer() -> None:
    assert options() == (Answer.NONE, "")
    assert options(wilco=True) == (Answer.WILCO, "")
    assert options(wilco=True, text="on my way") == (Answer.WILCO, "on my way")
    assert options(unable=True, text="no fuel") == (Answer.UNABLE, "no fuel")
    assert options(caveat="by day") == (Answer.CAVEAT, "by day")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"wilco": True, "unable": True}, "exclude"),
        ({"wilco": True, "caveat": "x"}, "exclude"),
        ({"unable": True, "caveat": "x"}, "exclude"),
        ({"text": "why"}, "--text"),
        ({"caveat": "x", "text": "why"}, "--text"),
        ({"caveat": ""}, "--caveat"),
        ({"caveat": " "}, "--caveat"),
    ],
)
def test_options_that_make_none(given: dict[str, bool | str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        options(**given)  # type: ignore[arg-type]


def test_an_answer_in_words() -> None:
    assert [acknowledged(answer) for answer in Answer] == [
        "acknowledged",
        "acknowledged, wilco",
        "acknowledged, unable",
        "acknowledged, caveat",
    ]


def row(person: str | None, state: State, answer: Answer | None = None, reason: str = "") -> Delivery:
    known = person is not None
    return Delivery(
        nation="XBB",
        person=person,
        device=1 if known else None,
        role=Role.OFFICER if known else None,
        state=state,
        since=1_795_000_000,
        answer=answer,
        reason=reason,
    )


def test_a_status_names_who_said_what_and_who_said_nothing() -> None:
    status = MessageStatus(
        entry_id="ab" * 32,
        channel_id="cd" * 16,
        marking="MISSION SECRET REL XAA, XBB",
        author_time=1,
        own_nation="XAA",
        deliveries=(
            row("Kowal", State.ACKNOWLEDGED, Answer.CAVEAT, "by\x1b day"),
            row("Silent", State.SENT),
            row(None, State.HELD, reason="by XCC"),
        ),
    )
    lines = [line.split("  ") for line in delivery_lines(status)]
    words = [[word.strip() for word in line if word.strip()] for line in lines]
    assert words[0][:3] == ["XBB", "Kowal (1)", "acknowledged, caveat"]
    assert words[0][-1] == "by\\u{1B} day"
    assert words[1][:3] == ["XBB", "Silent (1)", "sent"]
    assert words[2][:3] == ["XBB", "-", "held"]
    assert words[2][-1] == "by XCC"
