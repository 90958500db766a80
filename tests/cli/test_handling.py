"""Precedence, deadlines and accounts at the command line: what is asked before it leaves, what is missing, and the export."""

from __future__ import annotations

from typing import Any

import pytest

from coalchat.api.about import Deputy, Minimize, Missing, NationReceipts
from coalchat.api.deadlines import Account, Holder
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Gap, Precedence, Role, State
from coalchat.cli.export import account_lines, account_record
from coalchat.cli.handling import handling_lines, handling_settings, questions
from coalchat.cli.offices import channel_lines
from coalchat.cli.remind import alone, escalation
from coalchat.cli.status import asked_lines
from coalchat.cli.times import remaining
from coalchat.display import display_safe
from coalchat.errors import UsageError
from coalchat.record import evolve
from protocol.trust.handling import ReceiptTerms, read_handling, read_receipts
from tests.cli.conftest import Pair
from tests.cli.laptops import until
from tests.cli.terminal import at_terminal
from tests.fakes.api_records import channel_record, message_record
from tests.fakes.coalition import make_coalition

LONG_AGO, FAR = 1_000_000_000, 4_000_000_000
ORDER = Minimize(entry_id="ab" * 32, nation="XAA", person="Berg", since=1_795_363_200, reason="no\x1b satellite")
READABLE = ("--set", "station=EAGLE 6", "--set", "time=now", "--set", "strength=good")
OPS = channel_record(1, "#ops", ("XAA", "XBB"), "MISSION SECRET", "")


def who(person: str | None, state: State, gap: Gap, *, late: bool = False, reason: str = "") -> Missing:
    return Missing(person=person, role=None, state=state, gap=gap, since=LONG_AGO, reason=reason, late=late)


STATUS = MessageStatus(
    entry_id="ab" * 32,
    channel_id="cd" * 16,
    marking="MISSION SECRET REL XAA, XBB",
    author_time=1,
    own_nation="XAA",
    deliveries=(),
    precedence=Precedence.FLASH,
    asked=State.ACKNOWLEDGED,
    ack_by=LONG_AGO,
    handle_by=LONG_AGO,
    overdue=True,
    nations=(
        NationReceipts(
            nation="XBB",
            expected=3,
            reached=1,
            missing=(
                who("Lind", State.QUEUED, Gap.QUEUED, late=True),
                who("S\x1baar", State.READ, Gap.UNACKNOWLEDGED, late=True, reason="later"),
            ),
        ),
        NationReceipts(nation="XCC", expected=0, reached=0, missing=(who(None, State.SENT, Gap.NO_DEVICE),)),
    ),
)


def test_what_is_overdue_says_so() -> None:
    lines = [display_safe(line) for line in asked_lines(STATUS)]
    assert lines[0].startswith("acknowledge by 090146ZSEP01: OVERDUE ")
    assert lines[1] == "XBB  1 of 3 acknowledged"
    assert " ".join(lines[2].split()) == (
        "missing Lind queued here, nothing has left for his nation since 090146ZSEP01 LATE"
    )
    assert "S\\u{1B}aar" in lines[3]
    assert lines[3].endswith("LATE  later")
    assert lines[4:] == [
        "XCC  nobody known",
        "  missing  -  no device is known that could read it  since 090146ZSEP01",
    ]
    open_ = asked_lines(evolve(STATUS, ack_by=FAR, overdue=False))
    assert open_[0].startswith("acknowledge by 020706ZOCT96: ")
    assert open_[0].endswith(" left")
    unasked = evolve(STATUS, ack_by=0, asked=State.READ, nations=STATUS.nations[:1])
    assert asked_lines(unasked)[0].startswith("FLASH, to be delivered by 090146ZSEP01: OVERDUE ")
    done = (evolve(STATUS.nations[0], reached=3, missing=()),)
    assert asked_lines(evolve(STATUS, nations=done))[0] == "acknowledge by 090146ZSEP01: everybody has"
    assert asked_lines(evolve(unasked, nations=done)) == ["XBB  3 of 3 read"]


