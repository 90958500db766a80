"""Direct messages, as clients ask for them: devices, words, confirmations; and what a conversation is to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import attrs

from coalchat.api.codec import fitting
from coalchat.api.direct import ConfirmDevice, DeviceList, DeviceWords, ListDevices, ShowWords, WithdrawDevice
from coalchat.api.nouns import Addressee, Channel, Reach
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.api.vocabulary import Role as RoleWord
from coalchat.node.addressing import Conversation
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.directing import Directing, addressable, common_clearance, find_device, title, words_of
from coalchat.store.rows import Unread
from protocol.trust.credential import Certified, Precedence, Role

CLOSED = "no nation can read it, this one neither: only the devices that it names"


@attrs.define(eq=False)
class DirectAnswers:
    """Handlers for devices and their words.

    Attributes:
        confirmed: called when a device was confirmed: what waited for that can go.
    """

    context: Context = attrs.field(repr=False)
    directing: Directing = attrs.field(repr=False)
    confirmed: Callable[[], Awaitable[None]] = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            ListDevices: self.list,
            ShowWords: self.words,
            ConfirmDevice: self.confirm,
            WithdrawDevice: self.withdraw,
        }

    async def list(self, request: ListDevices, session: Session) -> DeviceList:
        """Devices that may be addressed."""
        del request, session
        nouns = [addressee(self.context, certified) for certified in addressable(self.context.member)]
        return DeviceList(devices=fitting(sorted(nouns, key=lambda noun: (noun.nation, noun.person, noun.device))))

    async def words(self, request: ShowWords, session: Session) -> DeviceWords:
        """Words to compare by voice."""
        del session
        member = self.context.member
        certified = find_device(member, request.device)
        return DeviceWords(
            own=words_of(member, member.certified),
            device=addressee(self.context, certified),
            words=words_of(member, certified),
        )

    async def confirm(self, request: ConfirmDevice, session: Session) -> Addressee:
        """A person compared the words."""
        del session
        certified = find_device(self.context.member, request.device)
        await self.directing.confirm(certified, request.words)
        await self.confirmed()
        return addressee(self.context, certified)

    async def withdraw(self, request: WithdrawDevice, session: Session) -> Addressee:
        """A person takes that back."""
        del session
        certified = find_device(self.context.member, request.device)
        await self.directing.withdraw(certified)
        return addressee(self.context, certified)


def addressee(context: Context, certified: Certified) -> Addressee:
    """A device as clients see it."""
    member, certificate = context.member, certified.certificate
    return Addressee(
        device_id=certified.device.hex(),
        nation=context.code(certificate.nation),
        person=certificate.name,
        device=certificate.number,
        role=RoleWord(Role(certificate.role).name.lower()),
        clearance=member.clearance_marking(certificate.clearance),
        own=certified.device == member.device,
        confirmed=certified.device in member.direct.confirmed,
        keys=member.direct.editions.key(certified.device, member.segment(context.now())) is not None,
        person_id=certificate.person.hex(),
    )


def addressees(context: Context, place: Conversation) -> tuple[Addressee, ...]:
    """The devices of a conversation as clients see them."""
    standings = (context.member.directory.standing(device, context.now()) for device in place.devices)
    nouns = [addressee(context, standing.certified) for standing in standings if standing is not None]
    return tuple(sorted(nouns, key=lambda noun: (noun.nation, noun.person, noun.device)))


def reaches(context: Context, place: Conversation) -> tuple[Reach, ...]:
    """How many devices of each nation a conversation addresses, of all its valid ones."""
    member = context.member
    return tuple(
        Reach(nation=context.code(nation), devices=place.nations.count(nation), of=len(member.valid(nation)))
        for nation in place.members
    )


def conversation_noun(context: Context, place: Conversation, unread: Mapping[bytes, Unread]) -> Channel:
    """A conversation as clients see it, among the channels."""
    member, read = context.member, context.store.read
    waiting = unread.get(place.channel)
    newest = read.messages(place.channel, before_position=2**62, limit=1)
    ceiling = common_clearance(member, place)
    devices = addressees(context, place)
    strangers = [f"{device.person} ({device.device})" for device in devices if not (device.own or device.confirmed)]
    return Channel(
        id=place.channel.hex(),
        title=title(member, place),
        members=tuple(context.code(nation) for nation in place.members),
        ceiling=member.clearance_marking(ceiling),
        ceiling_level=ceiling.level,
        purpose="; ".join(
            [f"not confirmed by words: {', '.join(strangers)}"] * bool(strangers) + [f"direct: {CLOSED}"]
        ),
        admin=False,
        unread=0 if waiting is None else waiting.count,
        unread_precedence=None if waiting is None else PrecedenceWord(Precedence(waiting.precedence).name),
        read_position=read.read_mark(place.channel),
        newest=newest[0].position if newest else 0,
        devices=devices,
    )
