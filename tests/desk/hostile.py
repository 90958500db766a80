# ruff: noqa: RUF001  (ambiguous characters are the point; the lists read better wide)
"""What a hostile peer may put into a body, a name or a title: some two hundred strings that terminals and widgets act on."""

from __future__ import annotations

from collections.abc import Iterator

MARKUP = (
    "[SECRET] x", "[S] y", "[SECRET REL XAA, XBB]", "[/b]", "[/]", "[b]bold", "[@click=app.quit]x[/]", "[@click='app.bell']z[/]",
    "[link=https://example.org]l[/link]", "[red on white]MISSION UNCLASSIFIED[/]", "[$error]t", "[not closed", "closed]", "[[double]]",
    r"\[escaped]", "[b", "[=3]", "[on #fff]", ":warning:", "{brace}", "%s %d %n", "$(id)", "`id`", "<b>html</b>", "&lt;", "${HOME}",
    "[reverse]FLASH[/reverse]", "[blink]!", "[dim]", "[auto]", "[u]underline[/u]", "[i]", "[conceal]hidden[/conceal]",
)  # fmt: skip

SEQUENCES = (
    "\x1b]52;c;ZXZpbA==\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x9d52;c;ZXZpbA==\x9c", "\x1b]0;owned\x07", "\x1b]2;owned\x1b\\",
    "\x1b]8;;https://example.org\x1b\\click\x1b]8;;\x1b\\", "\x1b]4;1;rgb:ff/00/00\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]9;notify\x07",
    "\x1b]777;notify;a;b\x07", "\x1b]1337;File=inline=1:AAAA\x07", "\x1b]50;font\x07", "\x1b]104\x07", "\x1b[2J", "\x1b[H", "\x1b[1;1H", "\x1b[3J",
    "\x1b[?1049l", "\x1b[?25h", "\x1b[?1000h", "\x1b[?2004l", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[5n", "\x1b[21t", "\x1b[8;5;5t", "\x1b[20t",
    "\x1b[95m", "\x1b[38;5;201m", "\x1b[48;2;1;2;3m", "\x1b[7m", "\x1b[0m", "\x1b[r", "\x1b[1;3r", "\x1b[s", "\x1b[u", "\x1b[10L", "\x1b[10M",
    "\x1b[4h", "\x1b[20h", "\x1b[!p", "\x1bc", "\x1b7", "\x1b8", "\x1bD", "\x1bM", "\x1bE", "\x1b#8", "\x1b(0", "\x1b)0", "\x1b%G", "\x1b=", "\x1b>",
    "\x1bP1$r0m\x1b\\", "\x1bPq#0;2;0;0;0\x1b\\", "\x1bP+q544e\x1b\\", "\x1b_Gf=24;AAAA\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1b", "\x1b[", "\x1b]",
    "\x1b[999999999999C", "\x1b[;;;;;;;;H", "\x9b2J", "\x9b31m", "\x9b6n", "\x90q\x9c", "\x9fG\x9c", "\x85next", "\x84", "\x8d",
    "\x1b[?2026h", "\x1b[?1004h", "\x1b[<u", "\x1b[>1u", "\x1b[=1;1u", "\x0e\x0f", "\r overwritten", "\b\b\b\b", "a\x7fb", "\x07\x07",
)  # fmt: skip

UNSEEN = (
    "\u202eevil\u202c", "\u202dlro", "\u202alre", "\u202brle", "\u202cpdf", "\u2066lri\u2069", "\u2067rli\u2069", "\u2068fsi\u2069", "\u200elrm", "\u200frlm",
    "\u061calm", "zero\u200bwidth", "z\u200cnj", "z\u200dj", "\ufeffbom", "soft\u00adhyphen", "word\u2060joiner", "\u2061f", "\u2028line", "\u2029par",
    "\U000e0001tag", "\U000e0041", "\ufff9anno\ufffa", "\ue000private", "\U000f0000", "\ufdd0nonchar", "\u034fjoiner", "\u115ffiller", "\u3164hangul", "\uffa0",
    "\u180e", "\ufe0f", "V\ufe0e", "\u17b4", "a" + "\u0301" * 60, "\u0301begins", "Z" + "\u0489" * 30, "\u1160\u1161",
)  # fmt: skip

WIDE = (
    "松本 quay", "👩‍👩‍👧‍👦 family", "🇪🇺 flag", "⚡ zap", "✔️ tick", "ﷺ", "العربية", "עברית", "ไทย", "हिन्दी", "Å", "ﬀ", "𝕊𝔼ℂℝ𝔼𝕋", "ＭＩＳＳＩＯＮ", "x" * 300,
    "松" * 120, "tab\there", "a\tb\tc", "  leading", "MISSION UNCLASSIFIED", "── new ──", "✓✓ XCC 5/5", "1537Z XAA Berg", "(U)", "▌▎┃",
    "withheld from XAA", "◆ you acknowledged", "A" + "\U0001f3fd" * 30, "\U0001f44d\U0001f3fb ok", "\u0915\u093e\u0903 " * 3, "\u0915" + "\u093e" * 40,
    "Al (U)", "(S REL XAA) Al", "[MISSION UNCLASSIFIED]", "x" * 76 + "[MISSION UNCLASSIFIED]",
)  # fmt: skip


def strings() -> Iterator[str]:
    """All of them, the bare controls included."""
    yield from MARKUP
    yield from SEQUENCES
    yield from UNSEEN
    yield from WIDE
    for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)):
        if chr(code) != "\n":
            yield f"c{chr(code)}d"


STRINGS = tuple(dict.fromkeys(strings()))