def test_lengths_in_words() -> None:
    assert [remaining(seconds) for seconds in (0, 59, 60, 7_199, 7_200, 172_799, 172_800)] == [
        "0 s", "59 s", "1 min", "119 min", "2 h 0 min", "47 h 59 min", "2 d",
    ]  # fmt: skip


def test_what_a_person_is_asked() -> None:
    assert questions(Precedence.IMMEDIATE, ORDER) == []
    assert questions(Precedence.ROUTINE, None) == []
    assert questions(Precedence.FLASH, ORDER) == ["FLASH interrupts everybody who gets it."]
    (asked,) = questions(Precedence.PRIORITY, ORDER)
    assert asked.startswith("MINIMIZE is in force here since 221600ZNOV26")
    assert questions(Precedence.ROUTINE, evolve(ORDER, reason=""))[0].endswith("ZNOV26.")


def test_terms_of_a_charter() -> None:
    policy = make_coalition().policy
    assert handling_settings(policy, "6h,3h,30m,10m", [], []) == ()
    handling, receipts = handling_settings(policy, "2h,1h,15m,5m", ["unclassified"], ["SECRET", "TOP SECRET"])
    assert read_handling(handling.value) == (7_200, 3_600, 900, 300)
    terms = read_receipts(receipts.value, 4)
    assert terms == (
        ReceiptTerms(read=False),
        ReceiptTerms(),
        ReceiptTerms(acknowledged=True),
        ReceiptTerms(acknowledged=True),
    )
    said = [{"read": one.read, "acknowledged": one.acknowledged} for one in terms]
    assert handling_lines([level.name for level in policy.levels], (7_200, 3_600, 900, 300), said) == [
        "to be delivered within: ROUTINE 2h, PRIORITY 1h, IMMEDIATE 15m, FLASH 5m",
        "nobody says that he read: UNCLASSIFIED",
        "every message is to be acknowledged: SECRET, TOP SECRET",
    ]
    for bad in ("1h,2h,3h,4h", "3h,2h,1h", "3h,2h,1h,0s", "99999999d,3h,2h,1h"):
        with pytest.raises(UsageError, match="--handling"):
            handling_settings(policy, bad, [], [])
    with pytest.raises(UsageError, match="no level 'COSMIC'"):
        handling_settings(policy, "6h,3h,30m,10m", [], ["COSMIC"])


def holder(person: str, **changes: Any) -> Holder:
    made = Holder(
        nation="XBB",
        person=person,
        device=1,
        role=Role.OFFICER,
        author=False,
        could_see=True,
        state=None,
        since=0,
        answer=None,
        text="",
    )
    return evolve(made, **changes)


ACCOUNT = Account(
    message=message_record(1, OPS, "hold\n[FORGED]"),
    asked=State.ACKNOWLEDGED,
    handle_by=LONG_AGO,
    nations=STATUS.nations,
    holders=(
        holder("Kowal", author=True),
        holder("Lind", state=State.ACKNOWLEDGED, answer=Answer.CAVEAT, since=LONG_AGO, text="by day\n[FORGED]"),
        holder("", device=0, could_see=False, state=State.READ, since=LONG_AGO),
        holder("Saar"),
    ),
)


