"""Attack 19 (compress, then encrypt): what a text says never shows in how long its ciphertext is."""

from __future__ import annotations

import ast
import random
from pathlib import Path

from protocol.base.crypto import AEAD_TAG
from protocol.messages.entry import PAD_BLOCK
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN = WORLD.device("XAA")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
COMPRESSORS = {"zlib", "gzip", "bz2", "lzma", "zstandard", "brotli", "compression", "snappy", "lz4"}
ROOT = Path(__file__).parents[2]


def test_texts_of_one_length_have_one_length() -> None:
    """A thousand texts, from one letter again and again to noise: a compressor would tell them apart."""
    dice = random.Random(19)
    alphabets = ["a", "ab", "convoy ", "".join(chr(c) for c in range(32, 127))]
    texts = ["".join(dice.choice(alphabets[n % 4]) for _ in range(200)) for n in range(1_000)]
    assert len(set(texts)) > 700
    lengths = {len(WORLD.entry(ANN, FEED, SEALED, text).ct) for text in texts}
    payload = encode_payload(TextPayload(FORMAT, WORLD.now, False, (), texts[0], 0))
    assert lengths == {(len(payload) // PAD_BLOCK + 1) * PAD_BLOCK + AEAD_TAG}


def test_no_compressor_is_in_the_path() -> None:
    found = []
    for package in ("protocol", "coalchat"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found += [f"{file}: {name}" for name in names if name.partition(".")[0] in COMPRESSORS]
    assert found == []
