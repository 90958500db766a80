"""Widgets of the desk: they draw lines of ink in a skin, and take keys and the mouse. What they show is given to them.

Rule: no text becomes markup and none goes around `coalchat.desk.look.strips`, the last door to the screen.
"""
