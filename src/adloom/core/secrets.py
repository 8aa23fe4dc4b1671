"""Sealing of secrets: AES-256-GCM with a ring of keys, each sealed text bound to the row it stands in.

A sealed text is `v1:<key id>:<base64 of nonce and ciphertext>`. The newest key seals; any key of the ring opens.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adloom.core import settings
from adloom.core.errors import Invalid

_NONCE_BYTES = 12
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id, the newest first."""

    keys: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """A ring of `id:base64` entries, separated by commas or white space; raises Invalid for anything else."""
        entries = text.replace(",", " ").split()
        if not entries:
            raise Invalid.field("ADLOOM_SECRET_KEYS", "it holds no key.", "Write id:base64 of 32 random bytes.")
        return cls(tuple(_parse_key(entry) for entry in entries))

    def seal(self, plaintext: str, *, bound_to: str) -> str:
        """The plaintext, sealed by the newest key; opens only with the same `bound_to`."""
        key_id, key = self.keys[0]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, plaintext.encode(), bound_to.encode())
        return f"v1:{key_id}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, *, bound_to: str) -> str:
        """The plaintext of a sealed text; raises Invalid for an unknown key, another row, or a changed text."""
        version, key_id, payload = (*sealed.split(":", 2), "", "")[:3]
        key = dict(self.keys).get(key_id)
        if version != "v1" or key is None:
            raise Invalid.field(
                "ADLOOM_SECRET_KEYS",
                f"no key {key_id!r} to open this secret.",
                "Put that key back into the ring.",
            )
        raw = base64.b64decode(payload)
        try:
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to.encode()).decode()
        except InvalidTag:
            raise Invalid.field(
                "secret", "it was changed, or belongs to another row.", "Connect the platform again."
            ) from None

    def fingerprint(self, plaintext: str, *, bound_to: str) -> UUID:
        """The same id for the same plaintext while the newest key is the same; not to be guessed without the key."""
        message = f"fingerprint:{bound_to}:{plaintext}".encode()
        return UUID(bytes=hmac.digest(self.keys[0][1], message, "sha256")[:16])


def load_ring(config: settings.Settings) -> KeyRing:
    """The installation's key ring: from the setting, else from HOME, where it is made once (mode 0600)."""
    if config.secret_keys is not None:
        return KeyRing.parse(config.secret_keys.get_secret_value())
    if config.database_url is not None:
        raise Invalid.field(
            "ADLOOM_SECRET_KEYS",
            "an external database needs keys of its own.",
            "Set id:base64 of 32 random bytes.",
        )
    return KeyRing.parse(_made_once(config.home_path() / "secrets" / "keys", prefix="k1:"))


def load_jwt_key(config: settings.Settings) -> bytes:
    """The 32 bytes that sign access tokens: from the setting, else made once in HOME (mode 0600)."""
    if config.jwt_key is not None:
        return _decode(config.jwt_key.get_secret_value(), name="ADLOOM_JWT_KEY")
    if config.database_url is not None:
        raise Invalid.field("ADLOOM_JWT_KEY", "an external database needs a key.", "Set base64 of 32 random bytes.")
    return _decode(_made_once(config.home_path() / "secrets" / "jwt"), name="secrets/jwt")


def write_once(path: Path, text: str) -> str:
    """Writes a secret file (0600) unless it exists, and returns what the file holds: of two writers, one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    temporary.touch(mode=0o600)
    temporary.write_text(text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path.read_text()


def _made_once(path: Path, *, prefix: str = "") -> str:
    if path.exists():
        return path.read_text().strip()
    return write_once(path, prefix + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n").strip()


def _parse_key(entry: str) -> tuple[str, bytes]:
    key_id, _, encoded = entry.partition(":")
    return key_id, _decode(encoded, name="ADLOOM_SECRET_KEYS")


def _decode(encoded: str, *, name: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise Invalid.field(name, "a key must be 32 bytes in base64.", "Make one: openssl rand -base64 32")
    return key
