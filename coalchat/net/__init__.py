"""Byte streams between nodes (SPEC chapter "Link"): trio, TLS and TCP; what the bytes mean is `protocol.exchange`'s.

| module | what it holds |
| --- | --- |
| `transport` | the port the node is given: `Transport`, `LinkStream`; the real one, `TcpTransport` |
| `address` | "host:port" and "[v6]:port", parsed strictly |
| `tls` | TLS 1.3 with X25519MLKEM768 and nothing else, as a trio stream with an exporter |
| `admission` | how many handshakes strangers may have under way |
| `framing` | 4-byte length frames, for links and for the local API |

Nothing here knows who a peer is: TLS hides and protects a conversation with *somebody*; the link machine above proves
who, over the exporter.
"""
