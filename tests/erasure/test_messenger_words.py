"""A word in whatever Messenger's platform delivers or answers is found nowhere after the user was erased."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.session import User
from chalicelib.wiring import desk
from tests.channels.deliveries import INBOX, OURS, SESSION, delivery, echo, entry, event, said
from tests.erasure.conftest import now
from tests.erasure.places import Contents
from tests.erasure.words import MESSENGER, ways, word
from tests.handlers.api import Api
from tests.handlers.meta import Meta
from tests.handlers.people import ADMIN_TOKEN, hire

PATH = f"/api/botpress-hitl/sessions/{quote(SESSION, safe='')}"


def address(way: str) -> str:
    return f"https://x.example/{word(way)}"


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


def edited(mid: str, text: str) -> dict[str, Any]:
    return event(message_edit={"mid": mid, "text": text, "num_edit": 1})


CARD = {"title": word("card"), "image_url": address("card's picture")}

ATTACHMENTS = [
    attached("image", url=address("picture's address")),
    attached("file", url=address("file's address")),
    attached("fallback", url=address("shared link"), title=word("shared title")),
    {"type": "location", "title": word("place"), "payload": {"coordinates": {"lat": 1, "long": 2}}},
    attached("template", product={"elements": [CARD]}),
    attached("strange", kept=word("strange attachment")),
]

USERS = [
    event(postback={"mid": "m_1", "title": word("first title"), "payload": word("first payload")}),
    said(f"say {word('quotation')}", mid="m_2"),
    edited("m_2", "Never mind"),  # the bot has repeated it
    said("Hello", mid=f"m_{word('id of a message')}"),
    said("Hello", mid="m_3"),
    edited("m_3", word("edited text")),
    edited("m_4", word("edit that came first")),
    event(reaction={"mid": "m_3", "action": "react", "emoji": word("reaction")}),
    said(word("quick reply"), mid="m_5", quick_reply={"payload": word("quick reply's payload")}),
    event(referral={"ref": word("referral"), "source": "ADS", "ads_context_data": {"ad_title": word("advert")}}),
    event(optin={"ref": word("opt-in")}),
    event(lead={"data": [{"question": "Where?", "answer": word("lead")}]}),
    said("Hello", mid="m_6") | {"hop_context": {"app_id": 1, "metadata": word("hop context")}},
    event(message={"mid": "m_7", "attachments": ATTACHMENTS}),
    event(message={"mid": "m_8", "is_unsupported": True, "kept": word("unsupported message")}),
    said(f"tell {word('told in an alert')}", mid="m_9"),
    said(f"rest {word('told in a reason')}", mid="m_10"),
    said(word("parked for its size") + "😀" * 20_000, mid="m_11"),
]

ECHO = {"text": word("echo of a human"), "attachments": [attached("image", url=address("echo's attachment"))]}
OVERHEARD = said(word("standby"), mid="m_12")
GIVEN_BACK = event(pass_thread_control={"previous_owner_app_id": INBOX, "new_owner_app_id": OURS, "metadata": "x"})
UNREAD = event(message={"mid": "m_13", "text": word("unread event")})


def happens(meta: Meta) -> list[bytes]:
    """The platform tells all of it; the deliveries, as they came."""
    events = [now(one) for one in (*USERS, echo(app_id=int(INBOX), **ECHO))]
    told = [*(entry(one) for one in events), entry(standby=[now(OVERHEARD)]), entry(now(GIVEN_BACK))]
    bodies = [json.dumps(delivery(one)).encode() for one in told]
    for body in bodies:
        assert meta.posts(body).status == 200
    return bodies


def fails_to_be_read(at: datetime) -> None:
    """What this release cannot read of what the user did then, and what it can read and not take."""
    desk().inbox.put(Delivery("messenger", unread=[Unread(json.dumps(UNREAD), "A test.", SESSION, at)]))
    kept = Event("in:m_14", SESSION, Text(word("parked event")), at)
    desk().parking.park_happening(kept, "A test.")


def answers(api: Api) -> None:
    """The platform knows who the user is, and takes some of what is said to them."""
    channel: Any = desk().channels["messenger"]
    channel.people[SESSION] = User(name=word("profile's name"), picture_url=address("profile's picture"))
    desk().sweeper.sweep()
    agent = hire(desk(), "ann", "agent")
    refusals = [None, SendFailed("failed", word("failure words"), alert=True), SendFailed("unknown", "No answer.")]
    for refusal, words in zip(refusals, ("answer by the API", "text", "words that may have arrived"), strict=True):
        channel.refusals.append(refusal)
        answer = api.post(f"{PATH}/message", {"text": words if words == "text" else word(words)}, token=agent)
        assert answer.status == 200, answer


def erase(api: Api) -> None:
    receipt = api.call("DELETE", PATH, token=ADMIN_TOKEN)
    assert receipt.status == 202
    assert receipt.json["done"]


def test_a_word_in_whatever_the_platform_tells_is_found_nowhere_after_the_erasure(
    api: Api, meta: Meta, kept: Contents, printed: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
):
    bodies, at = happens(meta), desk().reader.now
    fails_to_be_read(at)
    answers(api)
    before = ways(kept())
    erase(api)
    after = ways(kept())
    for body in bodies:
        assert meta.posts(body).status == 200
    fails_to_be_read(at)
    desk().sweeper.sweep()

    output = capfd.readouterr()
    assert before == set(MESSENGER)
    assert after == set()
    assert ways(kept(), output.out.encode(), output.err.encode()) == set()
    assert ways(printed()) == {"failure words"}  # a channel's own, which quote nobody
    assert b"a person was erased" in printed()
