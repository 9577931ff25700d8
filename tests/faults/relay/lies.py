# SPDX-License-Identifier: BSD-3-Clause
"""Values that are not what was stored, in answers that are as they should be."""

from .deed import Lie, deed

_LAST = 0xFFFFFFFF


@deed
class SwapsValues(Lie):
    """Every session is another visitor's."""

    def value(self, memory, key, truth):
        return memory.other(key)


@deed
class SwapsPayloads(Lie):
    """The header is the session's own, what it heads another visitor's."""

    def value(self, memory, key, truth):
        other = memory.other(key)
        return other and truth.with_payload(type(truth).parse(other).payload).bytes


@deed
class TellsOldValues(Lie):
    """What was stored first, with all that belongs to it."""

    def value(self, memory, key, truth):
        return memory.values[key][0]


@deed
class TellsEmptyValues(Lie):
    def value(self, memory, key, truth):
        return b""


@deed
class TellsHalfOfValues(Lie):
    def value(self, memory, key, truth):
        return truth.bytes[:len(truth.header) + len(truth.payload) // 2]


@deed
class FlipsABit(Lie):
    def value(self, memory, key, truth):
        if not truth.payload:
            return None
        return truth.header + bytes([truth.payload[0] ^ 4]) + truth.payload[1:]


@deed
class TellsAnotherSessionsEnd(Lie):
    """A tombstone, but of another session."""

    def value(self, memory, key, truth):
        return memory.tombstone(but=key)


@deed
class DamagesTheVersion(Lie):
    """The last generation that there is, under the checksum of the true one."""

    def value(self, memory, key, truth):
        return truth.with_version(_LAST).bytes


@deed
class TellsTheLastGeneration(Lie):
    """The session's own payload as generation 2^32-1, sealed as it should be."""

    def value(self, memory, key, truth):
        return truth.with_version(_LAST).sealed(key)


@deed
class ClaimsAnEndlessLength(Lie):
    """The header tells of four gigabytes, sealed as it should be."""

    def value(self, memory, key, truth):
        return truth.patched(28, b"\xff\xff\xff\xff").sealed(key)


@deed
class TellsAVersionOfNothing(Lie):
    """Version (0, 0), sealed as it should be: a value that is none."""

    def value(self, memory, key, truth):
        return truth.with_version(0, 0).sealed(key)


@deed
class TellsOfAnotherFormat(Lie):
    """A format that does not exist yet."""

    def value(self, memory, key, truth):
        return truth.patched(2, b"\x63").bytes


# --- forgeries: well-formed, so that nothing but encryption can tell them ---


@deed
class ForgesAnotherVisitor(Lie):
    """Another visitor's payload, sealed for this session and newer than what it had."""

    def value(self, memory, key, truth):
        other = memory.other(key)
        if other is None:
            return None
        return truth.with_payload(type(truth).parse(other).payload).newer().sealed(key)


@deed
class ForgesAnEnd(Lie):
    """A newer tombstone."""

    def value(self, memory, key, truth):
        return truth.as_tombstone().newer().sealed(key)


@deed
class ForgesAnUnknownCodec(Lie):
    """A newer value that says a later release wrote it."""

    def value(self, memory, key, truth):
        return truth.with_codec(77).newer().sealed(key)


@deed
class ForgesABomb(Lie):
    """A newer frame of zstd that says it holds 2^62 bytes."""

    def value(self, memory, key, truth):
        frame = b"\x28\xb5\x2f\xfd\xe0" + (1 << 62).to_bytes(8, "little") + b"\x01\x00\x00"
        return truth.with_payload(frame).with_codec(1).newer().sealed(key)


@deed
class ForgesWhatPhpCannotRead(Lie):
    """A newer payload that no serializer has made."""

    def value(self, memory, key, truth):
        return truth.with_payload(b"user|O:99:{{{").newer().sealed(key)
