"""Calls of the Graph API: what became of them, and what nobody gets to see."""

import logging
import traceback

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.channels.messenger_errors import GraphRefused
from chalicelib.channels.messenger_graph import Graph
from tests.alerts.receiver import Receiver, drip, hang, hang_up, status
from tests.channels.graph_server import LONG, SECRET, TOKEN, asked, graph, refuse, reply

CLASSIC = "0d08f2300b8fadea8ce3c161611520875204268c45cc1355e7a6d6f1cfc30ec4"
TIMED = "7a491bbeaa4fa6b820be1e8536776da96e527a9bcf58ee59bb294dcb3ea0a225"
WORDS = "words of a user"
SHORT = 0.2


def post(server, seconds=LONG, **options):
    return graph(server, **options).post("1/messages", TOKEN, {"text": WORDS}, seconds=seconds)


def get(server, seconds=LONG, **options):
    return graph(server, **options).get("1", TOKEN, seconds=seconds, fields="id")


def outcome(answer, act, seconds=LONG):
    with Receiver(answer) as server, pytest.raises(SendFailed) as raised:
        act(server, seconds)
    return raised.value.outcome


def test_a_call_is_json_both_ways_to_a_version_that_is_named():
    with Receiver(reply({"a": 1})) as server:
        assert post(server) == {"a": 1}

    assert asked(server) == [("POST", "/v25.0/1/messages", {}, {"text": WORDS})]
    [(_, headers, _)] = server.requests
    assert headers["Authorization"] == f"Bearer {TOKEN}"


def test_what_is_read_is_asked_in_the_address():
    with Receiver(reply({"id": "1"})) as server:
        get(server)

    assert asked(server) == [("GET", "/v25.0/1", {"fields": "id"}, {})]


def test_a_token_in_the_body_is_in_no_header():
    with Receiver(reply({"id": "1"})) as server:
        post(server, token_in_body=True)
        get(server, token_in_body=True)

    posted, got = asked(server)
    assert posted == ("POST", "/v25.0/1/messages", {}, {"text": WORDS, "access_token": TOKEN})
    assert got == ("POST", "/v25.0/1", {}, {"fields": "id", "method": "get", "access_token": TOKEN})
    assert all("Authorization" not in headers for _, headers, _ in server.requests)


@pytest.mark.parametrize(
    ("options", "proof"),
    [
        ({}, {}),
        ({"secret": SECRET, "proof": "none"}, {}),
        ({"secret": SECRET}, {"appsecret_proof": CLASSIC}),
        ({"secret": SECRET, "proof": "classic"}, {"appsecret_proof": CLASSIC}),
        ({"secret": SECRET, "proof": "timed"}, {"appsecret_proof": TIMED, "appsecret_time": "1790000000"}),
    ],
    ids=str,
)
def test_a_call_proves_that_it_knows_the_secret(options, proof):
    with Receiver(reply({})) as server:
        get(server, clock=lambda: 1790000000.9, **options)
        post(server, clock=lambda: 1790000000.9, **options)

    got, posted = asked(server)
    assert got[2] == {"fields": "id", **proof}
    assert posted[3] == {"text": WORDS, **proof}


# 6.10 what became of it


@pytest.mark.parametrize("act", [post, get])
def test_what_never_connected_may_be_done_later(act, free_port):
    class Nowhere:
        port = free_port

    with pytest.raises(SendFailed) as raised:
        act(Nowhere)

    assert raised.value.outcome == "later"


def test_a_host_that_nobody_knows_may_be_asked_later():
    with pytest.raises(SendFailed) as raised:
        Graph(base_url=f"https://{'a' * 64}.invalid", version="v25.0").post("1", TOKEN, {}, seconds=LONG)

    assert raised.value.outcome == "later"


