"""Everything that is said: messages, their versions, reports, and the forms of these."""

from __future__ import annotations

from coalchat.node.answers.forms import FormAnswers
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.reports import ReportAnswers
from coalchat.node.answers.session import Handlers
from coalchat.node.answers.versions import VersionAnswers
from coalchat.node.context import Context
from coalchat.node.recalling import Recalling
from coalchat.node.sending import Sending


def said_handlers(context: Context, sending: Sending, messages: MessageAnswers, recalling: Recalling) -> Handlers:
    """By request class."""
    return {
        **messages.handlers(),
        **VersionAnswers(context, sending, messages, recalling).handlers(),
        **FormAnswers(context).handlers(),
        **ReportAnswers(context, sending, messages).handlers(),
    }