def test_an_account_for_people_and_for_programs() -> None:
    lines = [display_safe(line) for line in account_lines(ACCOUNT, texts=True)]
    assert lines[0] == "[MISSION SECRET REL XAA, XBB]"
    assert lines[2:4] == ["    hold", "    [FORGED]"]
    rows = [[cell.strip() for cell in line.split("  ") if cell] for line in lines[4:8]]
    assert [row[-1] for row in rows] == ["author", "by day\\u{A}[FORGED]", "090146ZSEP01", "nothing known"]
    assert rows[1][:5] == ["XBB", "Lind (1)", "officer", "could see", "acknowledged, caveat"]
    assert rows[2][1:5] == ["unknown (0)", "officer", "NOT CLEARED NOW", "read"]
    assert lines[8:] == ["  XBB 1 of 3 acknowledged; XCC nobody known", ""]
    beside = account_lines(ACCOUNT, texts=True, beside="XAA: GEHEIM")
    assert beside[0] == "[MISSION SECRET REL XAA, XBB]  XAA: GEHEIM"
    assert not any("hold" in line for line in account_lines(ACCOUNT, texts=False))
    record = account_record(ACCOUNT)
    assert (record["format"], record["kind"], record["asked"]) == ("coalchat-receipts-1", "message", "acknowledged")
    assert record["devices"][1]["text"] == "by day\n[FORGED]"
    assert (record["national"], account_record(ACCOUNT, "GEHEIM")["national"]) == ("", "GEHEIM")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["3f2a", "--escalate"], ["3f2a", "--escalate="]),
        (["3f2a", "--escalate", "--yes"], ["3f2a", "--escalate=", "--yes"]),
        (["--escalate", "XCC Mets", "3f2a"], ["--escalate", "XCC Mets", "3f2a"]),
        (["3f2a", "--escalate=XCC Mets"], ["3f2a", "--escalate=XCC Mets"]),
        (["3f2a", "--", "--escalate"], ["3f2a", "--", "--escalate"]),
        (["3f2a", "--escalate", "--", "--text"], ["3f2a", "--escalate=", "--", "--text"]),
        ([], []),
    ],
)
def test_escalate_may_stand_alone(typed: list[str], read: list[str]) -> None:
    assert alone(typed) == read


def test_deputies_are_named_and_who_has_none() -> None:
    kowal = Deputy(
        entry_id="ab" * 32,
        nation="XBB",
        person="Maj\x1b Kowal",
        person_id="cd" * 16,
        since=LONG_AGO,
        until=0,
        by="Lind",
    )
    status = evolve(STATUS, deputies=(kowal,))
    assert display_safe(asked_lines(status)[1]) == "XBB  1 of 3 acknowledged  deputy Maj\\u{1B} Kowal"
    assert "deputy" not in "".join(asked_lines(STATUS))
    assert escalation(status) == "deputies: XBB Maj\x1b Kowal; XCC none who can read it"
    channel = evolve(OPS, admins=("XAA Berg (1)",), deputies=(evolve(kowal, until=LONG_AGO + 60),))
    assert [display_safe(line) for line in channel_lines(channel)][1:] == [
        "ceiling   MISSION SECRET",
        "members   XAA, XBB",
        "admins    XAA Berg (1)",
        "revision  0",
        "deputy    XAA none",
        "deputy    XBB Maj\\u{1B} Kowal until 090147ZSEP01, said Lind 090146ZSEP01",
    ]


# --- real nodes ---


def test_flash_is_confirmed_before_it_leaves(pair: Pair) -> None:
    flash = ("send", "#ops", "ambush at bridge 7", "--label", "SECRET", "--precedence", "FLASH")
    told = pair.xaa.run(*flash, code=2)
    assert "FLASH interrupts everybody who gets it" in told.err
    report = ("report", "radiocheck", "#ops", "--label", "SECRET", "--precedence", "FLASH")
    assert "FLASH interrupts everybody who gets it" in pair.xaa.run(*report, *READABLE, code=2).err
    assert "FLASH" in pair.xaa.run("roe", "deny", "REQ 001", "--precedence", "FLASH", code=2).err
    for answer, code in (("n", 2), ("y", 0)):
        done, shown = at_terminal(
            pair.xaa.command(*flash), [("[y/N]", answer)], cwd=pair.xaa.desk, environ=pair.xaa.environ
        )
        assert done == code, shown
    long = pair.xaa.run("send", "#ops", "word " * 201, "--label", "SECRET", "--precedence", "FLASH", "--yes")
    assert "brevity: 201 words; FLASH has at most 200" in long.err


