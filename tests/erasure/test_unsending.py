"""A word of a message that its user took back is found nowhere, by whatever way it came in and whoever repeated it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.wiring import desk
from tests.channels.deliveries import SESSION, USER, echo, event, said
from tests.erasure.conftest import now
from tests.erasure.places import Contents
from tests.erasure.words import ways, word
from tests.handlers.api import Api
from tests.handlers.meta import Meta
from tests.handlers.people import hire

PICTURE = {"type": "image", "payload": {"url": "https://a.example/lamp.png"}}


def tells(meta: Meta, *events: dict[str, Any]) -> None:
    for told in events:
        meta.tells(now(told))


def takes_back(meta: Meta, *mids: str) -> None:
    """The user takes back these messages, and what is due after that is done."""
    tells(meta, *(event(message={"mid": mid, "is_deleted": True}) for mid in mids))
    desk().sweeper.sweep()


def answered(what: str, mid: str = "m_1") -> dict[str, Any]:
    """A message that the bot repeats: in its messages and buttons, in alerts, or in the reason of a pause."""
    return said(f"{what} {word('message')} and\n  {word('note')}", mid=mid)


def captioned() -> dict[str, Any]:
    picture = {"type": "image", "payload": {"url": f"https://a.example/{word('image')}"}}
    return said(f"{word('message')}", attachments=[picture, {"type": "file", "payload": picture["payload"]}, PICTURE])


def pressed() -> dict[str, Any]:
    return said(word("pressed title"), quick_reply={"payload": word("pressed payload")})


def linked() -> dict[str, Any]:
    link = {"type": "fallback", "payload": {"url": f"https://{word('link')}.example/", "title": word("buttons")}}
    return said(f"See https://{word('message')}.example/", attachments=[link])


def strange() -> dict[str, Any]:
    return event(message={"mid": "m_1", "is_unsupported": True, "kept": word("message")})


def long() -> dict[str, Any]:
    return said(f"say {word('message')} " * 900)


FORMS = [
    *(
        pytest.param(lambda what=what: answered(what), id=f"the bot's {what}")
        for what in ("say", "press", "tell", "rest")
    ),
    *(pytest.param(form, id=form.__name__) for form in (captioned, pressed, linked, strange, long)),
]


@pytest.mark.parametrize("form", FORMS)
def test_messenger_6_14_a_word_of_a_message_that_was_taken_back_is_found_nowhere(
    meta: Meta,
    kept: Contents,
    printed: Callable[[], bytes],
    capfd: pytest.CaptureFixture[str],
    form: Callable[[], dict[str, Any]],
):
    tells(meta, form(), said("Thanks", mid="m_2"))
    before = ways(kept())
    takes_back(meta, "m_1")

    output = capfd.readouterr()
    assert before
    assert ways(kept(), printed(), output.out.encode(), output.err.encode()) == set()


def test_messenger_6_14_words_of_before_and_after_an_edit_are_found_nowhere(meta: Meta, kept: Contents):
    edited = event(message_edit={"mid": "m_1", "text": f"say {word('last message')}", "num_edit": 1})
    tells(meta, answered("say"), edited)
    takes_back(meta, "m_1")

    assert ways(kept()) == set()


def test_messenger_6_14_a_message_that_comes_after_its_deletion_is_found_nowhere(meta: Meta, kept: Contents):
    tells(meta, said("Hello", mid="m_0"))
    takes_back(meta, "m_1")
    edited = event(message_edit={"mid": "m_1", "text": word("last message"), "num_edit": 1})
    tells(meta, captioned(), edited, captioned())

    assert ways(kept()) == set()


def test_messenger_6_14_what_is_parked_of_a_message_is_found_nowhere(meta: Meta, kept: Contents):
    tells(meta, said("Hello", mid="m_0"))
    at = desk().reader.now
    desk().parking.park_happening(Event("in:m_1", SESSION, Text(word("message")), at), "A test.")
    body = json.dumps(said(word("parked delivery")))
    desk().inbox.put(Delivery("messenger", unread=[Unread(body, "A test.", SESSION)]))
    long_id = "mid.$cAAJdkrCd2ORnva8ErFhjGm0X_Q_c" * 5
    tells(meta, said("Hello", mid=long_id))
    hashed = next(entry.id for entry in desk().store.entries(SESSION, limit=9) if len(entry.id) > 60)
    desk().parking.park_happening(Event(hashed, SESSION, Text(word("link")), at), "A test.")
    desk().parking.park_happening(Event("in:m_10", SESSION, Text(word("note")), at), "A test.")
    before = ways(kept())
    takes_back(meta, "m_1", long_id)

    assert before == {"message", "parked delivery", "note", "link"}
    assert ways(kept()) == {"note"}


def test_messenger_6_14_a_message_of_the_inbox_that_was_taken_back_is_found_nowhere(meta: Meta, kept: Contents):
    tells(meta, said("Hello", mid="m_0"), echo(text=word("agent's message")))
    tells(meta, echo(is_deleted=True))
    desk().sweeper.sweep()

    assert ways(kept()) == set()


def test_messenger_6_14_what_was_said_while_a_human_was_there_is_not_told_to_the_bot_after_it(
    meta: Meta, api: Api, kept: Contents
):
    agent = hire(desk(), "ann", "agent")
    path = f"/api/botpress-hitl/sessions/{SESSION}"
    tells(meta, said("Hello", mid="m_0"))
    api.post(f"{path}/pause", token=agent)
    tells(meta, answered("say"))
    takes_back(meta, "m_1")
    api.post(f"{path}/unpause", token=agent)
    tells(meta, said("handoff", mid="m_2"))

    assert ways(kept()) == set()
    assert desk().channels["messenger"].texts[-1] == "You said: handoff"  # type: ignore[attr-defined] # a recording one


def test_what_others_said_stays(meta: Meta, kept: Contents):
    other = {**said(word("note"), mid="m_1"), "sender": {"id": f"{USER}0"}}
    tells(meta, answered("say"), said(word("last message"), mid="m_2"), other)
    takes_back(meta, "m_1")

    assert ways(kept()) == {"last message", "note"}
