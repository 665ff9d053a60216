"""Pictures and attachments, fetched for agents by our own server: who may have what, and as what it is shown."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib import wiring
from chalicelib.model.content import Card, Cards, Content, Image, Text
from chalicelib.model.event import Event
from chalicelib.model.session import User
from tests.alerts.receiver import Receiver, status
from tests.channels.deliveries import SESSION, event
from tests.channels.graph_server import reply
from tests.handlers.api import Answer, Api
from tests.handlers.conftest import Settings
from tests.handlers.meta import Meta
from tests.handlers.people import ADMIN_TOKEN, SESSIONS, Visitor, hire

PNG = b"\x89PNG\r\n\x1a\n\xff\x00"
PATH = f"{SESSIONS}/{quote(SESSION, safe='')}"
LAMP = "/lamp.png"


class Shelf:
    """A server of files on this machine, which the settings name as the Graph API's."""

    def __init__(self, server: Receiver) -> None:
        self._server = server

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def asked(self) -> list[str]:
        """Paths that were asked for."""
        return [line.split()[1] for line, _, _ in self._server.requests]

    def holds(self, body: bytes, kind: str) -> None:
        self._server.answer = reply(body, Content_Type=kind)

    def refuses(self) -> None:
        self._server.answer = status("403 Forbidden")


@pytest.fixture
def shelf(meta: Meta, settings: Settings) -> Iterator[Shelf]:
    with Receiver(reply(PNG, Content_Type="image/png")) as server:
        shelf = Shelf(server)
        settings(GRAPH_URL=shelf.origin)
        yield shelf


@pytest.fixture
def agent(shelf: Shelf) -> str:
    return hire(wiring.desk(), "ann", "agent")


def keeps(content: Content, **more: Any) -> None:
    """The user has sent this."""
    desk = wiring.desk()
    desk.receiver.receive(Event("in:m_1", SESSION, content, desk.reader.now, **more))


def shown(api: Api, token: str | None, what: str = "entries/1/media/0", **headers: str) -> Answer:
    return api.get(f"{PATH}/{what}", token=token, headers=headers)


def test_messenger_6_13_an_attachment_is_shown_to_agents_as_what_it_is(api: Api, meta: Meta, shelf: Shelf, agent: str):
    meta.tells(
        event(message={"mid": "m_1", "attachments": [{"type": "image", "payload": {"url": shelf.origin + LAMP}}]})
    )

    answer = shown(api, agent)

    assert (answer.status, answer.bytes) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["cache-control"].startswith("private")
    assert shelf.asked == [LAMP]


def test_the_users_picture_is_shown_to_agents(api: Api, shelf: Shelf, agent: str):
    keeps(Text("Hi"), user=User(name="Ann", picture_url=f"{shelf.origin}/ann.png"))

    answer = shown(api, agent, "picture")

    assert (answer.status, answer.bytes, shelf.asked) == (200, PNG, ["/ann.png"])


def test_a_user_without_a_picture_has_none(api: Api, shelf: Shelf, agent: str):
    keeps(Text("Hi"))

    assert shown(api, agent, "picture").said == (404, "MediaRefused")
    assert shelf.asked == []


def test_each_picture_of_several_cards_is_had_by_its_number(api: Api, shelf: Shelf, agent: str):
    pictures = [f"{shelf.origin}/1.png", None, f"{shelf.origin}/3.png"]
    keeps(Cards([Card("A lamp", image_url=url) for url in pictures]))

    answers = [shown(api, agent, f"entries/1/media/{number}").said for number in range(4)]

    assert answers == [(200, ""), (404, "EntryNotFound"), (200, ""), (404, "EntryNotFound")]
    assert shelf.asked == ["/1.png", "/3.png"]


@pytest.mark.parametrize(
    ("kind", "told", "disposition"),
    [
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("application/pdf", "application/octet-stream", "attachment"),
        ("", "application/octet-stream", "attachment"),
        ("IMAGE/WebP; q=1", "image/webp", "inline"),
        ("audio/opus", "audio/opus", "inline"),
        ("video/3gpp", "video/3gpp", "inline"),
    ],
)
def test_messenger_6_13_what_may_hold_a_program_is_saved_and_never_shown(
    api: Api, shelf: Shelf, agent: str, kind: str, told: str, disposition: str
):
    shelf.holds(b"<svg onload='alert(1)'>\xff", kind)
    keeps(Image(shelf.origin + LAMP))

    answer = shown(api, agent)

    assert (answer.status, answer.bytes) == (200, b"<svg onload='alert(1)'>\xff")
    assert (answer.headers["content-type"], answer.headers["content-disposition"]) == (told, disposition)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "image/avif,image/webp,*/*;q=0.8",
        "application/json",
        "text/html",
        "image/*",
        "",
        "é",
        "image/png;q=0",
        ",",
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["Accept", "accept", "ACCEPT"])
def test_bytes_are_bytes_whatever_the_caller_accepts(api: Api, shelf: Shelf, agent: str, accept: str | None, name: str):
    keeps(Image(shelf.origin + LAMP))

    answer = shown(api, agent, **({} if accept is None else {name: accept}))

    assert (answer.status, answer.encoded, answer.bytes) == (200, True, PNG)


@pytest.mark.parametrize("accept", ["image/png", "application/octet-stream, */*"])
def test_refusals_are_no_bytes_whatever_the_caller_accepts(api: Api, shelf: Shelf, agent: str, accept: str):
    shelf.refuses()
    keeps(Image(shelf.origin + LAMP))

    answer = shown(api, agent, Accept=accept)

    assert (answer.said, answer.encoded) == ((404, "MediaRefused"), False)