def test_what_follows_a_flash_is_one_and_confirmed_as_such(pair: Pair) -> None:
    flash = "FLASH interrupts everybody who gets it"
    sent = ("send", "#ops", "ambush at bridge 8", "--label", "SECRET", "--precedence", "FLASH", "--yes")
    said = pair.xaa.run(*sent).out.strip()
    contact = ("report", "contact", "#ops", "--label", "SECRET", "--set", "location=31UDQ48251193", "--part")
    assert flash in pair.xaa.run(*contact, code=2).err
    filed = pair.xaa.run(*contact, "--yes").out.strip()
    before = len(pair.xaa.run("read", "#ops", "--json").records)
    for act in (
        ("correct", said, "ambush at bridge 9"),
        ("report", "contact", "--update", filed, "--set", "size=20", "--part"),
        ("recall", said),
        ("recall", filed),
    ):
        assert flash in pair.xaa.run(*act, code=2).err
    assert len(pair.xaa.run("read", "#ops", "--json").records) == before, "nothing has left"
    newer = pair.xaa.run("correct", said, "ambush at bridge 9", "--yes").out.strip()
    assert flash in pair.xaa.run("correct", newer, "ambush at bridge 7", code=2).err
    update = ("report", "contact", "--update", filed, "--set", "size=20", "--part", "--yes")
    later = pair.xaa.run(*update).out.strip()
    precedences = {one["entry_id"]: one["precedence"] for one in pair.xaa.run("read", "#ops", "--json").records}
    assert (precedences[newer], precedences[later]) == ("FLASH", "FLASH")
    pair.xaa.run("recall", said, "--yes")


def test_under_minimize_a_person_is_asked(pair: Pair) -> None:
    put = ("channel", "minimize", "#ops")
    assert "--reason" in pair.xaa.run(*put, "--on", code=2).err
    told = pair.xaa.run(*put, "--on", "--reason", "no satellite")
    assert "MINIMIZE since" in told.out
    assert "XAA Cdr XAA: no satellite" in told.out
    try:
        until(lambda: pair.xbb.run("channel", "list", "--json").records[0]["minimize"])
        send = ("send", "#ops", "fuel state at 40 %", "--label", "SECRET")
        assert pair.xbb.run(*send, "--json", code=3).error["clause"] == "minimize"
        pair.xbb.run(*send, "--yes")
        assert "MINIMIZE CONSIDERED" in pair.xbb.run("read", "#ops").out
        report = ("report", "radiocheck", "#ops", "--label", "SECRET", *READABLE)
        assert pair.xbb.run(*report, "--json", code=3).error["clause"] == "minimize"
        filed = pair.xbb.run(*report, "--yes").out.strip()
        assert "MINIMIZE CONSIDERED" in pair.xbb.run("report", "show", filed).out
        pair.xbb.run("report", "radiocheck", "--update", filed, "--set", "remarks=again")
    finally:
        pair.xaa.run(*put, "--off")
    until(lambda: pair.xbb.run("channel", "list", "--json").records[0]["minimize"] is None)


def test_each_nation_names_its_deputy_and_a_reminder_asks_him(pair: Pair) -> None:
    name = ("channel", "deputy", "#ops")
    for wrong in ((), ("Cdr XBB", "--off"), ("--off", "--until", "312359ZDEC99")):
        assert pair.xbb.run(*name, *wrong, code=2).err
    order = pair.xaa.run("send", "#ops", "hold at PL RED", "--label", "SECRET", "--ack-by", "312359ZDEC99").out.strip()
    none = pair.xaa.run("remind", order, "--escalate", code=2)
    assert "no deputy who can read it is named by XBB" in none.err
    assert "--escalate PERSON" in none.err
    assert "Cdr XAA" in pair.xbb.run(*name, "Cdr XAA", code=2).err, "of its own persons"
    told = pair.xbb.run(*name, "Cdr XBB", "--until", "312359ZDEC99")
    assert "deputy    XBB Cdr XBB until 312359ZDEC99, said Cdr XBB" in told.out
    try:
        until(lambda: pair.xaa.run("status", order, "--json").record["deputies"])
        shown = pair.xaa.run("channel", "show", "#ops").out.splitlines()
        assert [line.split(",")[0] for line in shown if line.startswith(("admins", "deputy"))] == [
            "admins    XAA Cdr XAA (1)", "deputy    XAA none", "deputy    XBB Cdr XBB until 312359ZDEC99",
        ]  # fmt: skip
        reminder = pair.xaa.run("remind", order, "--escalate")
        assert "deputy Cdr XBB" in reminder.err
        assert "deputies: XBB Cdr XBB" in reminder.err
        sent = reminder.out.strip()
        until(lambda: any(one["entry_id"] == sent for one in pair.xbb.run("read", "#ops", "--json").records))
        assert "escalated to XBB Cdr XBB" in pair.xbb.run("read", "#ops").out
        pair.xbb.run("ack", order)
    finally:
        pair.xbb.run(*name, "--off")
    until(lambda: not pair.xaa.run("channel", "show", "#ops", "--json").record["deputies"])
    assert "DEPUTY of XBB: nobody" in pair.xaa.run("read", "#ops").out


