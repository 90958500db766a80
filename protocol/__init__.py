"""The coalchat protocol: bytes in, events out, states in tables; no clock, no socket, no file. SPEC.md is the law.

    SPEC chapter                      module
    3  Conventions and encoding       base.codec, base.records, base.signed, base.ids, base.limits, base.errors
    4  Primitives                     base.crypto, base.merkle
    5  Policies, labels, access       trust.policy, trust.label, trust.access, interchange.spif_xml,
                                      interchange.label4774
    6  Charter and credentials        trust.charter, trust.founding, trust.credential, trust.publication,
                                      trust.directory, trust.revocation, trust.channel,
                                      trust.amendment, trust.amending
    7  Keys                           keys.edition, keys.otar, keys.demand, keys.envelope
    8  Messages                       messages.feed, messages.entry, messages.payload, messages.receipts,
                                      messages.evidence, messages.retention, messages.forks, messages.checkpoint,
                                      messages.versions, messages.roe, messages.standing, messages.profile,
                                      messages.forms, messages.fields, messages.reports, messages.notices,
                                      trust.handling
    9  Link, sync, enrolment          exchange.link, exchange.sync, exchange.invite
    11 At rest                        keys.keyring, keys.backup

Rooms import downwards only: interchange, exchange, messages, keys, trust, base.
"""
