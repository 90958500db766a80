"""Dialogs: the rows of raised blocks. Each function takes the block's width and gives rows with their margins;
`coalchat.desk.paint.block.paint_block` puts the block around them.
"""

from coalchat.desk.paint.dialogs.asking import paint_confirm, paint_unlock
from coalchat.desk.paint.dialogs.crash import paint_crash
from coalchat.desk.paint.dialogs.help import paint_help
from coalchat.desk.paint.dialogs.jump import paint_jump
from coalchat.desk.paint.dialogs.picker import paint_picker
from coalchat.desk.paint.dialogs.refusal import paint_refusal

__all__ = [
    "paint_confirm",
    "paint_crash",
    "paint_help",
    "paint_jump",
    "paint_picker",
    "paint_refusal",
    "paint_unlock",
]
