"""What a node keeps (SPEC, "At rest"): one key file, and one encrypted database behind verbs.

| module | what it holds |
| --- | --- |
| `keyfile` | the key file: the secrets of a home under its passphrase, apart from the database |
| `private` | files that are ours alone: 0600, no symlinks, replaced as a whole |
| `sql` | the only door to SQLCipher: opening, settings, rows, errors |
| `schema` | the tables, as a list of migrations |
| `rows` | what the verbs take and return |
| `documents`, `feeds`, `parking`, `envelopes` | verbs of replication, which also see what is only carried |
| `messages`, `searching`, `receipts`, `journal`, `local` | verbs that clients' requests are answered with |
| `said` | what a payload says in words: what is searched |
| `faces` | `Reader` and `Transaction`: all of these verbs, to read and to write |
| `runner`, `writer` | `Store`: readers beside one writer with group commit |

Carried ciphertext lies in `feed`, `entry`, `envelope` and `parked` only. The verbs that answer clients read none of
these tables, so no client can list, count or search what this node merely carries; a test holds every one of them to it.
Times are integers that the caller gives (Unix seconds); the store has no clock and no source of chance.
"""