UNCLEAR = [
    ("a timeout", hang, SHORT),
    ("an answer that drips", drip(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", b" " * 2000), SHORT),
    ("a reset", hang_up, LONG),
    (
        "an answer that breaks off",
        lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        LONG,
    ),
    ("no HTTP", lambda connection, _: connection.sendall(b"SSH-2.0\r\n"), LONG),
    ("a 500 without an error", status("500 Oops"), LONG),
    ("a 502 of a proxy's", reply(b"<html>", "502 Bad Gateway"), LONG),
    ("an unreadable 200", reply(b"{"), LONG),
    ("a 200 that is no object", reply([]), LONG),
    ("a 200 in another encoding", reply(b"\xff\xfe"), LONG),
    ("a 200 too deep to read", reply(b"[" * 100_000), LONG),
    ("a 200 too long to read", reply(b" " * (1024 * 1024 + 1)), LONG),
]


@pytest.mark.parametrize(("answer", "seconds"), [case[1:] for case in UNCLEAR], ids=[case[0] for case in UNCLEAR])
def test_what_may_have_been_done_is_unknown_and_what_only_reads_may_be_asked_again(answer, seconds):
    assert outcome(answer, post, seconds) == "unknown"
    assert outcome(answer, get, seconds) == "later"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refuse(2, line="500 Oops"), "later"),
        (refuse(987654, line="500 Oops"), "later"),
        (refuse(190, 460), "stopped"),
        (refuse(190, 460, line="200 OK"), "stopped"),
        (refuse(1, 1357046, line="500 Oops"), "unknown"),
        (reply(b"<html>", "429 Too Many"), "later"),
        (reply(b"<html>", "404 Not Found"), "failed"),
        (status("302 Found", "Location: http://127.0.0.1:9/"), "failed"),
    ],
)
def test_an_answer_that_tells_of_an_error_is_believed(answer, expected):
    assert outcome(answer, post) == expected


def test_nothing_is_asked_twice_on_its_own():
    with Receiver(hang_up) as server, pytest.raises(SendFailed):
        post(server)

    assert len(server.requests) == 1


def test_a_rate_limit_tells_when_to_come_back():
    limits = '{"1": [{"type": "messenger", "estimated_time_to_regain_access": 3}]}'
    with (
        Receiver(refuse(613, headers={"X_Business_Use_Case_Usage": limits})) as server,
        pytest.raises(SendFailed) as raised,
    ):
        post(server)

    assert raised.value.retry_after_seconds == 180


# 6.11 what nobody gets to see

ALL = {**{case[0]: case[1:] for case in UNCLEAR}, "an error": (refuse(100, message=f"{WORDS} {TOKEN}"), LONG)}


@pytest.mark.parametrize(("answer", "seconds"), ALL.values(), ids=ALL)
@pytest.mark.parametrize("act", [post, get])
@pytest.mark.parametrize("token_in_body", [False, True])
def test_no_token_and_no_words_show_in_errors_logs_and_addresses(answer, seconds, act, token_in_body, caplog):
    with caplog.at_level(logging.DEBUG), Receiver(answer) as server, pytest.raises(SendFailed) as raised:
        act(server, seconds, secret=SECRET, token_in_body=token_in_body)

    told = "".join(traceback.format_exception(raised.value)) + caplog.text + str([line for line, *_ in server.requests])
    for secret in (TOKEN, SECRET, WORDS):
        assert secret not in told


def test_the_log_has_metas_own_id_of_an_error(caplog):
    with Receiver(refuse(100, 33)) as server, pytest.raises(GraphRefused):
        post(server)

    assert caplog.messages == ["Graph API: code 100/33, status 400, trace AbC-1"]


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "ä", "\ud800"])
def test_a_token_that_can_be_none_stops_at_once_and_is_not_repeated(token):
    with Receiver(reply({})) as server, pytest.raises(SendFailed) as raised:
        graph(server).post("1", token, {}, seconds=LONG)

    assert raised.value.outcome == "stopped"
    assert server.requests == []
    assert not token or token not in str(raised.value)
