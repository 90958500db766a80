"""Screens of the desk: each puts widgets in their places, and turns keys into acts of the model.

Rule 1: a screen never awaits the node. It acts on the model and puts what follows to the session; answers come as changes.
Rule 2: both banners stand on every screen and every dialog, undimmed.
"""
