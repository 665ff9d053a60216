"""Inputs that have broken services before, by name: ids, cursors, numbers, bodies and headers, as bytes on the wire.

A case that breaks something stays here for good.
"""

import base64
import gzip
import json

DEPTH = 100_000
GATEWAY_LIMIT = 10 * 1024 * 1024
"""Bytes of a body that API Gateway takes at most, and the local server too."""

IDS: dict[str, bytes] = {
    "dot": b".",
    "dots": b"..",
    "dots encoded": b"%2e%2e",
    "dots encoded twice": b"%252e%252e",
    "up and away": b"..%2f..%2f..%2fetc%2fpasswd",
    "up and away, backwards": b"..%5c..%5capp.py",
    "slash encoded": b"webchat%3Aa%2Fpause",
    "slash encoded twice": b"webchat%3Aa%252Fpause",
    "colon encoded twice": b"webchat%253Aa",
    "NUL": b"webchat%3Aa%00",
    "NUL first": b"%00",
    "newline": b"webchat%3Aa%0a",
    "header in it": b"webchat%3Aa%0d%0aSet-Cookie:%20a=b",
    "delete": b"webchat%3Aa%7f",
    "right to left": b"webchat%3A%e2%80%ae%d9%85",
    "zero width": b"webchat%3Aa%e2%80%8b",
    "byte order mark": b"%ef%bb%bfwebchat%3Aa",
    "lone surrogate": b"webchat%3A%ed%a0%80",
    "four bytes": b"webchat%3A%f0%9f%8e%89",
    "beyond Unicode": b"webchat%3A%f4%90%80%80",
    "overlong slash": b"webchat%3Aa%c0%af..",
    "overlong NUL": b"webchat%3Aa%c0%80",
    "cut in the middle of a character": b"webchat%3A%e2%82",
    "no hex": b"webchat%3A%zz",
    "percent alone": b"%",
    "percent at the end": b"webchat%3Aa%",
    "IIS' own": b"webchat%3A%u0041",
    "raw UTF-8": "webchat:é".encode(),
    "raw byte": b"webchat:\xff",
    "full width": b"webchat%ef%bc%9a%ef%bd%81",
    "combining": b"webchat%3Ae%cc%81",
    "plus": b"webchat%3Aa+b",
    "space": b"webchat%3Aa%20b",
    "semicolon": b"webchat%3Aa;b=c",
    "query in it": b"webchat%3Aa%3Fx=1",
    "fragment in it": b"webchat%3Aa%23x",
    "no channel": b"%3Aa",
    "no user": b"webchat%3A",
    "only colons": b"%3A%3A%3A",
    "other channel": b"telegram%3Aa",
    "upper case channel": b"WEBCHAT%3Aa",
    "Messenger's": b"messenger%3A123.456",
    "of 100": b"webchat%3A" + b"a" * 100,
    "of 101": b"webchat%3A" + b"a" * 101,
    "of 8,000": b"webchat%3A" + b"a" * 8_000,
    "of 8,000 encoded": b"%61" * 8_000,
    "SQL": b"webchat%3Aa'%20OR%201=1--",
    "a key's parts": b"webchat%3Aa%23e%23000000000001",
    "a template": b"%7b%7b7*7%7d%7d$%7bjndi:ldap://a%7d",
    "a number": b"99999999999999999999999999",
    "null": b"null",
    "undefined": b"undefined",
    "base64 of nothing": b"Iw",
    "base64 of no number": base64.urlsafe_b64encode(b"x#webchat:a").rstrip(b"="),
    "base64 of a huge number": base64.urlsafe_b64encode(b"9" * 12 + b"#webchat:a").rstrip(b"="),
    "base64 of too huge a number": base64.urlsafe_b64encode(b"9" * 400 + b"#webchat:a").rstrip(b"="),
    "base64 of other digits": base64.urlsafe_b64encode("٣#webchat:a".encode()).rstrip(b"="),
    "base64 of bytes": base64.urlsafe_b64encode(b"\xff\xfe#webchat:a").rstrip(b"="),
    "base64 with another end": b"MSN3ZWJjaGF0OmF=",
    "base64 with a break": b"MSN3ZWJj%0aaGF0OmE",
}


