"""Gzipped texts whose long beginning is compressed once for many of them."""

import zlib
from dataclasses import dataclass
from struct import Struct

HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflate; no name, no time, no system
TRAILER = Struct("<LL")                    # checksum and length of the text
LENGTHS = 1 << 32                          # the length is kept modulo this
LEVEL = 6


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a text, compressed so that any rest can follow."""

    deflated: bytes
    checksum: int
    length: int

    @classmethod
    def of(cls, text: bytes) -> "Head":
        packer = _packer()
        # A full flush ends on a whole byte, and what follows refers to nothing before it.
        deflated = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
        return cls(deflated, zlib.crc32(text), len(text))


def gzip_after(head: Head, rest: bytes) -> bytes:
    """Return the gzipped text: one member, as some clients read no more than one.

    >>> import gzip
    >>> gzip.decompress(gzip_after(Head.of(b'{"run": [], '), b'"skip": []}'))
    b'{"run": [], "skip": []}'
    """
    packer = _packer()
    return b"".join((
        HEADER, head.deflated, packer.compress(rest), packer.flush(),
        TRAILER.pack(zlib.crc32(rest, head.checksum), (head.length + len(rest)) % LENGTHS)))


def _packer() -> "zlib._Compress":
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
