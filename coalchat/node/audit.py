"""The names of audit events (SPEC 13): what a node must be able to account for.

The audit record is the node's own: append-only, numbered without gaps, never sent to a peer. Every refusal of a peer's
bytes, of a send, of a client and of an unlock writes one line; so does every act that changes who may read what.

Rule 1: an event says what happened; which rule decided stands in the line's clause, what it was about in its subject.
Rule 2: no line holds message text, a secret, or bytes of a peer other than ids and hashes.
Rule 3: names are for ever: other tools filter by them. A test compares this list with SPEC's table.
"""

from __future__ import annotations

from enum import StrEnum


class AuditEvent(StrEnum):
    """What happened."""

    # --- links ---
    LINK_STRANGER = "link-stranger"
    """Someone connected who could not prove the link secret or an invite; nothing was told to him."""
    LINK_REFUSED = "link-refused"
    """A peer that knows the link secret was refused: another coalition, a certificate that is not valid, a version."""
    LINK_OPEN = "link-open"
    """A link to an authenticated peer is up."""
    LINK_CLOSED = "link-closed"
    """A link that was up has ended; the detail says by whom or by what."""

    # --- what peers sent ---
    DOCUMENT_REFUSED = "document-refused"
    """A control document was malformed, not authentic, or contradicts one that is known."""
    FEED_REFUSED = "feed-refused"
    """A feed record was malformed, not its device's, beyond the author's rights, or one too many."""
    ENVELOPE_REFUSED = "envelope-refused"
    """An envelope was malformed, not authentic, not fitting its feed, beyond its author's rights, or one too many."""
    ENTRY_REFUSED = "entry-refused"
    """An entry was malformed, under another nation's envelope, or did not open."""
    ENTRY_NOT_AUTHENTIC = "entry-not-authentic"
    """An entry's own signature does not hold; it waits for a later one that proves it."""
    ENTRY_FORK = "entry-fork"
    """Two authentic entries stand at one place of a feed; both are kept as proof."""
    CUSTODIAN_FORK = "custodian-fork"
    CHECKPOINT_CONTRADICTED = "checkpoint-contradicted"
    """A custodian signed two publications of one number, or his root two certificates of his seat and time; both are kept
    as proof."""
    RECEIPT_REFUSED = "receipt-refused"
    """A receipt covers another channel or release key, names an unknown branch, or is not its author's to give."""
    QUOTA_REACHED = "quota-reached"
    """A peer, device or feed reached a limit of SPEC 3.3; what came after was not kept."""

    # --- complaints ---
    COMPLAINT_RAISED = "complaint-raised"
    """An envelope that was meant for this nation did not open here; a complaint was sent."""
    COMPLAINT_RECEIVED = "complaint-received"
    """Another nation says that an envelope of ours does not open there."""
    ENVELOPE_REISSUED = "envelope-reissued"
    """What a complaint was about was sealed anew."""

    # --- what this node did, or did not do ---
    SEND_REFUSED = "send-refused"
    """A message was refused before anything left; the clause is named."""
    LAST_KEY_USED = "last-key-used"
    """What is sent goes to the last key of a nation whose keys have run out; the subject is the envelope."""
    CHANNEL_CREATED = "channel-created"
    """A channel was founded here."""
    PEER_ADDED = "peer-added"
    """An address to dial was added."""
    PEER_REMOVED = "peer-removed"
    """An address to dial was removed."""

    # --- custody ---
    JOIN_REQUESTED = "join-requested"
    """A device showed an invite's code; its words wait to be compared."""
    JOIN_APPROVED = "join-approved"
    """The custodian approved a device."""
    JOIN_REFUSED = "join-refused"
    """A device that asked was not taken: the words differ, the invite was withdrawn, used or expired."""
    CERTIFICATE_ISSUED = "certificate-issued"
    """The custodian certified a device; the subject is its id."""
    DEVICE_REVOKED = "device-revoked"
    """The custodian revoked a device; the subject is its id, the detail the reason."""
    CERTIFICATE_RENEWED = "certificate-renewed"
    """The custodian renewed a device's certificate; the subject is its id."""
    CUSTODIAN_CERTIFIED = "custodian-certified"
    """The nation's root, which rests here, certified a custodian; the subject is his seat."""
    PUBLICATION_MADE = "publication-made"
    """The custodian published; the detail is the number."""
    KEYING_CHANGED = "keying-changed"
    """The custodian named a keying device, or does no more; the subject is its id, the detail says which."""
    REKEY_DEMANDED = "rekey-demanded"
    """The custodian replaced the editions that count and demanded new prekeys; the subject is the new edition."""
    OTAR_SEALED = "otar-sealed"
    """The custodian sealed seeds to a device's prekey."""
    OTAR_REFUSED = "otar-refused"
    """Seeds that came for this device were not accepted."""
    OTAR_TAKEN = "otar-taken"
    """Seeds that came for this device were accepted; the detail is the edition."""
    EDITION_DRAWN = "edition-drawn"
    """The custodian drew the seeds of an edition; the detail is its counter."""
    KEYS_ERASED = "keys-erased"
    """Keys that were past their hold were erased from the key file; the detail says up to where."""
    PREKEY_CLASH = "prekey-clash"
    """Two prekeys of one device stand at one counter: somebody else has its signing key; it is not keyed any more."""
    PREKEY_STRANGER = "prekey-stranger"
    """A prekey statement came in this device's own name that it did not make."""
    EDITION_CLASH = "edition-clash"
    """Two editions of one device's own keys stand at one counter: somebody else has its key; it is not addressed."""
    EDITION_STRANGER = "edition-stranger"
    """An edition of this device's own keys came that it did not state."""
    DEVICE_CONFIRMED = "device-confirmed"
    """A person confirmed a device by its words: direct messages may be sealed to it."""
    CONFIRMATION_REFUSED = "confirmation-refused"
    """The words that were given for a device are not those of its key."""
    CLOCK_DOUBTFUL = "clock-doubtful"
    """This node's clock lies beyond what its nation has published: nothing is sealed or erased until somebody confirms."""
    CLOCK_CONFIRMED = "clock-confirmed"
    """A person confirmed this node's clock."""

    # --- bodies ---
    BODIES_PURGED = "bodies-purged"
    """Bodies of messages whose retention is over were purged; the detail is their number."""
    MESSAGE_RECALLED = "message-recalled"
    """An author recalled messages: their bodies are gone here; the subject is the retraction, the detail how many, and why."""
    EVIDENCE_EXPORTED = "evidence-exported"
    """Evidence of an entry, with its text, was handed to a client of this node."""

    # --- history ---
    HISTORY_ASKED = "history-asked"
    """This device asked another of its nation for entries that it cannot read; the detail is their number."""
    HISTORY_REQUESTED = "history-requested"
    """A device of this nation asked for entries; a person decides. The detail is their number."""
    HISTORY_GRANTED = "history-granted"
    """A person here let a device have entries; the detail says how many of those that it asked for went."""
    HISTORY_REFUSED = "history-refused"
    """A device that asked for entries was given none."""
    HISTORY_TAKEN = "history-taken"
    """What this device had asked for has come; the detail is the number of entries that it can read now."""

    # --- the charter ---
    CHARTER_AMENDED = "charter-amended"
    """An amendment that everybody signed is in force; the detail says whom it admits or suspends."""
    CHARTER_FORK = "charter-fork"
    """A second amendment of one number was signed too; both are kept, and the detail names who signed both."""
    CHARTER_SIGNED = "charter-signed"
    """The custodian signed an amendment; the subject is its hash."""
    CHANNEL_WIDENED = "channel-widened"
    """An admin here made more nations members of a channel; the detail names them."""
    CHANNEL_ADMINS = "channel-admins"
    """An admin here made devices admins of a channel, or no longer; the detail names them."""

    # --- this home ---
    FEEDS_LEFT = "feeds-left"
    """A person said that no peer can tell how far this device's feeds go: it goes on in new ones; the detail counts them."""
    HOME_RESTORED = "home-restored"
    """Key file and store are not of one time: one of them was brought back from a copy."""
    BACKUP_MADE = "backup-made"
    """A backup of this home's keys was written; the detail says what it holds."""
    BACKUP_RESTORED = "backup-restored"
    """This home was made of a backup; the detail says of when."""
    ROOT_REMOVED = "root-removed"
    """The nation's root was moved out of this home, into a backup."""
    ROOT_RESTORED = "root-restored"
    """The nation's root was brought back into this home."""
    PASSPHRASE_CHANGED = "passphrase-changed"  # noqa: S105 - a name
    """The key file of this home was sealed under another passphrase."""
    UNLOCK_FAILED = "unlock-failed"
    """Somebody gave a wrong passphrase."""
    API_REFUSED = "api-refused"
    """A client was refused: no token, a foreign user, a scope that it was not given, or frames that are none."""
    NODE_STARTED = "node-started"
    """The node was unlocked and began its work."""
    NODE_STOPPED = "node-stopped"
    """The node ended in order; the detail says why."""
