"""The map at the app: it opens by its command, and Enter goes to the report."""

from __future__ import annotations

from coalchat.desk.screens.map import MapScreen
from tests.desk.piloting import seat
from tests.desk.scene import reported


async def test_the_map_shows_positions_and_goes_to_a_report() -> None:
    async with seat(reported(), (80, 24)) as desk:
        await desk.write("/map")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, MapScreen) and desk.app.session.idle)
        await desk.sees("POSITIONS", "31N BA 5012 0988", "▇▃▃▁")
        await desk.press("down", "r")
        await desk.until(lambda: desk.app.session.idle)
        await desk.press("up", "up", "enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.sees("SALUTE 003", "8 vehicles")
