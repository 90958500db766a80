"""Acts of custody: what a nation's custodian does with its keys (SPEC 6 and 7).

`keying` holds the acts themselves, as functions of key rings and documents, without I/O: a custodian's node calls them.
`founding` are the acts on a home that no node runs on: a nation is created, a charter founded and signed.
`backup`, `restoring` and `zeroizing` are those on a device's own keys (SPEC 11.3), `home` a home in hand for them.
"""
