"""The log of ROE notices as it is painted."""

from __future__ import annotations

import pytest

from coalchat.desk.look.glyphs import UNICODE
from coalchat.desk.model.roeformviews import LogRow, LogView
from coalchat.desk.paint.roelog import paint_log


@pytest.mark.parametrize("width", [80, 120])
def test_a_mark_stands_apart_from_a_name_that_is_longer_than_its_column(width: int) -> None:
    row = LogRow(
        key="ab", gap="", time="221210Z NOV 26", name="COMFOR-1 CAVEAT 001", person="Okoro", what="limits", rules="104", mark="(R)",
        level=1, standing="counts", dead=False, alarm=False, count="1 of 1", signed="Okoro",
    )  # fmt: skip
    view = LogView(title="", note="", gap=False, rows=(row,), trouble="", said="", words="", known=True)
    ((first, *_),) = paint_log(view, 0, width, UNICODE)
    assert " COMFOR-1 CAVEAT 001 (R) " in "".join(span.text for span in first.spans)
