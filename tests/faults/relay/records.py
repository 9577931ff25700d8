# SPDX-License-Identifier: BSD-3-Clause
"""The values of docs/format.md, taken apart and forged: hostile stores can count checksums, too."""

import ctypes
from dataclasses import dataclass, replace

_MAGIC = b"\xa5\x5e"
_TOMBSTONE = 1
_xxhash = ctypes.CDLL("libxxhash.so.0")
_xxhash.XXH3_64bits.restype = ctypes.c_uint64
_xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def is_record(value):
    return len(value) >= 40 and value.startswith(_MAGIC)


@dataclass(frozen=True)
class Record:
    """A stored value: the header as it is (with whatever format) and the payload."""

    header: bytes
    payload: bytes

    @classmethod
    def parse(cls, value):
        size = 40 if value[2] == 1 else 48 + int.from_bytes(value[44:46], "big")
        return cls(value[:size], value[size:])

    @property
    def version(self):
        return int.from_bytes(self.header[4:8], "big"), int.from_bytes(self.header[8:12], "big")

    @property
    def is_tombstone(self):
        return bool(self.header[3] & _TOMBSTONE)

    @property
    def is_note(self):
        """Something that web hosts tell each other, not a session."""
        return self.payload.startswith((b"life=", b"stores="))

    def patched(self, at, data):
        return replace(self, header=self.header[:at] + data + self.header[at + len(data):])

    def with_version(self, generation, nonce=0x0BADCAFE):
        return self.patched(4, generation.to_bytes(4, "big") + nonce.to_bytes(4, "big"))

    def newer(self):
        return self.with_version(self.version[0] + 1)

    def with_codec(self, codec):
        return self.patched(26, codec.to_bytes(2, "big"))

    def with_payload(self, payload):
        return replace(self, payload=payload).patched(28, len(payload).to_bytes(4, "big"))

    def as_tombstone(self):
        return self.with_payload(b"").patched(3, bytes([self.header[3] | _TOMBSTONE]))

    def sealed(self, key):
        """The value's bytes with a checksum that is right for that key."""
        if self.header[2] == 1:
            return self._with_checksum(32, self.header[:32] + self.payload)
        covered = key + self.header[:12] + self.header[20:] + self.payload
        return self._with_checksum(12, covered)

    def _with_checksum(self, at, covered):
        checksum = _xxhash.XXH3_64bits(covered, len(covered))
        return self.patched(at, checksum.to_bytes(8, "big")).bytes

    @property
    def bytes(self):
        return self.header + self.payload


def fingerprint(value):
    """What memcached's client flags say of a value (docs/format.md, 3.1)."""
    if len(value) < 12:
        return 0
    generation, nonce = int.from_bytes(value[4:8], "big"), int.from_bytes(value[8:12], "big")
    return (nonce ^ (generation * 0x9E3779B1 & 0xFFFFFFFF)) & 0x7FFFFFFF
