"""Whatever is sent to a real service is answered with 4xx at worst, in the one shape, and the service goes on."""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.book import ringfence

# ruff: noqa: E501
ODD = (
    "", " ", "%00", "%ff%fe", "%F0%9F%92%A9", "%E2%80%AE", "..%2f..%2fetc%2fpasswd", "../../../etc/passwd", "%252e%252e%252f",
    "company:C1' OR '1'='1", "company:C1%22%7D)%20DETACH%20DELETE%20n//", "%7B%7B7*7%7D%7D", "$%7Bjndi:ldap://x%7D",
    "company:" + "A" * 5000, "%ED%A0%80", "-1", "9" * 400, "NaN", "1e999", "true", "[]", "company:%0d%0aX: y",
)  # fmt: skip
ADDRESSES = (
    "/v1/nodes/{}", "/v1/nodes/{}/neighbourhood", "/v1/findings/{}", "/v1/findings?kind={}", "/v1/findings?limit={}",
    "/v1/findings?as_of={}", "/v1/paths?from={}&to=company:C1", "/v1/paths?from=company:C1&to=company:C2&max_hops={}",
    "/v1/ask?question={}", "/v1/ask?question=tcr4&id1={}&id2={}&start={}&end={}", "/{}", "/v1/{}", "/docs?{}", "/v1/health?{}=1",
)  # fmt: skip
BODIES = (
    b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 10_000, b"NaN",
    b'{"node": "\\ud800", "field": "name", "reason": "why"}', b'{"node": "applicant:A1", "field": "name", "reason": "\\ud800abc"}',
    b'{"node": "applicant:A1\\u0000", "field": "name", "reason": "why\\u0000"}', b'{"node": {"$gt": ""}, "field": [], "reason": 1}',
    b'{"node": "applicant:A1", "field": "__proto__", "reason": "why"}', b"x" * (1 << 20), b"x" * (3 << 20),
    b'{"node": "applicant:A1", "node": 7, "field": "name", "reason": "why"}',
)  # fmt: skip
BROKEN = (
    b"\r\n\r\n", b"GET\r\n\r\n", b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"get /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST /v1/reveal HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/reveal HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    b"POST /v1/reveal HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /\x00\x01 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"CONNECT x:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET http://other.example/healthz HTTP/1.1\r\nHost: other.example\r\n\r\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(book, tmp_path_factory):
    """A real service: its port, its key, and its log."""
    made = ringfence("access", "create", "hostile", "--role", "admin", "--role", "investigator", cwd=book)
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0"]
    log = tmp_path_factory.mktemp("log") / "service.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=book, stdout=out, stderr=subprocess.PIPE) as process:
        port = int(re.search(rb"http://127.0.0.1:(\d+)", process.stderr.readline())[1])
        yield port, made.stdout.strip(), log
        process.send_signal(signal.SIGTERM)


def said(port, request):
    """Status, headers and body of the answer to some bytes; None where the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(request)
            told = b"".join(iter(lambda: connection.recv(65536), b""))
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            # It was cut off, or the service waits for what never comes.
            return None
    if not told:
        return None
    head, _, body = told.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), head.lower(), body


def in_order(answer):
    """Whether an answer is one that a request may have: no defect, and an error in the one shape."""
    if answer is None:
        return True
    status, head, body = answer
    if status < 400:
        return True
    return status < 500 and (b"application/problem+json" in head and json.loads(body)["status"] == status)


def head(method, address, key, more=""):
    text = f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{more}\r\n"
    return text.encode("latin-1")


def alive(port):
    return said(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")[0] == 200


def test_odd_names_and_values_in_every_place_of_an_address(server):
    port, key, _ = server
    wrong = []
    for address in ADDRESSES:
        for odd in ODD:
            target = address.replace("{}", odd.replace(" ", "%20").replace("'", "%27"))
            answer = said(port, head("GET", target, key))
            if not in_order(answer):
                wrong.append((target[:90], answer and (answer[0], answer[2][:80])))
    assert not wrong and alive(port)


def test_odd_bodies(server):
    port, key, _ = server
    wrong = []
    for body in BODIES:
        for kind in ("application/json", "text/plain", "multipart/form-data", "application/json; charset=utf-7"):
            more = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            answer = said(port, head("POST", "/v1/reveal", key, more) + body)
            if not in_order(answer):
                wrong.append((body[:60], kind, answer and (answer[0], answer[2][:80])))
    assert not wrong and alive(port)


def test_odd_keys_and_headers(server):
    port, _, _ = server
    for key in ("", "rf_", "x" * 5000, "\xff\xfe", "rf_' OR 1=1 --", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        assert said(port, head("GET", "/v1/findings", key))[0] in (400, 401, 431)
    assert alive(port)


def test_broken_http_is_refused_and_the_service_goes_on(server):
    port, _, _ = server
    for request in BROKEN:
        answer = said(port, request)
        assert answer is None or 400 <= answer[0] < 500, (request[:60], answer)
        assert alive(port)


def test_no_defect_was_logged(server):
    _, _, log = server
    assert '"event": "defect"' not in log.read_text()
