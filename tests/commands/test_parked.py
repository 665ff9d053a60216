"""`parked`: what could not be processed is looked at, tried again, and dropped."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.desk.parking import encode, parking_id
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.store.base import Parked
from local.messenger.state import PAGE_ID

NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
SESSION = f"messenger:{PAGE_ID}.7007007007"
WORDS = "My card number is 4929"
HUGE = "\U0001f642" * 17_000
"""More bytes than an entry may have, in fewer characters than a text may have."""


@pytest.fixture
def store(platform, settings):
    """The installation's store; its bot says nothing."""
    settings(BOT="tests.handlers.bots:silent")
    yield wiring.desk().store
    wiring.forget()


def event(mid="m_1", words=WORDS):
    return Event(f"in:{mid}", SESSION, Text(words), datetime.now(UTC))


def park(store, body, *, at=NOW, parked_id=None, session=SESSION, reason="It broke: KeyError."):
    parked_id = parked_id or f"id-{len(store.parked(limit=500).items)}"
    store.park(Parked(id=parked_id, at=at, channel="messenger", reason=reason, body=body, session_id=session))
    return parked_id


def park_event(store, happening, **more):
    return park(store, encode(happening), parked_id=parking_id(happening), **more)


def park_delivery(store, *events, **more):
    body = json.dumps({"object": "page", "entry": [{"id": PAGE_ID, "messaging": list(events)}]})
    return park(store, json.dumps({"delivery": body}), **more)


def message(mid="m_1", words=WORDS):
    return {
        "sender": {"id": "7007007007"},
        "recipient": {"id": PAGE_ID},
        "timestamp": int(datetime.now(UTC).timestamp() * 1000),
        "message": {"mid": mid, "text": words},
    }


def texts(store=None):
    """What the user has said, as it is stored now."""
    entries = wiring.desk().store.entries(SESSION, limit=50)
    return [entry.content.text for entry in entries if entry.kind == "message"]


def left():
    return [parked.id for parked in wiring.desk().store.parked(limit=500).items]


def test_nothing_parked_is_said(run, store):
    assert (run("parked").out, run("parked", "list").out) == ("Nothing is parked.\n", "Nothing is parked.\n")
    assert run("parked", "replay", "--all").out == "Nothing is parked.\n"


def test_the_list_tells_all_but_what_was_said_oldest_first(run, store):
    body = json.dumps({"delivery": WORDS})
    park(store, body, parked_id="b", at=NOW + timedelta(hours=1), session=None, reason="It is no JSON (22 bytes).")
    park(store, encode(event()), parked_id="a")

    told = run("parked")

    size = len(encode(event()))
    assert told.out.splitlines() == [
        f"a  2026-11-26 08:30  messenger  {SESSION}  {size} bytes  It broke: KeyError.",
        f"b  2026-11-26 09:30  messenger  -  {len(body)} bytes  It is no JSON (22 bytes).",
    ]
    assert run("parked", "list").out == told.out


def test_the_list_goes_on_to_its_end(run, store):
    for number in range(205):
        park(store, "{}", parked_id=f"p{number:03}")

    assert [line.split()[0] for line in run("parked").out.splitlines()] == [f"p{number:03}" for number in range(205)]


def test_one_is_shown_whole_when_it_is_asked_for(run, store):
    park_event(store, event())

    told = run("parked", "--show", parking_id_of(store))

    assert told.status == 0
    assert WORDS in told.out
    assert json.loads(told.out)["kind"] == "Event"


def parking_id_of(store):
    [parked] = store.parked(limit=5).items
    return parked.id


def test_what_is_shown_cannot_steer_the_terminal(run, store):
    parked_id = park_event(store, event(words="\x1b[2J\x07"))

    assert "\x1b" not in run("parked", "--show", parked_id).out


@pytest.mark.parametrize(
    "command", [("--show", "nothing"), ("replay", "nothing"), ("drop", "nothing"), ("drop", "a\x00")]
)
def test_what_is_not_parked_is_told(run, store, command):
    told = run("parked", *command)

    assert (told.status, told.out) == (1, "")
    assert told.err == f"Nothing is parked as {command[1]}; `manage.py parked` shows what is.\n"


def test_a_dropped_one_is_gone_and_the_others_stay(run, store):
    gone, kept = park(store, "{}", parked_id="a"), park(store, "{}", parked_id="b")

    assert run("parked", "drop", gone).out == "Dropped.\n"

    assert left() == [kept]


