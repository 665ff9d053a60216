"""6.11: no text, no name, no token and no secret is printed, whatever fails between us and the platform."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.handlers.logs import configure
from chalicelib.model.content import Image
from chalicelib.model.event import Event
from chalicelib.model.session import User
from local.messenger.platform import Platform
from tests.channels.deliveries import SESSION, echo, event, said
from tests.fakes.logs import logging_kept
from tests.handlers.conftest import Settings
from tests.handlers.meta import APP_SECRET, OLDER_SECRET, OTHER_TOKEN, PAGE_TOKEN, VERIFY_TOKEN
from tests.handlers.people import ADMIN_TOKEN, SECRET
from tests.handlers.talk import Talk

MARKER = "xyzzy"
"""In every text, name, address, payload and id of others that is sent."""

SECRETS = (MARKER, APP_SECRET, OLDER_SECRET, VERIFY_TOKEN, PAGE_TOKEN, OTHER_TOKEN, ADMIN_TOKEN, SECRET)


@pytest.fixture
def printed(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[str]]]:
    """All that was printed, and all that any library wrote to its log, with its arguments."""
    stream = io.StringIO()

    def read() -> list[str]:
        output = capfd.readouterr()
        records = [f"{one.getMessage()} {one.args} {one.exc_text} {one.__dict__}" for one in caplog.records]
        return [*stream.getvalue().splitlines(), *output.out.splitlines(), *output.err.splitlines(), *records]

    with logging_kept():
        configure(stream)
        logging.getLogger("chalicelib").propagate = True
        caplog.set_level(logging.DEBUG)
        yield read


def leaks(lines: list[str]) -> list[str]:
    return [line for line in lines if any(secret in line for secret in SECRETS)]


FAILURES: dict[str, Callable[[Platform], object]] = {
    **{
        f"{code}/{subcode}": lambda platform, pair=(code, subcode): platform.fail_next(*pair)
        for code, subcode in ((551, None), (100, None), (100, 2018001), (2018300, None), (999999, None))
    },
    **{f"{code}": lambda platform, code=code: platform.fail_next(code) for code in (1, 613, 190, 368)},
    "reset": lambda platform: platform.lose_next("reset"),
    "broken": lambda platform: platform.break_next(503),
    "garbled": lambda platform: platform.garble_next(),
    "limited": lambda platform: platform.limit_next(),
}
"""How what goes out is refused, lost or broken."""


def test_messenger_6_11_nothing_that_was_said_is_printed_whatever_comes_in(
    talk: Talk, printed: Callable[[], list[str]]
):
    words = {"mid": f"m_{MARKER}", "text": MARKER, "quick_reply": {"payload": MARKER}, MARKER: MARKER}
    picture = [
        {"type": kind, "payload": {"url": f"https://a.example/{MARKER}"}} for kind in ("image", "fallback", MARKER)
    ]
    for told in (
        event(message={**words, "attachments": picture}),
        event(message_edit={**words, "num_edit": MARKER}),
        event(postback={**words, "title": MARKER, "payload": MARKER, "referral": {"ref": MARKER}}),
        event(reaction={**words, "action": MARKER, "emoji": MARKER}),
        event(a_kind_to_come=words),
        event(read={"watermark": MARKER}, timestamp=MARKER),
        event(policy_enforcement={"action": MARKER, "reason": "none"}),
        echo(**words, app_id=1, metadata=MARKER),
        event(request_thread_control={"requested_owner_app_id": 1, "metadata": MARKER}),
        event(message={"mid": f"m_{MARKER}", "is_deleted": True}),
        said("😀" * 20_000 + MARKER, mid="m_large"),
    ):
        talk.meta.tells(told)
    for body in (f"{{{MARKER}", f'"{MARKER}"', f'{{"object": "{MARKER} {MARKER}"}}'):
        assert talk.meta.posts(body.encode()).status == 200
        assert talk.meta.posts(body.encode(), MARKER).status == 403
    assert (
        talk.meta.verifies({"hub.mode": MARKER, "hub.verify_token": VERIFY_TOKEN, "hub.challenge": MARKER}).status
        == 403
    )

    lines = printed()
    assert any("an event was parked: It is no JSON" in line for line in lines)
    assert any("an event was parked: It was refused: TooLarge" in line for line in lines)
    assert leaks(lines) == []


@pytest.mark.parametrize("failure", FAILURES)
def test_messenger_6_11_nothing_that_was_said_is_printed_whatever_goes_wrong_on_the_way_out(
    talk: Talk, printed: Callable[[], list[str]], failure: str
):
    talk.user_says(MARKER)
    FAILURES[failure](talk.platform)
    talk.agent_says(MARKER)

    lines = printed()
    assert any("a message did not go out" in line for line in lines)
    assert leaks(lines) == []


@pytest.mark.parametrize("code", [100, 190, 2, 999999])
def test_messenger_6_11_faces_and_profiles_that_fail_print_no_name_and_no_address(
    talk: Talk, settings: Settings, printed: Callable[[], list[str]], code: int
):
    settings(PUBLIC_URL=f"https://{MARKER}.example", GRAPH_URL=wiring.settings().messenger.graph_url)
    talk.ann.thread.first_name = talk.ann.thread.last_name = MARKER
    talk.user_says(MARKER)
    talk.platform.fail_next(code, of="personas")
    talk.platform.fail_next(code, of="profile")
    talk.agent_says(MARKER)
    wiring.desk().sweeper.sweep(budget=timedelta(seconds=5))

    assert leaks(printed()) == []


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:{MARKER}@scontent.fbcdn.net/a.png",
        f"https://{MARKER}.fbcdn.net.invalid/{MARKER}",
        f"https://{MARKER}.invalid/{MARKER}?token={MARKER}",
        f"http://127.0.0.1:1/{MARKER}",
    ],
)
def test_messenger_6_11_files_that_cannot_be_fetched_print_no_address(
    talk: Talk, printed: Callable[[], list[str]], url: str
):
    at = wiring.desk().reader.now
    wiring.desk().receiver.receive(Event("in:m_1", SESSION, Image(url), at, user=User(name=MARKER, picture_url=url)))

    for what in ("entries/1/media/0", "picture"):
        answer = talk.asks("GET", what, None)
        assert answer.said == (404, "MediaRefused")
        assert MARKER not in answer.text
    assert leaks(printed()) == []
