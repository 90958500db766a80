"""The desk: the terminal client (SPEC 12). Four floors, each of which knows only those below.

`model` is pure state: facts from the node in, views out. `paint` turns views into lines of ink. `look` has the tokens,
glyphs and skins. `widgets` and `screens` are Textual's; `session` is the one worker that speaks with the node; `app` joins
them, and `main` is what a terminal starts: first a `curtain`, then a `still` picture of what the node says, then the app.
"""
