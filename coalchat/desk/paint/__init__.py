"""Painting: views in, lines of spans out; pure, without textual. `ink` says what a line is; every other module paints one
part of the screen; widgets and a skin put the lines on the terminal.
"""
