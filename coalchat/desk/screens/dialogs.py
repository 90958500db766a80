"""All that opens over the main screen. Nobody waits for it at the start: it is imported once the desk stands."""

from coalchat.desk.screens.acknowledge import AcknowledgeDialog
from coalchat.desk.screens.channel import ChannelDialog, ChannelScreen, WidenDialog
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.deliberate import DeliberateDialog
from coalchat.desk.screens.direct import DirectDialog, WordsDialog
from coalchat.desk.screens.help import HelpScreen
from coalchat.desk.screens.invites import CodeDialog
from coalchat.desk.screens.jump import JumpDialog
from coalchat.desk.screens.keys import KeysScreen
from coalchat.desk.screens.label import LabelDialog
from coalchat.desk.screens.lock import LockScreen
from coalchat.desk.screens.map import MapScreen
from coalchat.desk.screens.refused import RefusedDialog
from coalchat.desk.screens.report import FormDialog, ReportScreen
from coalchat.desk.screens.roe import RoeNoticeScreen, RoeScreen
from coalchat.desk.screens.roesign import RoeAcknowledgeDialog
from coalchat.desk.screens.search import SearchScreen
from coalchat.desk.screens.thread import ThreadScreen
from coalchat.desk.screens.unlock import UnlockScreen
from coalchat.desk.screens.versions import VersionsScreen
from coalchat.desk.screens.who import WhoScreen

__all__ = [
    "AcknowledgeDialog",
    "ChannelDialog",
    "ChannelScreen",
    "ChooseDialog",
    "CodeDialog",
    "DeliberateDialog",
    "DirectDialog",
    "FormDialog",
    "HelpScreen",
    "JumpDialog",
    "KeysScreen",
    "LabelDialog",
    "LockScreen",
    "MapScreen",
    "RefusedDialog",
    "ReportScreen",
    "RoeAcknowledgeDialog",
    "RoeNoticeScreen",
    "RoeScreen",
    "SearchScreen",
    "ThreadScreen",
    "UnlockScreen",
    "VersionsScreen",
    "WhoScreen",
    "WidenDialog",
    "WordsDialog",
]
