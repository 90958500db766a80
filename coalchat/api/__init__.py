"""The local API between the node and its clients (SPEC 12).

`base` says what a request and an answer are; `requests`, `responses`, `nouns`, `events` and `enrolment` are the records;
`vocabulary` and `scopes` their closed word lists; `operations` the table of all; `shapes` turns records into maps, and
`codec` maps into frames. Nothing here opens a socket.
"""
