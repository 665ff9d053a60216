"""A word written in every way there is is found nowhere after its author was erased."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.model.content import Text
from chalicelib.model.entry import Entry
from chalicelib.model.event import Event
from chalicelib.model.session import User
from chalicelib.store.base import Parked
from chalicelib.wiring import desk
from tests.erasure.places import Contents
from tests.erasure.words import WEBCHAT, ways, word
from tests.handlers.api import Answer, Api
from tests.handlers.people import ADMIN_TOKEN, Visitor, hire


def well(answer: Answer) -> Answer:
    assert answer.status == 200, answer
    return answer


def park(vera: Visitor, parked_id: str, body: str) -> None:
    """What they sent could not be processed."""
    at, reason = desk().reader.now, "It has a shape that nobody knows."
    desk().store.park(Parked(id=parked_id, at=at, channel="webchat", reason=reason, body=body, session_id=vera.session))


def write_in_every_way(api: Api, vera: Visitor) -> None:
    agent, program = hire(desk(), "ann", "agent"), hire(desk(), "crm", "bot")
    well(vera.says(word("message"), word("message's id")))
    well(vera.post("messages", {"id": "2", "content": {"type": "image", "url": f"https://x.example/{word('image')}"}}))
    well(vera.post("postback", {"id": "3", "payload": word("pressed payload"), "title": word("pressed title")}))
    seen = User(picture_url=f"https://x.example/{word('picture')}")
    desk().intake.receive(Event("in:1", vera.session, Text("I have a picture"), desk().reader.now, user=seen))
    well(vera.says("pause", "4"))
    well(api.post(f"{vera.path}/message", {"id": word("agent's id"), "text": word("agent's message")}, token=agent))
    buttons = [{"type": "postback", "title": "Yes", "payload": word("agent's button")}]
    well(
        api.post(f"{vera.path}/message", {"content": {"type": "buttons", "text": "?", "buttons": buttons}}, token=agent)
    )
    well(api.post(f"{vera.path}/note", {"text": word("note")}, token=agent))
    well(api.post(f"{vera.path}/message", {"text": word("suppressed")}, token=program))
    well(vera.says("late", "5"))
    for token, way in ((agent, "agent's reason"), (program, "program's reason")):
        well(api.post(f"{vera.path}/unpause", token=token))
        well(api.post(f"{vera.path}/pause", {"reason": word(way)}, token=token))
    well(vera.says(word("last message"), "6"))
    park(vera, word("parked id"), f'{{"text":"{word("parked delivery")}"}}')


def redelivered(vera: Visitor, *, later: timedelta) -> Entry | None:
    """Their first message comes again, as if said so long after now."""
    event = Event(f"u:{word('message')}", vera.session, Text(word("message")), desk().reader.now + later)
    return desk().intake.receive(event)


def test_a_word_written_in_every_way_is_found_nowhere_after_the_erasure(
    api: Api, kept: Contents, printed: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
):
    vera = Visitor.arrives(api, word("visitor's name"))
    write_in_every_way(api, vera)
    before = ways(kept())
    receipt = api.call("DELETE", vera.path, token=ADMIN_TOKEN).json

    said = capfd.readouterr()
    assert before == set(WEBCHAT)
    assert receipt["done"]
    assert ways(kept(), printed(), said.out.encode(), said.err.encode()) == set()
    assert b"a person was erased" in printed()


def test_what_is_delivered_again_after_the_erasure_brings_nothing_back(api: Api, kept: Contents):
    vera = Visitor.arrives(api, "Vera")
    well(vera.says(word("message")))
    last = api.call("DELETE", vera.path, token=ADMIN_TOKEN).json["entries"]
    late = redelivered(vera, later=timedelta(minutes=-1))
    nothing = ways(kept())
    new = redelivered(vera, later=timedelta(minutes=1))

    assert (late, nothing) == (None, set())
    assert new is not None
    assert new.seq == last + 1
    assert [entry["seq"] for entry in api.get(vera.path, token=ADMIN_TOKEN).json["entries"]] == [last + 1]


def test_what_is_parked_after_the_erasure_is_found_nowhere_after_another_one(api: Api, kept: Contents):
    vera = Visitor.arrives(api, "Vera")
    well(vera.says("Hello"))
    api.call("DELETE", vera.path, token=ADMIN_TOKEN)
    park(vera, "a", word("parked delivery") * 9)
    before = ways(kept())
    api.call("DELETE", vera.path, token=ADMIN_TOKEN)

    assert (before, ways(kept())) == ({"parked delivery"}, set())


def test_what_is_parked_of_somebody_who_never_had_a_session_is_found_nowhere_after_the_erasure(
    api: Api, kept: Contents
):
    vera = Visitor.arrives(api, "")
    park(vera, word("parked id"), word("parked delivery"))
    before = ways(kept())
    answer = api.call("DELETE", vera.path, token=ADMIN_TOKEN)

    assert answer.status == 404
    assert (before, ways(kept())) == ({"parked delivery", "parked id"}, set())


def test_neighbours_keep_what_they_said(api: Api, kept: Contents):
    vera, vito = Visitor.arrives(api, "Vera"), Visitor.arrives(api, "Vito")
    well(vera.says(word("message")))
    well(vito.says(word("note")))
    park(vito, word("parked id"), "{}")
    api.call("DELETE", vera.path, token=ADMIN_TOKEN)

    assert ways(kept()) == {"note", "parked id"}
    assert len(vito.reads().json["entries"]) == 1
