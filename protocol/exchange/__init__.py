"""Driven machines over frames (SPEC 9): who the peer is, how a device joins, how two nodes bring each other up to date.

    proof, link           authentication inside TLS: link secret first, then certificates
    invite, enrolment     an invite as text, and the two machines of a device that joins by it
    sync                  documents, feeds, entries and envelopes; listing, ranges, flow and wants are its parts
    messages, asking, states, series, events, tables    what these stand on

A machine gets frames, without the length that the stream puts before them, and answers with a `Step`: the frames to send
and what happened. It reads no clock and does no I/O; a fault of the peer is a `RemoteProtocolError`, after which the
machine is over and the stream is to be closed.
"""
