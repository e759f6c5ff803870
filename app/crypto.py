"""Encryption at rest and keyed hashes, behind two small functions each (SPEC section 4, personal data).

A sealed text is `1.<base64(nonce + AES-256-GCM ciphertext)>`: the leading number names the cipher, so
that SM4 can follow. `DATA_KEY` may list several keys, newest first, separated by commas: the first
seals, each opens (`flask rotate-key` seals everything anew with the first). Hashes use `HASH_KEY`.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

CIPHER = "1"


class Unreadable(ValueError):
    """The sealed text was altered, or none of the configured keys opens it."""


@lru_cache(maxsize=16)
def _keys(secret: str) -> tuple[AESGCM, ...]:
    return tuple(AESGCM(hashlib.sha256(b"data:" + key.strip().encode()).digest()) for key in secret.split(","))


def seal(text: str) -> str:
    """Encrypt `text` with the newest data key; the same text seals differently each time."""
    nonce = os.urandom(12)
    sealed = _keys(current_app.config["DATA_KEY"])[0].encrypt(nonce, text.encode(), None)
    return f"{CIPHER}.{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str) -> str:
    """Decrypt what `seal` made. Raises Unreadable when no key fits."""
    cipher, _, body = sealed.partition(".")
    if cipher != CIPHER:
        raise Unreadable(f"unknown cipher {cipher!r}")
    raw = base64.b64decode(body)
    for key in _keys(current_app.config["DATA_KEY"]):
        try:
            return key.decrypt(raw[:12], raw[12:], None).decode()
        except InvalidTag:
            continue
    raise Unreadable("no configured key opens this text")


def resealed(sealed: str) -> str | None:
    """The same text under the newest key; None where it lies under that already. Raises Unreadable."""
    cipher, _, body = sealed.partition(".")
    raw = base64.b64decode(body) if cipher == CIPHER else b""
    try:
        _keys(current_app.config["DATA_KEY"])[0].decrypt(raw[:12], raw[12:], None)
    except (InvalidTag, ValueError):
        return seal(unseal(sealed))
    return None


def keyed_hash(text: str, purpose: str) -> str:
    """A look-up value for `text` that reveals nothing without `HASH_KEY`; `purpose` keeps kinds apart."""
    key = current_app.config["HASH_KEY"].encode()
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
