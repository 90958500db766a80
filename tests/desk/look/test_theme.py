"""Every skin defines every variable, and Textual takes its theme."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Input, Static, TextArea

from coalchat.desk.look.skin import DARK, MONO, SKINS, Skin, skin_for
from coalchat.desk.look.theme import TERMINAL, css_variables, theme


def test_every_skin_defines_the_same_variables() -> None:
    names = [set(css_variables(skin_for(name))) for name in SKINS]
    assert all(each == names[0] for each in names)
    assert {"d-bg", "d-side", "d-head", "d-input", "d-text", "d-accent", "d-rule", "d-selected"} <= names[0]


class Sheet(App[None]):
    """An app whose style sheet names every variable, and whose widgets are those that the desk has of Textual."""

    def __init__(self, skin: Skin) -> None:
        self.skin = skin
        super().__init__(ansi_color=skin.tokens is None)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return css_variables(self.skin)

    def get_css_variables(self) -> dict[str, str]:
        self.used = super().get_css_variables()
        return self.used

    def compose(self) -> ComposeResult:
        for name in css_variables(self.skin):
            yield Static("x", id=name)
        yield Input()
        yield TextArea()

    def on_mount(self) -> None:
        self.register_theme(theme(self.skin))
        self.theme = theme(self.skin).name


@pytest.mark.parametrize("name", SKINS)
async def test_textual_takes_every_variable(name: str) -> None:
    skin = skin_for(name)
    Sheet.CSS = "\n".join(f"#{variable} {{ color: ${variable}; }}" for variable in css_variables(skin))
    app = Sheet(skin)
    async with app.run_test(size=(40, 40)) as pilot:
        await pilot.pause()
        assert app.theme == f"coalchat-{name}"
        for variable, value in css_variables(skin).items():
            assert app.used[variable] == value
            assert app.query_one(f"#{variable}").styles.color == Color.parse(value)


def test_mono_leaves_every_colour_to_the_terminal_and_reverses_the_cursor() -> None:
    plain = theme(skin_for(MONO))
    assert plain.ansi
    assert set(css_variables(skin_for(MONO)).values()) == {TERMINAL}
    assert plain.variables["input-cursor-text-style"] == "reverse"
    assert not theme(skin_for(DARK)).ansi