def _sealed(key: str) -> bytes:
    return base64.urlsafe_b64encode(key.encode("utf-8", "surrogatepass")).rstrip(b"=")


CURSORS: dict[str, bytes] = {
    "of no list": _sealed("#"),
    "of the sessions": _sealed("70000000#webchat:a"),
    "of the paused": _sealed("0#2026-11-22T20:40:12.123456Z#webchat:a"),
    "of the notifications": _sealed("2026-11-22T20:40:12.123456Z#webchat:a#000000000001"),
    "of what is parked": _sealed("2026-11-22T20:40:12.123456Z#a"),
    "of names": _sealed("ann\x1f#webchat:a"),
    "cut": _sealed("70000000#webchat:a")[:-1],
    "cut to one": b"N",
    "with an end": _sealed("70000000#webchat:a") + b"%3D%3D",
    "of the other alphabet": b"Nz%2FA",
    "NUL inside": _sealed("a#\x00"),
    "surrogate inside": _sealed("a#\ud800"),
    "beyond all keys": _sealed("\U0010ffff" * 50 + "#"),
    "huge": _sealed("a#" + "a" * 7_000),
    "over the limit": b"a" * 1_001,
    "raw bytes": b"%ff%fe",
    "SQL": b"'%3B%20DROP%20TABLE%20sessions%3B--",
    "empty": b"",
    "twice": _sealed("a#") + b"&cursor=" + _sealed("b#"),
    "nested": b"a&cursor[0]=a",
}

NUMBERS: dict[str, bytes] = {
    "negative": b"-1",
    "zero": b"0",
    "fraction": b"1.5",
    "exponent": b"1e3",
    "hex": b"0x10",
    "underscore": b"1_0",
    "plus": b"%2B1",
    "space": b"%201",
    "Arabic": b"%d9%a3",
    "superscript": b"%c2%b2",
    "2^31": b"2147483648",
    "2^63": b"9223372036854775808",
    "10^12": b"1000000000000",
    "of 5,000 digits": b"9" * 5_000,
    "infinity": b"Infinity",
    "not a number": b"NaN",
    "true": b"true",
    "empty": b"",
    "NUL": b"%00",
}


PATH_NUMBERS: dict[str, bytes] = {
    **{case: hard for case, hard in NUMBERS.items() if case not in ("empty", "zero", "2^31", "10^12")},
    "10^30": b"1" + b"0" * 30,
    "a name": b"first",
    "dots": b"..",
    "slash encoded": b"1%2F2",
    "encoded twice": b"%2531",
    "newline": b"1%0a",
    "lone surrogate": b"%ed%a0%80",
    "raw byte": b"\xb2",
    "full width": b"%ef%bc%91",
}
"""Parts of a path where a whole number belongs."""


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


