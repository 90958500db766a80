"""Bounds (SPEC 3.3, "Limits"). A bound carries its reason; a test compares this list with SPEC's table."""

from __future__ import annotations

from typing import Final

# --- encoding ---
MAX_RECORD: Final = 65_536
"""Bytes of any one record: fits every bounded buffer, and a slot-full envelope (48 x 1.2 KB) still fits."""
MAX_DEPTH: Final = 4
"""Nested arrays in one record: the deepest record needs three; a hostile one wants thousands."""
MAX_ARRAY: Final = 1_024
"""Elements of any one array: msgpack amplifies unbounded hostile arrays seventyfold in memory."""
MAX_FRAME: Final = 66_560
"""Bytes of one link frame: a record and 1 KiB for the link message around it."""

# --- names and text, in UTF-8 bytes ---
MAX_CODE: Final = 16
"""A nation, policy or marking code."""
MAX_NAME: Final = 64
"""A channel title, a nation's name, a policy value."""
MAX_DISPLAY_NAME: Final = 40
"""A person's display name in a certificate, so that a certificate stays within 400 bytes."""
MAX_PURPOSE: Final = 256
"""The purpose of a channel, or a reason given by a person."""
MAX_TEXT: Final = 16_384
"""The body of one message; longer texts are attachments."""

# --- coalition ---
MAX_NATIONS: Final = 32
"""Nations of one coalition: an envelope has one slot for each, and alternates."""
MAX_CUSTODIANS: Final = 3
"""Custodians of one nation: one keys, two cover for him."""
MAX_SLOTS: Final = 48
"""Slots of one envelope: 32 nations and 16 alternates."""
MAX_LEVELS: Final = 16
"""Classification levels of one policy."""
MAX_CATEGORIES: Final = 32
"""Restrictive categories of one policy."""
MAX_COMPARTMENTS: Final = 128
"""(level, category) pairs that one nation keys; the OTAR of a fully cleared device stays below 8 KiB."""
MAX_SEGMENTS: Final = 48
"""Segments of one edition: the list of their public keys (1,216 bytes each) must fit one record."""
MAX_DEVICE_EDITIONS: Final = 2
"""Editions of one device's own compartment that others keep: the one that runs and the next."""
MAX_EDITIONS: Final = 8
"""Editions named in one publication: current, two ahead, and those not yet past hold."""
MAX_KEY_LISTS: Final = 512
"""Key lists named in one publication (four editions of 128 compartments); with all revocations it fits one record."""
MAX_KEYING_DEVICES: Final = 4
"""Keying devices of one nation."""
MAX_REVOCATIONS: Final = 1_024
"""Unexpired revocations in one publication."""
MAX_DIRECTORY: Final = 65_536
"""Certificates of one directory (64 parts of 1,024 hashes)."""
MAX_ADMINS: Final = 8
"""Admins of one channel."""
MAX_CERTIFICATE: Final = 400
"""Bytes of a certificate that a custodian issues: it goes with every link, also the narrowest."""
MAX_SCOPE: Final = 4
"""Channels, or kinds, in the scope of one certificate."""

MAX_CHARTER_FILE: Final = 524_288
"""Bytes of a charter on its way round: 32 signatures of 5.4 KiB and as many sealed secrets."""
MAX_AMENDMENT_FILE: Final = 786_432
"""Bytes of an amendment on its way round, and of amendments that wait on a link: it fits one frame of the local API."""
MAX_KEY_RING: Final = 524_288
"""Bytes of a home's secrets: three editions of 128 compartments take some 40 KiB."""

MAX_BACKUP: Final = 4_194_304
"""Bytes of what a backup seals: a directory of 64 parts takes 2.1 MiB, the charter's documents 0.3."""
RESTORE_LEAP: Final = 1_048_576
"""How far a restored home leaps with each of its counters: what was counted after the backup is not known to it."""

MAX_CATCH_UPS: Final = 8
"""Catch-up windows of one device: each needs an outage of its own within 24 hours."""

# --- feeds, entries, receipts ---
MAX_REFS: Final = 8
"""References of one entry."""
MAX_RULES: Final = 32
"""Rules of one ROE notice: what a person can answer for at once."""
MAX_RANGES: Final = 256
"""Feed ranges in one receipt."""
MAX_FEEDS_PER_DEVICE: Final = 256
"""Feeds that one device may open; a hostile insider would open thousands."""
MAX_LIVE_ENVELOPES: Final = 4
"""Envelopes of one (device, channel, release key, segment): one, its reissue, and two re-made after a change of keys."""
MAX_SHARED_ENVELOPES: Final = 64
"""Envelopes that a keying device makes anew for one other device in a segment: as many labels as an officer uses."""
MAX_PARKED_ENTRIES: Final = 64
"""Entries of one feed that wait to become authentic."""
MAX_FORK_RUN: Final = 65
"""Entries of a branch in a fork proof: as many as may wait, unsigned, and the one that authenticates them."""
MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
"""Bytes of entries from one peer that wait for an envelope or a feed record."""
MAX_HISTORY: Final = 1_000
"""Entries of one hand-over of history: what a person can answer for at once."""
MAX_EVIDENCE_RUN: Final = 64
"""Later entries in a piece of evidence: as many without a signature may wait in a feed for one that holds."""
MAX_EVIDENCE: Final = 131_072
"""Bytes of a piece of evidence: the longest payload, a custodian's certificate and that many headers."""
CHECKPOINT_ENTRIES: Final = 4_096
"""Entries of a device after which it makes a checkpoint before its time: what is not covered yet stays little."""
MAX_SEQ: Final = 2**48
"""Highest sequence number of a feed: a jump to 2**63 is refused before anything is allocated for it."""

