"""Registries of tags, signature domains and BLAKE2b persons (SPEC 3.2), and the identifiers built from them.

Rule 1: a tag, a domain or a person stands here once, or it does not exist; a test compares these with SPEC's tables.
Rule 2: every domain ends in NUL and holds no other NUL, so that none is a prefix of another.
Rule 3: persons are ASCII, at most 16 bytes (BLAKE2b's field), padded with NULs by the hash itself.
Rule 4: tags up to 127 are critical: an unknown one is "newer", never "corrupt"; the others may be passed over.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final


class Tag(IntEnum):
    """First element of every record. Values are for ever."""

    # objects
    CHARTER = 1
    CHARTER_SIGNATURE = 2
    POLICY = 3
    CUSTODIAN_CERTIFICATE = 4
    CERTIFICATE_REQUEST = 5
    CERTIFICATE = 6
    PUBLICATION = 7
    SEGMENT_LIST = 8
    DIRECTORY = 9
    PREKEY_STATEMENT = 10
    OTAR = 11
    OTAR_SEEDS = 12
    CHANNEL_REVISION = 13
    FEED = 14
    ENVELOPE_CONTEXT = 15
    ENVELOPE = 16
    ENTRY_BASE = 17
    ENTRY = 18
    NATION_OFFER = 19
    LINK_SECRET = 20
    INVITE = 21
    CHARTER_FILE = 22
    KEY_RING = 23
    REVOCATION = 24
    REKEY_DEMAND = 25
    FORK_PROOF = 26
    BACKUP = 27
    CHECKPOINT = 28
    EVIDENCE = 29
    ENTRY_HEADER = 30
    # link messages
    PROOF = 32
    AUTH = 33
    WANT_CHAIN = 34
    CHAIN = 35
    HELLO = 36
    INVENTORY = 37
    WANT_DOCUMENTS = 38
    DOCUMENT = 39
    HEADS = 40
    PUSH = 41
    ACK = 42
    WANT_ENVELOPES = 43
    PUSH_ENVELOPE = 44
    WANT_FEEDS = 45
    PUSH_FEED = 46
    PING = 47
    PONG = 48
    GOODBYE = 49
    JOIN = 50
    WELCOME = 51
    GRANT = 52
    READY = 53
    HISTORY_REQUEST = 54
    HISTORY_GRANT = 55
    ENVELOPE_REQUEST = 56
    ENVELOPE_GRANT = 57
    ENVELOPE_DENIAL = 58
    COMPARE = 59
    # payload kinds
    TEXT = 64
    RECEIPT = 65
    COMPLAINT = 66
    QUOTING = 67
    CORRECTION = 68
    RETRACTION = 69
    PURGED = 70
    ROE_NOTICE = 71
    ROE_ENDORSEMENT = 72
    REPORT = 74
    NOTICE = 77
    # further objects
    AMENDMENT_FILE = 96
    # direct messages
    DEVICE_EDITION = 98
    DIRECT_CONTEXT = 99
    DIRECT_ENVELOPE = 100
    # custodians
    SEAT_REQUEST = 102
    # checkpoints
    CHECKPOINT_PROOF = 103


CRITICAL_TAG_MAX: Final = 127


class Domain(StrEnum):
    """Signature and HPKE domains: ASCII, NUL-terminated when used."""

    CHARTER = "coalchat/charter/1"
    NATION_OFFER = "coalchat/nation-offer/1"
    CUSTODIAN_CERTIFICATE = "coalchat/custodian-certificate/1"
    CERTIFICATE_REQUEST = "coalchat/certificate-request/1"
    CERTIFICATE = "coalchat/certificate/1"
    PUBLICATION = "coalchat/publication/1"
    REVOCATION = "coalchat/revocation/1"
    PREKEY_STATEMENT = "coalchat/prekey-statement/1"
    REKEY_DEMAND = "coalchat/rekey-demand/1"
    OTAR = "coalchat/otar/1"
    CHANNEL_REVISION = "coalchat/channel-revision/1"
    FEED = "coalchat/feed/1"
    ENVELOPE = "coalchat/envelope/1"
    ENTRY = "coalchat/entry/1"
    CHECKPOINT = "coalchat/checkpoint/1"
    DEVICE_EDITION = "coalchat/device-edition/1"
    DIRECT_ENVELOPE = "coalchat/direct-envelope/1"
    LINK_AUTH = "coalchat/link-auth/1"
    SEAT_REQUEST = "coalchat/seat-request/1"
    SEAT_PROOF = "coalchat/seat-proof/1"
    HPKE_OTAR = "coalchat/hpke-otar/1"
    HPKE_ENVELOPE = "coalchat/hpke-envelope/1"
    HPKE_LINK_SECRET = "coalchat/hpke-link-secret/1"
    HPKE_DIRECT = "coalchat/hpke-direct/1"

    @cached_property
    def prefix(self) -> bytes:
        """The bytes that stand before what is signed or bound."""
        return self.value.encode("ascii") + b"\0"


class Person(StrEnum):
    """BLAKE2b personalisation strings (RFC 7693, section 2.5)."""

    COALITION = "coalition"
    CHARTER = "charter"
    POLICY = "policy"
    KEY_HASH = "public key"
    CUSTODIAN_ID = "custodian id"
    DEVICE_ID = "device id"
    PERSON_ID = "person id"
    CERTIFICATE = "certificate"
    REQUEST = "cert request"
    DIRECTORY_LEAF = "directory leaf"
    DIRECTORY_NODE = "directory node"
    PUBLICATION = "publication"
    SEGMENT_LIST = "segment list"
    DOCUMENT = "document"
    CHANNEL_ID = "channel id"
    REVISION = "revision"
    NEXT_SEGMENT = "next segment"
    SEGMENT_KEM = "segment kem"
    FEED_ID = "feed id"
    CONTEXT = "envelope ctx"
    COMMITMENT = "commitment"
    ENVELOPE = "envelope"
    ENTRY_KEY = "entry key"
    SALT = "salt"
    MESSAGE_KEY = "message key"
    CIPHERTEXT = "ciphertext"
    ENTRY = "entry"
    CHECKPOINT_LEAF = "checkpoint leaf"
    OTAR_HEADER = "otar header"
    LINK_PROOF = "link proof"
    RANGE = "range"
    INVITE_KEY = "invite key"
    INVITE_MAC = "invite mac"
    INVITE_WORDS = "invite words"
    INVITE_CHECK = "invite check"
    LINK_SECRET = "link secret"
    KEY_FILE = "key file"
    KEY_FILE_COMMIT = "key file commit"
    BACKUP = "backup"
    BACKUP_COMMIT = "backup commit"
    DIRECT = "direct"
    DIRECT_CONTEXT = "direct ctx"
    DIRECT_COMMITMENT = "direct commit"
    DIRECT_ENVELOPE = "direct envelope"
    DEVICE_WORDS = "device words"
    FORM = "report form"

    @cached_property
    def packed(self) -> bytes:
        """As BLAKE2b takes it."""
        return self.value.encode("ascii")


EXPORTER_LABEL: Final = b"EXPORTER-coalchat-link"
"""TLS exporter label (RFC 8446, section 7.5), used with an empty context and 32 bytes."""

VERSION: Final = 1
"""Version of entries and envelope contexts."""

HYBRID_TAGS: Final = frozenset({Tag.CHARTER_SIGNATURE, Tag.CUSTODIAN_CERTIFICATE, Tag.PUBLICATION, Tag.CHECKPOINT})
"""Objects whose signature is Ed25519 and ML-DSA-65, both of which must verify."""