@pytest.mark.parametrize("what", ["entries/1/media/0", "picture"])
def test_nobody_but_agents_is_shown_a_file(api: Api, shelf: Shelf, agent: str, what: str):
    keeps(Image(shelf.origin + LAMP), user=User(picture_url=shelf.origin + LAMP))
    robot = hire(wiring.desk(), "robot", "bot")
    visitor = Visitor.arrives(api).token

    assert shown(api, robot, what).said == (403, "Forbidden")
    assert [shown(api, token, what).said for token in (visitor, "x", None)] == [(401, "NotSignedIn")] * 3
    assert shelf.asked == []
    assert shown(api, ADMIN_TOKEN, what).status == 200


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("entries/2/media/0", (404, "EntryNotFound")),
        ("entries/0/media/0", (404, "EntryNotFound")),
        ("entries/1/media/1", (404, "EntryNotFound")),
        ("entries/999999999999/media/0", (404, "EntryNotFound")),
        ("entries/1/media/999999999999", (404, "EntryNotFound")),
        *(
            (f"entries/{number}/media/0", (400, "Malformed"))
            for number in ("-1", f"1{'0' * 30}", "٣", "1.5", "%00", "x")
        ),
        *(
            (f"entries/1/media/{number}", (400, "Malformed"))
            for number in ("-1", f"1{'0' * 30}", "٣", "1.5", "%00", "x")
        ),
    ],
)
def test_what_is_not_there_is_not_fetched(api: Api, shelf: Shelf, agent: str, what: str, said: tuple[int, str]):
    keeps(Image(shelf.origin + LAMP))

    assert shown(api, agent, what).said == said
    assert shelf.asked == []


@pytest.mark.parametrize("of", ["messenger%3A1.2", "webchat%3Anobody", "messenger", "%00"])
@pytest.mark.parametrize("what", ["entries/1/media/0", "picture"])
def test_an_unknown_session_has_no_files(api: Api, shelf: Shelf, agent: str, of: str, what: str):
    assert api.get(f"{SESSIONS}/{of}/{what}", token=agent).said == (404, "SessionNotFound")


@pytest.mark.parametrize("what", ["entries/1/media/0", "picture"])
def test_files_of_an_erased_person_are_not_fetched_any_more(api: Api, shelf: Shelf, agent: str, what: str):
    keeps(Image(shelf.origin + LAMP), user=User(picture_url=shelf.origin + LAMP))
    api.call("DELETE", PATH, token=ADMIN_TOKEN)

    assert shown(api, agent, what).said == (404, "SessionNotFound")
    assert shelf.asked == []


def test_a_file_of_a_message_that_was_taken_back_is_not_fetched_any_more(
    api: Api, meta: Meta, shelf: Shelf, agent: str
):
    keeps(Image(shelf.origin + LAMP))
    meta.tells(event(message={"mid": "m_1", "is_deleted": True}))

    assert shown(api, agent).said == (404, "EntryNotFound")
    assert shelf.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "https://fbcdn.net.evil.example/a.png",
        "http://scontent.fbcdn.net/a.png",
        "https://user:password@scontent.fbcdn.net/a.png",
    ],
)
def test_messenger_6_13_a_file_at_a_host_that_is_none_of_metas_is_refused(api: Api, shelf: Shelf, agent: str, url: str):
    keeps(Image(url))

    answer = shown(api, agent)

    assert answer.said == (404, "MediaRefused")
    assert url not in answer.text


def test_messenger_6_13_without_a_simulator_no_file_of_this_machine_is_fetched(
    api: Api, shelf: Shelf, agent: str, settings: Settings
):
    keeps(Image(shelf.origin + LAMP))
    settings(GRAPH_URL=None)

    assert shown(api, agent).said == (404, "MediaRefused")
    assert shelf.asked == []


def test_messenger_6_13_a_link_is_text_and_is_never_fetched(api: Api, meta: Meta, shelf: Shelf, agent: str):
    for number, payload in enumerate(({"url": shelf.origin + LAMP, "title": "Blue lamp"}, None), start=1):
        link = {"type": "fallback", "title": "Blue lamp", "payload": payload}
        meta.tells(event(message={"mid": f"m_{number}", "attachments": [link]}))

        assert shown(api, agent, f"entries/{number}/media/0").said == (404, "EntryNotFound")

    log = api.get(PATH, token=agent).json["entries"]
    assert [entry["content"]["text"] for entry in log] == [f"Blue lamp {shelf.origin}{LAMP}", "Blue lamp"]
    assert shelf.asked == []


def test_messenger_6_13_a_sticker_and_its_picture_show_once(api: Api, meta: Meta, shelf: Shelf, agent: str):
    sticker = {"url": shelf.origin + LAMP, "sticker_id": 369239263222822}
    both = [{"type": "sticker", "payload": sticker}, {"type": "image", "payload": {"url": sticker["url"]}}]

    meta.tells(event(message={"mid": "m_1", "attachments": both}))

    assert len(api.get(PATH, token=agent).json["entries"]) == 1
    assert shown(api, agent).bytes == PNG


def test_a_session_of_the_web_chat_has_no_files_of_its_own_to_fetch(api: Api, shelf: Shelf, agent: str, vera: Visitor):
    vera.post("messages", {"id": "1", "content": {"type": "image", "url": "http://169.254.169.254/"}})

    assert api.get(f"{vera.path}/entries/1/media/0", token=agent).said == (404, "MediaRefused")