BODIES: dict[str, bytes] = {
    "half": b"{",
    "list": b"[]",
    "null": b"null",
    "number": b"1",
    "text": b'"text"',
    "two": b"{}{}",
    "comment": b"{/**/}",
    "single quotes": b"{'text': 'a'}",
    "trailing comma": b'{"text": "a",}',
    "NaN": b'{"seq": NaN, "text": "a", "id": "a", "payload": NaN}',
    "infinity": b'{"seq": -Infinity, "until": Infinity}',
    "deep list": b'{"content": ' + b"[" * DEPTH + b"]" * DEPTH + b"}",
    "deep object": b'{"content":' * 20_000 + b"1" + b"}" * 20_000,
    "deep and unfinished": b"[" * DEPTH,
    "digits": b'{"seq": ' + b"9" * 5_000 + b"}",
    "exponent": b'{"seq": 1e999}',
    "negative zero": b'{"seq": -0.5}',
    "duplicate keys": b'{"seq": 1, "seq": -1, "text": "a", "text": 1, "id": "a", "id": 7, "payload": "a", "payload": 7}',
    "unknown key": b'{"__proto__": {"a": 1}, "constructor": 1}',
    "empty key": b'{"": ""}',
    "wrong types": _json({"id": 7, "text": [], "content": "a", "seq": "x", "payload": {}, "until": 5, "force": "yes"}),
    "nulls": _json(dict.fromkeys(("id", "text", "content", "seq", "payload", "force", "name", "reason"))) + b"x",
    "lone surrogate key": b'{"\\ud800": 1}',
    "NUL key": b'{"\\u0000": 1}',
    "control character": b'{"text": "\x01"}',
    "byte order mark": b"\xef\xbb\xbf[]",
    "UTF-16": "[1]".encode("utf-16"),
    "UTF-32": "[1]".encode("utf-32"),
    "invalid UTF-8": b'{"text": "\xff\xfe"}',
    "overlong UTF-8": b'{"text": "\xc0\xaf"}',
    "cut UTF-8": b'{"text": "\xe2\x82',
    "NUL": b"\x00",
    "gzip": gzip.compress(b"{}", mtime=0),
    "form": b"id=a&text=b",
    "multipart": b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\nb\r\n--a--',
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a pickle": b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}.",
    "spaces over our limit": b" " * (256 * 1024 + 1),
    "keys over our limit": b"{" + b",".join(b'"%d":1' % number for number in range(40_000)) + b"}",
    "text over our limit": _json({"id": "a", "text": "a" * (256 * 1024), "payload": "a", "seq": 1}),
    "almost 10 MB": b"{" + b" " * (GATEWAY_LIMIT - 2) + b"}",
    "over 10 MB": b"{" + b" " * GATEWAY_LIMIT + b"}",
}
"""None of them is a request that any route takes."""

HEADERS: dict[str, list[tuple[bytes, bytes]]] = {
    "500 of them": [(b"X-%d" % number, b"a") for number in range(500)],
    "one of 30 kB": [(b"X-Big", b"a" * 30_000)],
    "a name of 10 kB": [(b"X" * 10_000, b"a")],
    "folded": [(b"X-Folded", b"a\r\n b")],
    "without a value": [(b"X-Nothing", b"")],
    "bytes": [(b"X-Bytes", b"\xff\xfe")],
    "of ours": [(b"Hitl-Visitor-Token", b"a"), (b"X-Amz-Request-Id", b"a")],
    "type of nothing": [(b"Content-Type", b"")],
    "type of two": [(b"Content-Type", b"text/plain"), (b"Content-Type", b"application/json")],
    "type with a charset that is none": [(b"Content-Type", b"application/json; charset=\xff")],
    "type of 5 kB": [(b"Content-Type", b"application/json;" + b"a" * 5_000)],
    "form": [(b"Content-Type", b"application/x-www-form-urlencoded")],
    "multipart without its boundary": [(b"Content-Type", b"multipart/form-data")],
    "compressed, it says": [(b"Content-Encoding", b"gzip")],
    "all encodings": [(b"Accept-Encoding", b"gzip, br, zstd, *;q=0.1, \xff")],
    "no type is acceptable": [(b"Accept", b"image/png;q=0, */*;q=0")],
    "binary is acceptable": [(b"Accept", b"image/png")],
    "a tag": [(b"If-None-Match", b'"' * 1_000)],
    "any tag": [(b"If-None-Match", b"*"), (b"If-Modified-Since", b"never")],
    "a range": [(b"Range", b"bytes=" + b"0-1," * 1_000)],
    "another host": [(b"X-Forwarded-Host", b"evil.example"), (b"X-Forwarded-Proto", b"gopher")],
    "another method": [(b"X-HTTP-Method-Override", b"DELETE")],
    "another path": [(b"X-Original-URL", b"/admin"), (b"X-Rewrite-URL", b"/admin")],
    "another origin": [(b"Origin", b"null"), (b"Access-Control-Request-Method", b"POST")],
    "cookies": [(b"Cookie", b"a=b; " * 1_000)],
    "an upgrade": [(b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"Sec-WebSocket-Key", b"a")],
    "an upgrade to HTTP/2": [
        (b"Connection", b"Upgrade, HTTP2-Settings"),
        (b"Upgrade", b"h2c"),
        (b"HTTP2-Settings", b""),
    ],
    "an expectation": [(b"Expect", b"100-continue")],
    "an expectation of a miracle": [(b"Expect", b"200-ok")],
    "trailers": [(b"TE", b"trailers"), (b"Trailer", b"Authorization")],
    "a prototype": [(b"__proto__", b"a"), (b"constructor", b"a")],
    "a name with a space": [(b"X Y", b"a")],
    "no colon": [(b"nonsense\r\nX", b"a")],
    "NUL": [(b"X-Nul", b"a\x00b")],
    "a line feed alone": [(b"X-Feed", b"a\nX-Other: b")],
    "a return alone": [(b"X-Return", b"a\rX-Other: b")],
}