def test_an_event_that_is_taken_now_is_in_the_log_and_parked_no_more(run, store):
    parked_id = park_event(store, event())

    told = run("parked", "replay", parked_id)

    assert (told.status, told.out, told.err) == (0, f"{parked_id}: it was taken.\n", "")
    assert (texts(), left()) == ([WORDS], [])


def test_a_replay_of_what_came_again_meanwhile_doubles_nothing(run, store):
    happening = event()
    wiring.desk().receiver.receive(happening)
    parked_id = park_event(store, happening)

    assert run("parked", "replay", parked_id).status == 0

    assert (texts(), left()) == ([WORDS], [])


def test_a_delivery_is_read_again_and_goes_the_usual_way(run, store):
    parked_id = park_delivery(store, message("m_1", "One"), message("m_2", "Two"))

    told = run("parked", "replay", parked_id)

    assert (told.status, told.out) == (0, f"{parked_id}: it was taken.\n")
    assert (texts(), left()) == (["One", "Two"], [])


def test_a_delivery_of_no_interest_is_parked_no_more(run, store):
    park(store, json.dumps({"delivery": '{"object": "instagram", "entry": []}'}))

    assert run("parked", "replay", "--all").status == 0

    assert left() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.dumps({"delivery": "{no JSON"}), "it cannot be read yet. It is no JSON (8 bytes)."),
        (json.dumps({"delivery": "\ud83d"}), "it cannot be read yet. It is no JSON (3 bytes)."),
        (json.dumps({"too_large": 300_000}), "it could not be kept whole, so only dropping it is left."),
        (json.dumps({"kind": "Telepathy", "value": {}}), "it cannot be read any more (KeyError)."),
        (json.dumps({"kind": "Event", "value": {}}), "it cannot be read any more (ValidationError)."),
        ("not even JSON", "it cannot be read any more (JSONDecodeError)."),
        ("[]", "it cannot be read any more (AttributeError)."),
    ],
)
def test_what_still_cannot_be_read_stays_and_is_never_parked_twice(run, store, body, said):
    parked_id = park(store, body)

    for _ in range(3):
        told = run("parked", "replay", parked_id)

        assert (told.status, told.out) == (1, "")
        assert told.err == f"{parked_id}: {said}\n"
        assert left() == [parked_id]


def test_an_event_that_is_refused_again_stays_and_says_why_without_its_words(run, store):
    parked_id = park_event(store, event(words=HUGE))

    for _ in range(3):
        told = run("parked", "replay", parked_id)

        assert (told.status, told.out) == (1, "")
        assert told.err.startswith(f"{parked_id}: it was refused: ")
        assert HUGE[0] not in told.err
        assert left() == [parked_id]


def test_an_event_that_breaks_says_where_without_its_words(run, store):
    no_zone = replace(event(), at=NOW.replace(tzinfo=None))
    parked_id = park_event(store, no_zone)

    told = run("parked", "replay", parked_id)

    assert (told.status, told.out) == (1, "")
    assert told.err.startswith(f"{parked_id}: it broke again: TypeError\n")
    assert "chalicelib/desk/intake.py" in told.err
    assert WORDS not in told.err
    assert (texts(), left()) == ([], [parked_id])


def test_a_delivery_whose_event_is_refused_leaves_that_event_alone_parked(run, store):
    parked_id = park_delivery(store, message("m_1", "One"), message("m_2", HUGE), message("m_3", "Three"))

    first = run("parked", "replay", parked_id)
    [remains] = left()
    again = run("parked", "replay", remains)

    assert (first.status, again.status) == (1, 1)
    assert f"{parked_id}: it was read, but not taken, and is parked as {remains}." in first.err
    assert remains != parked_id
    assert (texts(), left()) == (["One", "Three"], [remains])


def test_all_are_tried_once_and_what_fails_does_not_stop_the_rest(run, store):
    bad = park(store, json.dumps({"delivery": "{no JSON"}), parked_id="a")
    good = park_event(store, event(), at=NOW + timedelta(hours=1))

    told = run("parked", "replay", "--all")

    assert told.status == 1
    assert (told.out, told.err) == (
        f"{good}: it was taken.\n",
        f"{bad}: it cannot be read yet. It is no JSON (8 bytes).\n",
    )
    assert (texts(), left()) == ([WORDS], [bad])


@pytest.mark.parametrize(
    "call", [("parked", "replay"), ("parked", "replay", "a", "--all"), ("parked", "drop"), ("parked", "x")]
)
def test_a_call_that_makes_no_sense_ends_with_status_2(run, store, call):
    with pytest.raises(SystemExit) as ended:
        run(*call)

    assert ended.value.code == 2
