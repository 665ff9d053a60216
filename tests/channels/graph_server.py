"""A Graph API on loopback that answers as it is told, and the parts that call it."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.channels.messenger import MessengerChannel
from chalicelib.channels.messenger_graph import Graph
from tests.alerts.receiver import Receiver

TOKEN = "unit-test-token"
SECRET = "unit-test-secret"
PAGE = "1002003004"
USER = "7007007007"
SESSION = f"messenger:{PAGE}.{USER}"
ACCOUNT = f"messenger:{PAGE}"
LONG = 20.0


def reply(body, line="200 OK", **headers):
    """An answer with this JSON, or these bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {line}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    head += [f"Content-Length: {len(content)}", "", ""]
    return lambda connection, stopped: connection.sendall("\r\n".join(head).encode() + content)


def refuse(code, subcode=None, line="400 Bad Request", message="words of Meta's", headers=None, **more):
    error = {"message": message, "code": code, "error_subcode": subcode, "fbtrace_id": "AbC-1", **more}
    return reply({"error": error}, line, **(headers or {}))


SENT = reply({"recipient_id": USER, "message_id": "m_21"})


def graph(server, **options):
    return Graph(base_url=f"http://127.0.0.1:{server.port}", version="v25.0", **options)


def channel(server, **options):
    return MessengerChannel(graph(server, **options), {PAGE: TOKEN}, seconds=LONG)


def asked(server):
    """The calls that came: method, path, query, body."""
    calls = []
    for line, headers, body in server.requests:
        method, target, _ = line.split()
        parts = urlsplit(target)
        query = {name: value for name, [value] in parse_qs(parts.query).items()}
        is_json = headers.get("Content-Type") == "application/json"
        given = json.loads(body) if is_json else {name: value for name, [value] in parse_qs(body.decode()).items()}
        calls.append((method, parts.path, query, given))
    return calls


def doing(answer, act):
    """What `act(channel)` gives while the API answers so, and the calls it made."""
    with Receiver(answer) as server:
        given = act(channel(server))
    return given, asked(server)


def failing(answer, act, error):
    """The error that `act(channel)` raises while the API answers so."""
    with Receiver(answer) as server, pytest.raises(error) as raised:
        act(channel(server))
    return raised.value