CREDENTIALS: dict[str, list[bytes]] = {
    "none": [],
    "empty": [b""],
    "no scheme": [b"%s"],
    "basic": [b"Basic %s"],
    "two schemes": [b"Bearer Bearer %s"],
    "a list": [b"Bearer %s, Bearer %s"],
    "the good one, then a bad one": [b"Bearer %s", b"Bearer nonsense"],
    "cut": [b"Bearer %sx"],
    "bytes": [b"Bearer \xff%s"],
    "of 30 kB": [b"Bearer " + b"a" * 30_000],
    "dots": [b"Bearer ..."],
    "a token signed by nobody": [b"Bearer eyJhbGciOiJub25lIn0.eyJ2IjoiYSJ9."],
    "base64 of nothing": [b"Bearer ."],
    "UTF-8": [b"Bearer \xc3\xa9.\xc3\xbc"],
    "a number": [b"Bearer 0"],
}
"""Values of Authorization that must let nobody in; %s stands for a good token."""

FRAMES: dict[str, bytes] = {
    "two lengths": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "two lengths in one": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 2, 2\r\n\r\n{}",
    "a length and chunks": (
        b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "chunks, nearly": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks and then not": (
        b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "a space before the colon": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length : 2\r\n\r\n{}",
    "a negative length": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: -2\r\n\r\n{}",
    "a signed length": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: +2\r\n\r\n{}",
    "a length in hex": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 0x2\r\n\r\n{}",
    "a length beyond all numbers": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
    "a chunk of no size": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
    "a chunk of a huge size": (
        b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n{}\r\n0\r\n\r\n"
    ),
    "a chunk of a negative size": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a folded header": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length:\r\n 2\r\n\r\n{}",
    "a header with NUL": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\nX\x00: a\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": b"POST %s HTTP/1.1\r\nHost: a\r\n%s\r\n: a\r\nContent-Length: 2\r\n\r\n{}",
    "a method in small letters": b"post %s HTTP/1.1\r\nHost: a\r\n%s\r\nContent-Length: 2\r\n\r\n{}",
    "a version to come": b"POST %s HTTP/7.7\r\nHost: a\r\n%s\r\nContent-Length: 2\r\n\r\n{}",
    "no version": b"POST %s\r\nHost: a\r\n%s\r\nContent-Length: 2\r\n\r\n{}",
    "another protocol": b"POST %s ICE/1.0\r\nHost: a\r\n%s\r\nContent-Length: 2\r\n\r\n{}",
}
"""Requests whose end is unclear, or that are no HTTP: the first gap takes a path, the second a header line.

They are never obeyed: what one server takes for a body, another takes for the next request.
"""

TARGETS: dict[str, bytes] = {
    "nothing": b"*",
    "an address": b"http://a/api/health",
    "an address without a path": b"http://a",
    "an authority": b"a:443",
    "no slash": b"api/health",
    "two slashes": b"//api/health",
    "a slash at the end": b"/api/health//",
    "a backslash": b"/api\\health",
    "up": b"/assets/../api/health",
    "up encoded": b"/assets/%2e%2e/%2e%2e/app.py",
    "a parameter in the path": b"/api;a=b/health",
    "NUL": b"/api/health\x00",
    "NUL encoded": b"/api/health%00",
    "bytes": b"/\xff\xfe",
    "UTF-8": "/é".encode(),
    "a fragment": b"/api/health#a",
    "only a query": b"?a=b",
    "a query without names": b"/api/health?=&&=a;&%00=%ff",
    "a query of 50 kB": b"/api/health?" + b"a=b&" * 12_500,
    "a path of 50 kB": b"/" + b"a" * 50_000,
    "a path of 10,000 parts": b"/a" * 10_000,
}
