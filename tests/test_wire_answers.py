"""The parser of answers: every legal framing, in whatever pieces the bytes come."""

from __future__ import annotations

import pytest

from conformance.model import FaultKind
from conformance.wire.answer import Answer, Parser
from conformance.wire.faults import Failed


def parse(data: bytes, *, method: str = "GET", size: int = 1 << 16, ends: bool = False, max_body: int = 1000) -> Answer:
    parser = Parser(method, max_body)
    for start in range(0, len(data), size):
        answer = parser.feed(data[start : start + size])
        if answer:
            return answer
    assert ends, "the answer should be complete without the end of the stream"
    answer = parser.feed(b"")
    assert answer
    return answer


@pytest.mark.parametrize("size", [1, 2, 7, 65536])
@pytest.mark.parametrize(
    ("data", "status", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 200 a  Long pHRASE \xe9\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", 304, b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nx: y\r\n\r\n", 200, b"ok"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n02\r\nok\r\n000\r\n\r\n", 200, b"ok"),
        (
            b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hints\r\na: b\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok",
            200,
            b"ok",
        ),
        (b"HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", 599, b""),
    ],
)
def test_every_framing_in_pieces_of_any_size(data: bytes, status: int, body: bytes, size: int) -> None:
    answer = parse(data, size=size)
    assert (answer.status, answer.body, answer.reusable) == (status, body, True)


@pytest.mark.parametrize("size", [1, 65536])
@pytest.mark.parametrize("line", [b"http/1.1 200 ok", b"HTTP/1.1   200\tOK", b" Http/1.1 200", b"HTTP/1.1 200   OK  "])
def test_a_sloppy_status_line_is_read_and_noted(line: bytes, size: int) -> None:
    answer = parse(line + b"\r\nContent-Length: 2\r\n\r\nok", size=size)
    assert (answer.status, answer.body) == (200, b"ok")
    assert bool(answer.notes) is (line != b"HTTP/1.1 200   OK  ")


@pytest.mark.parametrize("size", [1, 65536])
def test_a_body_may_last_until_the_connection_closes(size: int) -> None:
    answer = parse(b"HTTP/1.0 200 OK\r\n\r\nall of it", ends=True, size=size)
    assert (answer.body, answer.reusable) == (b"all of it", False)


def test_an_answer_to_head_has_no_body() -> None:
    answer = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", method="HEAD")
    assert (answer.status, answer.body, answer.reusable) == (200, b"", True)


def test_headers_keep_order_case_and_repeats() -> None:
    answer = parse(b"HTTP/1.1 200 OK\r\nB: 1\r\na:  2 \r\nB: \xe9\r\nContent-Length: 0\r\n\r\n")
    assert answer.headers == (("B", "1"), ("a", "2"), ("B", "\xe9"), ("Content-Length", "0"))


def test_bytes_after_the_end_are_noted() -> None:
    answer = parse(b"HTTP/1.1 204 No Content\r\n\r\nsurplus")
    assert (answer.reusable, answer.notes) == (False, ("7 bytes came after the answer's end",))


@pytest.mark.parametrize("size", [1001, 5000])
def test_a_body_is_bounded_to_the_byte(size: int) -> None:
    assert len(parse(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000).body) == 1000
    with pytest.raises(Failed) as failure:
        parse(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert failure.value.fault.kind is FaultKind.OVERSIZED


def test_a_body_in_crumbs_is_bounded_by_their_number() -> None:
    with pytest.raises(Failed) as failure:
        parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60_000, max_body=1 << 20)
    assert failure.value.fault.kind is FaultKind.OVERSIZED


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" * 60,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"1;" + b"x" * 20_000 + b"\r\nx\r\n") * 60,
    ],
)
def test_framing_without_a_body_is_bounded_too(data: bytes) -> None:
    with pytest.raises(Failed) as failure:
        parse(data)
    assert failure.value.fault.kind is FaultKind.OVERSIZED