def test_the_only_admin_stays(pair: Pair) -> None:
    change = ("channel", "admin", "#ops")
    assert "--add or --remove" in pair.xaa.run(*change, code=2).err
    assert "no admin would be left" in pair.xaa.run(*change, "--remove", "Cdr XAA", code=2).err
    pair.xbb.run(*change, "--add", "Cdr XBB", code=5)
    assert pair.xaa.run(*change, "--add", "Cdr XAA", "--json").record["revision"] == 0
    assert pair.xaa.run("channel", "show", "#nowhere", code=2).err


def test_an_export_bears_the_marking_of_all_of_it(pair: Pair) -> None:
    cursor = pair.xaa.run("status", "--json").record["cursor"]
    order = pair.xaa.run("send", "#ops", "hold at PL RED", "--label", "SECRET", "--ack-by", "312359ZDEC99").out.strip()
    low = pair.xaa.run("send", "#ops", "lunch", "--label", "UNCLASSIFIED REL XAA").out.strip()
    reminder = pair.xaa.run("remind", order[:12], "now", "--escalate", "XBB Cdr XBB")
    assert "missing  Cdr XBB" in reminder.err
    until(lambda: any(one["reminds"] == order for one in pair.xbb.run("read", "#ops", "--json").records))
    assert "acknowledge what it reminds of" in pair.xbb.run("ack", reminder.out.strip(), code=2).err
    pair.xbb.run("ack", order, "--caveat", "by\x1b[2J day")
    until(lambda: pair.xaa.run("status", order, "--json").record["nations"][0]["reached"] == 1)
    pair.xaa.run("send", "#ops", "over", "--label", "SECRET")
    lines = pair.xaa.run("tail", "#ops", "--cursor", str(cursor), "--count", "4").out.splitlines()
    (told,) = [line for line in lines if order[:12] in line and "acknowledged, caveat" in line]
    assert told.startswith(f"[MISSION SECRET REL XAA, XBB]  #ops  {order[:12]}  of ")
    assert told.endswith("XBB Cdr XBB (1): acknowledged, caveat: by\\u{1B}[2J day")
    head, *messages, foot = pair.xaa.run("export", "--channel", "#ops", "--json", "--text").records
    assert head["marking"] == foot["marking"] == "MISSION SECRET REL XAA"
    assert head["messages"] == len(messages)
    by_id = {one["entry_id"]: one for one in messages}
    assert {one["kind"] for one in messages} == {"message"}
    assert [(one["nation"], one["author"], one["answer"], one["text"]) for one in by_id[order]["devices"]] == [
        ("XAA", True, None, ""),
        ("XBB", False, "caveat", "by\x1b[2J day"),
    ]
    assert [one["nation"] for one in by_id[low]["devices"]] == ["XAA"]
    text = pair.xaa.run("export").out
    assert text.splitlines()[0] == text.splitlines()[-1] == "[MISSION SECRET REL XAA]"
    assert "by\\u{1B}[2J day" in text
    assert "hold at PL RED" not in text
