"""What one process brings to TLS (SPEC chapter "Link"): a throw-away key and certificate, and the one way we speak TLS.

The certificate authenticates nothing. TLS 1.3 insists that the responder has one, so each process makes its own: a fresh
Ed25519 key, a random name, and dates that are the same for everybody, so that it tells nobody when the node was
started. Neither side verifies it; who the peer is gets proved inside, over the exporter.

What is off: every version but TLS 1.3, every group but X25519MLKEM768, server names, compression, renegotiation (TLS 1.3
has none) and early data (OpenSSL's default is 0 bytes). Sessions are never resumed: stateless tickets are off and no
session is cached. pyOpenSSL cannot set the number of stateful tickets to 0, so a responder still owes two records of 79
bytes that name nothing and that nobody can use (OpenSSL issue 8077); `tls` sends them along with the first data.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final, final

from cryptography import x509
from cryptography.hazmat.bindings.openssl.binding import Binding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from OpenSSL import SSL

GROUP: Final = "X25519MLKEM768"
"""The only key agreement we take part in: X25519 for today's attackers, ML-KEM-768 for who records now and reads later."""

_CIPHERS: Final = b"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
"""256-bit keys only: the group was chosen against quantum computers, the cipher should not be the weaker half."""

_NOT_BEFORE: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_NOT_AFTER: Final = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
"""RFC 5280's date for "no good date can be assigned"."""


@final
class Identity:
    """The key and certificate of this process, and OpenSSL's settings for both roles.

    Make one when the node starts and give it to every handshake; never write it to disk.
    """

    def __init__(self, key: Ed25519PrivateKey, certificate: x509.Certificate) -> None:
        self.certificate = certificate
        self._dialler = _context()
        self._responder = _context()
        self._responder.use_certificate(certificate)
        self._responder.use_privatekey(key)

    @classmethod
    def generate(cls) -> Identity:
        """Make a new one; `cryptography` draws the key."""
        key = Ed25519PrivateKey.generate()
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_NOT_BEFORE)
            .not_valid_after(_NOT_AFTER)
            .sign(key, None)
        )
        return cls(key, certificate)

    def connection(self, *, server_side: bool) -> SSL.Connection:
        """A fresh OpenSSL connection over memory BIOs, ready for its handshake in this role."""
        connection = SSL.Connection(self._responder if server_side else self._dialler, None)
        if server_side:
            connection.set_accept_state()
        else:
            connection.set_connect_state()
        return connection


def _context() -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_3_VERSION)
    context.set_max_proto_version(SSL.TLS1_3_VERSION)
    context.set_tls13_ciphersuites(_CIPHERS)
    context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)  # an idle link gives its record buffers back
    restrict_groups(context, GROUP)
    return context


def restrict_groups(context: SSL.Context, groups: str) -> None:
    """Let `context` offer and accept only `groups` (OpenSSL's list syntax).

    pyOpenSSL has no public call for this (its set_tmp_ecdh knows NIST curves only), so this is the one place where we
    reach through it to the binding it stands on. What is secure does not hang on that: `tls` looks at the group that
    was agreed, by a public call, and breaks off. This keeps others from being offered at all.
    """
    if Binding.lib.SSL_CTX_set1_curves_list(context._context, groups.encode()) != 1:
        raise RuntimeError(f"this OpenSSL does not know {groups}: it is older than 3.5")
