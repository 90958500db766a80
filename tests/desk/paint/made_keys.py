"""Key screens and questions before a direct message, made for the tests of painting."""

from __future__ import annotations

from typing import Any

from coalchat.desk.model.directviews import DeviceChoice, DeviceRow, DirectView, Step, WordsView
from coalchat.desk.model.keyviews import (
    DemandRow,
    EditionRow,
    EndRow,
    HistoryView,
    KeyerRow,
    KeyScreen,
    NationKeys,
    Scale,
    SegmentRow,
    SilentRow,
    ToDo,
    WindowRow,
)


def scale(count: int = 4, now: float = 0.3) -> Scale:
    """So many segments, the second of which runs; each held as long as they all last."""
    total = 2 * count
    return Scale(
        title="SEGMENTS OF EDITION 12",
        note="6 h each, then held 24 h, then erased",
        segments=tuple(
            SegmentRow(
                name=f"{number + 1} of {count}", erased="251800Z",
                state="effective" if number == 1 else "held" if number < 1 else "not begun",
                begins=number / total, ends=(number + 1) / total, held=(number + 1 + count) / total,
            )
            for number in range(count)
        ),
        days=((0.0, "22 NOV"), (0.5, "23 NOV")),
        now=now,
        words="segment 2 is effective, 1 is held, 3 to 4 have not begun yet",
    )  # fmt: skip


def key_screen(text: str = "Varga", code: str = "XAA", number: int = 4, **more: Any) -> KeyScreen:
    """One with every section, and this text wherever a peer has a hand in."""
    fields: dict[str, Any] = {
        "title": f"{code} {text}",
        "position": "edition 12 · segment 2 of 4 · ends 221800Z in 2h18",
        "known": True,
        "trouble": "",
        "said": "",
        "doubtful": False,
        "todo": (
            ToDo(who=text, what="asks for history: 31 of 40 messages would go", act="H decide"),
            ToDo(who="", what=text, act=""),
        ),
        "editions": (
            EditionRow(name=f"{code} 12", state="EFFECTIVE", period="212359Z \u2013 222359Z", keys="keys held",
                       notes=("replaces 11 in an emergency",), runs=True, gap=False),
            EditionRow(name=f"{code} 11", state="SUPERSEDED", period="202359Z \u2013 212359Z", keys="not all held any more",
                       notes=("a cut-off sender may still use the old key until 230600Z",), runs=False, gap=False),
            EditionRow(name=f"{code} 13", state="RESERVE", period="222359Z \u2013 232359Z", keys="not all held", notes=(),
                       runs=False, gap=True),
        ),
        "scale": scale(max(number, 2)),
        "demands": (DemandRow(since="221042Z", keyed=11, answered=12, devices=14),),
        "silent": (SilentRow(who=text, heard="nothing heard since 171342Z", what="holds a window open", suspended=False),),
        "keyers": (
            KeyerRow(who=text, what="this nation's devices seal under its envelopes, but not at TOP SECRET", gap=False),
            KeyerRow(who=text, what="not valid now: nobody uses its envelopes", gap=True),
        ),
        "windows": (
            WindowRow(level=1, name=text, wire="251800Z", keys="221800Z", texts="221800Z DEC 26", cleared=True),
            WindowRow(level=2, name="SECRET", wire="251800Z", keys="no key held", texts="for ever", cleared=True),
            WindowRow(level=3, name="TOP SECRET", wire="", keys="", texts="", cleared=False),
        ),
        "nations": (
            NationKeys(code=code, until="published until 261800Z", heard="3 h ago",
                       consequence="after that nothing can be sent to it", gap=False),
            NationKeys(code="XCC", until="ended 211800Z", heard="", consequence="nothing can be sent to it now", gap=True),
        ),
        "ends": (
            EndRow(what="this device", when="221542Z JAN 27", left="in 61 d", stops="then it can send nothing", gap=False),
            EndRow(what=text, when="011542Z DEC 26", left="in 9 d", stops="then it gets no keys", gap=True),
        ),
    }  # fmt: skip
    return KeyScreen(**{**fields, **more})


def device(text: str = "Kowal (1)", **more: Any) -> DeviceRow:
    fields: dict[str, Any] = {
        "nation": "XBB", "who": text, "role": "officer", "clearance": "MISSION SECRET",
        "standing": "not confirmed: gets nothing", "id": "5f0c6a1b" * 4, "confirmed": False,
    }  # fmt: skip
    return DeviceRow(**{**fields, **more})


def direct(text: str = "Kowal (1)", **more: Any) -> DirectView:
    fields: dict[str, Any] = {
        "title": "DIRECT MESSAGE",
        "sentence": text,
        "devices": (device(text), device(text, confirmed=True, standing="confirmed")),
        "choices": (
            DeviceChoice(step=Step.NOTHING, words="not now", device=""),
            DeviceChoice(step=Step.WORDS, words=f"compare the words of {text}", device="5f0c6a1b" * 4),
        ),
    }
    return DirectView(**{**fields, **more})


def words(text: str = "Kowal (1)") -> WordsView:
    own = ("acid", "bench", "coral", "drum", "elbow", "frost")
    return WordsView(device=device(text), own=own, words=("globe", "harbour", "iron", "jacket", "kettle", "lemon"))


def history(text: str = "Varga (2)", markings: tuple[str, ...] = ("MISSION SECRET REL XAA, XBB",)) -> HistoryView:
    return HistoryView(
        id="1" * 32, who=text, device="0f" * 16, came="221522Z NOV 26", asked=40, givable=31,
        span="210900Z NOV 26 to 220922Z NOV 26", markings=markings,
    )  # fmt: skip
