"""The node: a trio program that keeps one home's feeds, links and keys, and answers its clients (SPEC 10).

From the top: `main` (the process), `daemon` (phases), `station` (the parts of a member's node), then the parts:
`links`, `session`, `intake`, `opening`, `folding`, `sending`, `receipting`, `complaints`, `seat`, `enrolling`,
`joining`; `server` and `answers` for clients; `membership`, `feeds`, `envelopes` for what is known; `context`,
`journal`, `keeping`, `audit`, `ports` below.
"""
