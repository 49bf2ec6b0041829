"""A page's bytes to text: transfer coding that nobody asked for, charset, sizes. Standard library only."""

from __future__ import annotations

import codecs
import re
import zlib

LARGEST = 2 << 20
"""Characters of a page that are read; what follows is left out."""

_CHARSETS = ("utf-8", "utf-16", "iso8859", "cp", "gb", "big5", "euc", "shift", "koi8", "ascii", "tis-620", "iso2022")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{1,500}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def unpacked(body: bytes, coding: str) -> bytes:
    """The body without a gzip or deflate coding, at most 4 bytes for each of `LARGEST`; other codings as they came."""
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    for bits in (47, -15):
        try:
            return zlib.decompressobj(bits).decompress(body, 4 * LARGEST)
        except zlib.error:
            continue
    return body


def decoded(body: bytes, content_type: str) -> tuple[str, str]:
    """A page's text and the name of its charset: byte order mark, header, meta, UTF-8, windows-1252, in this order.

    Control characters become U+FFFD, so that they reach neither the parser nor a terminal.
    """
    charset = _charset(body, content_type)
    text = body[: 4 * LARGEST].decode(charset, errors="replace")[:LARGEST]
    return _NOT_TEXT.sub("\ufffd", text.removeprefix("\ufeff")), charset


def _charset(body: bytes, content_type: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    header = _HEADER_CHARSET.search(content_type)
    meta = _META_CHARSET.search(body[:4096])
    # A meta element that could be read as ASCII cannot be in UTF-16 (WHATWG HTML 13.2.3.2).
    inner = meta[1].decode("ascii", "replace") if meta else ""
    inner = "utf-8" if inner.lower().startswith("utf-16") else inner
    for label in (header[1] if header else "", inner):
        if name := _known(label):
            return name
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _known(label: str) -> str:
    """Python's codec for a label, if it is one of characters; browsers read ASCII and Latin-1 as windows-1252."""
    if not label:
        return ""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    if name in ("ascii", "iso8859-1"):
        return "cp1252"
    return name if name.startswith(_CHARSETS) else ""