MAX_FORM_FIELDS: Final = 48
"""Fields of one report form: more than a person fills in on one screen."""
MAX_FORM_CODES: Final = 32
"""Codes of one field of a form: more than a person looks through."""
MAX_FORM: Final = 16_384
"""Bytes of one form as it is hashed: ten times the longest that ships; all that a home keeps fit one answer of its node."""
MAX_FORM_FILE: Final = 65_536
"""Bytes of a form file that is read: a form, four times, in the words of TOML with remarks."""
MAX_OWN_FORMS: Final = 32
"""Wordings of forms that a home keeps beside those that ship."""
MAX_REPORT_VALUES: Final = 192
"""Values of one report: every field, and ten classes of supply with five each."""
MAX_REPORT_ROWS: Final = 64
"""Rows of one group of a report's fields."""
MAX_REPORT_TEXT: Final = 8_192
"""Bytes of all values of a report: with its keys it stays within what a message may have, so that it can be quoted."""

# --- link ---
MAX_HEADS: Final = 512
"""Feed heads in one link message; more are sent in several."""
MAX_COMPARED: Final = 64
"""Ranges in one round of a comparison; where more would be needed, listing is shorter."""
COMPARE_ROUNDS: Final = 8
"""Rounds of a comparison: seven divide any honest number of things as far as it goes."""
COMPARE_LISTED: Final = 8
"""Things of a side in a range that is listed instead of parted: sixteen fingerprints are as long."""
MAX_CREDIT: Final = 256
"""Entries sent and not yet acknowledged on one link."""
MAX_CHAIN_BYTES: Final = 131_072
"""Bytes of certificate chain that a peer may send before it is authenticated."""
MAX_CHAIN_DOCUMENTS: Final = 67
"""Documents of that chain: certificates of custodian and device, a publication, 64 parts of its directory."""
MAX_FEEDS: Final = 16_384
"""Feeds that one peer may name on one link: its state for each stays in memory while the link is up."""
MAX_INVENTORY: Final = 65_536
"""Control documents that one peer may list at the start of a link, or that wait to be asked for."""
MAX_WANTS: Final = 256
"""Documents, feeds or envelopes asked for and not yet answered, of each kind: each pushed entry may need one."""
MAX_WANTS_WAITING: Final = 4_096
"""Feeds or envelopes that wait to be asked for: the entries that name them wait too."""
MAX_ENVELOPE_REQUESTS: Final = 8
"""Envelopes of a keying device that are asked for on one link and not answered, in each direction."""
MAX_GRANT_DOCUMENTS: Final = 1_024
"""Documents that a joiner takes with its certificate: every key list of a nation in eight editions."""
MAX_GRANT_BYTES: Final = 16 * 1024 * 1024
"""Bytes of these: 128 lists of 58 KiB, twice."""
MAX_ADDRESSES: Final = 8
"""Addresses that a joiner is given to dial."""
MAX_ADDRESS: Final = 280
"""A DNS name (253) or IP address, and a port."""
MAX_INVITES: Final = 64
"""Open invites of one custodian: each is tried against a joiner's proof."""

# --- clock, in seconds ---
CLOCK_SKEW: Final = 300
"""Tolerated difference of two honest clocks when validity is checked."""
KEYING_ANSWER: Final = 5
"""How long a message waits for a keying device's envelope, before its device makes one itself."""
INVITE_LIFETIME: Final = 72 * 3600
"""Life of an invite."""
CATCH_UP_ONLINE: Final = 1_800
"""Online, until keys that fell due while the device was off are erased: the backlog of a long weekend is read by then."""
CATCH_UP_END: Final = 86_400
"""After the start that found them due, online or not."""

# --- key file (RFC 9106) ---
ARGON2_MEMORY_MIN: Final = 65_536
"""KiB: RFC 9106's second recommended option; a key file with less is refused."""
ARGON2_MEMORY_DEFAULT: Final = 262_144
"""KiB: 0.5 to 1.5 seconds on a laptop."""
ARGON2_MEMORY_MAX: Final = 1_048_576
"""KiB: a hostile key file must not exhaust the machine."""
ARGON2_TIME_MIN: Final = 3
"""Passes."""
ARGON2_TIME_MAX: Final = 10
"""Passes."""
