"""What the agents' page makes of a channel with limits, and of those who answer elsewhere: its pure functions."""

from datetime import UTC, datetime

import pytest

NOW = 1_772_445_600_000
"""2026-03-02T10:00:00Z."""


def at(hours):
    """Hours from now, as the server says it."""
    return datetime.fromtimestamp(NOW / 1000 + hours * 3600, UTC).isoformat()


def reach(call, channel="messenger", **window):
    session = {
        "channel": channel,
        "reply_window": {"closes_at": None, "human_closes_at": None, "refused": None} | window,
    }
    return call("assets/admin/channel.js", "reachOf", session, NOW)


@pytest.mark.parametrize(
    ("closes", "human", "words", "tone"),
    [
        (23.9, 167.9, "Messenger takes answers for another 23 h; after that, marked as a human's, for 6 days.", ""),
        (23.9, 23.9, "Messenger takes answers for another 23 h.", ""),
        (
            0.7,
            144.7,
            "Messenger takes answers for another 42 min; after that, marked as a human's, for 6 days.",
            "urgent",
        ),
        (
            -20,
            60,
            "Messenger takes answers marked as a human's for another 2 days. The bot cannot answer any more.",
            "",
        ),
        (
            -143,
            0.5,
            "Messenger takes answers marked as a human's for another 30 min. The bot cannot answer any more.",
            "urgent",
        ),
    ],
)
def test_the_time_that_is_left_to_answer_is_said_and_urgent_in_its_last_hour(call, closes, human, words, tone):
    found = reach(call, closes_at=at(closes), human_closes_at=at(human))

    assert (found["words"], found["tone"]) == (words, tone)


def test_a_channel_without_a_limit_says_nothing_and_only_the_server_closes_one(call):
    assert reach(call, "webchat") is None
    assert reach(call, refused="Too late.")["tone"] == "closed"
    assert reach(call, closes_at=at(-200), human_closes_at=at(-1))["tone"] == "urgent"


@pytest.mark.parametrize(
    ("session", "is_one"),
    [("webchat:abc", True), ("messenger:100.7", True), ("messenger:100", False)],
)
def test_a_pages_own_log_is_no_conversation(call, session, is_one):
    assert call("assets/admin/channel.js", "isConversation", session) is is_one


ME = {"id": "ada", "name": "Ada"}


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"kind": "agent", "id": "ada", "name": "Ada"}, "You"),
        ({"kind": "agent", "id": "", "name": "Page inbox"}, "Page inbox"),
        ({"kind": "bot", "id": "", "name": "Another app"}, "Another app"),
        ({"kind": "bot", "id": "", "name": ""}, "Bot"),
    ],
)
def test_who_writes_elsewhere_is_called_by_their_name(call, author, name):
    assert call("assets/admin/state.js", "writerOf", author, ME, "Grace") == name


@pytest.mark.parametrize(
    ("name", "words"),
    [("Page inbox", "Paused: somebody answers in the Page inbox"), ("Another app", "Paused: Another app answers")],
)
def test_a_pause_by_an_answer_from_elsewhere_says_from_where(call, name, words):
    author = {"kind": "agent", "id": "", "name": name}
    paused = {"seq": 3, "kind": "paused", "author": author, "content": {"trigger": "echo"}}

    assert call("assets/admin/state.js", "lineFor", paused, ME, "Grace")["words"] == words
