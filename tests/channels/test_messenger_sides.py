"""Who speaks and who holds the conversation: the user, us, or somebody elsewhere."""

import pytest

from chalicelib.channels.base import METADATA_PREFIX
from chalicelib.channels.messenger_kinds import PAGE_INBOX
from chalicelib.model.content import Audio, Image, Text
from chalicelib.model.event import Event
from chalicelib.model.happening import Echo, Handover, Unsend
from tests.channels.deliveries import (
    AT,
    INBOX,
    OURS,
    PAGE,
    SESSION,
    USER,
    delivery,
    echo,
    entry,
    event,
    happenings,
    ignored,
    read,
    said,
)

STICKER = {"type": "sticker", "payload": {"url": "https://cdn.example/s.png", "sticker_id": 1}}
AUDIO = {"type": "audio", "payload": {"url": "https://cdn.example/v.mp4"}}


# 6.7 echoes


@pytest.mark.parametrize("place", ["messaging", "standby"])
@pytest.mark.parametrize("of", [{"text": "Hi"}, {"attachments": [AUDIO]}, {"attachments": [STICKER]}, {}], ids=str)
@pytest.mark.parametrize("flag", [True, None])
def test_no_message_of_the_pages_side_is_taken_for_the_users(place, of, flag):
    body = delivery({"id": PAGE, "time": 1, place: [echo(**of, is_echo=flag)]})

    [told] = read(body).happenings

    assert isinstance(told, Echo)
    assert told.session_id == SESSION
    assert told.vendor_id == "m_21"


def test_an_echo_of_what_we_sent_gives_its_metadata_back():
    [told] = happenings(echo(app_id=int(OURS), metadata="hitl:01HZX", text="An agent is here"))

    assert told == Echo("echo:m_21", SESSION, Text("An agent is here"), AT, "m_21", "us", "", "hitl:01HZX")


@pytest.mark.parametrize("app_id", [int(OURS), OURS])
def test_an_app_of_ours_is_known_as_a_number_and_as_text(app_id):
    assert happenings(echo(app_id=app_id, text="Hi"))[0].by == "us"


def test_what_bears_our_mark_is_ours_although_the_app_is_not_known():
    assert happenings(echo(app_id=1, metadata=f"{METADATA_PREFIX}1", text="Hi"), own_apps=frozenset())[0].by == "us"


@pytest.mark.parametrize(
    ("message", "who"),
    [
        ({"app_id": int(INBOX)}, "Page inbox"),
        ({"app_id": INBOX}, "Page inbox"),
        ({"app_id": int(INBOX), "metadata": "conv=42"}, "Page inbox"),
        ({"app_id": 26390203743090}, "Another app"),
        ({"app_id": 1559999994822905, "metadata": "send:hitl:1"}, "Another app"),
        ({}, "Another app"),
    ],
    ids=str,
)
def test_whoever_else_answers_for_the_page_is_a_human(message, who):
    [told] = happenings(echo(**message, text="Hi"))

    assert (told.by, told.who) == ("human", who)


@pytest.mark.parametrize("app_id", [777, "777"])
def test_an_automation_is_no_human(app_id):
    [told] = happenings(echo(app_id=app_id, text="Hi"), automation_apps=frozenset({"777"}))

    assert told.by == "automation"


def test_all_that_somebody_elsewhere_sent_is_told():
    told = happenings(echo(text="Look", attachments=[AUDIO, STICKER]))

    assert [(one.id, one.content) for one in told] == [
        ("echo:m_21", Text("Look")),
        ("echo:m_21:1", Audio("https://cdn.example/v.mp4")),
        ("echo:m_21:2", Image("https://cdn.example/s.png")),
    ]


def test_an_echo_of_ours_is_told_once_whatever_it_holds():
    assert len(happenings(echo(app_id=OURS, text="Look", attachments=[AUDIO, STICKER]))) == 1


def test_a_message_that_somebody_elsewhere_took_back_is_told_by_its_echos_id():
    assert happenings(echo(is_deleted=True)) == [Unsend("unsend:m_21", SESSION, "echo:m_21", "m_21", AT)]


@pytest.mark.parametrize(
    "of",
    [
        {"reaction": {"mid": "m_1", "action": "react", "emoji": "❤️"}},
        {"read": {"watermark": 1790000000100}},
        {"delivery": {"watermark": 1790000000100}},
        {"postback": {"title": "Menu"}},
        {"message_edit": {"mid": "m_1", "text": "Hi"}},
        {"referral": {"ref": "a"}},
    ],
    ids=str,
)
def test_what_else_the_pages_side_does_is_no_action_of_the_user(of):
    assert ignored(event(sender={"id": PAGE}, recipient={"id": USER}, **of)) == {next(iter(of)): 1}


def test_an_echo_to_nobody_is_ignored():
    assert ignored(echo(text="Hi") | {"recipient": {"id": PAGE}}) == {"message": 1}


# 6.8 who holds the conversation


def test_the_inbox_is_known_by_its_exact_id():
    assert PAGE_INBOX == "263902037430900"


@pytest.mark.parametrize("as_id", [int, str])
def test_a_conversation_passed_to_us_names_who_had_it(as_id):
    control = {"previous_owner_app_id": as_id(INBOX), "new_owner_app_id": as_id(OURS), "metadata": "conv=42"}

    [told] = happenings(event(pass_thread_control=control))

    assert told == Handover(told.id, SESSION, "passed", True, INBOX, "Page inbox", AT)


def test_a_conversation_passed_by_nobody_is_ours():
    [told] = happenings(event(pass_thread_control={"previous_owner_app_id": None, "new_owner_app_id": OURS}))

    assert (told.to_us, told.app_id) == (True, None)


def test_a_conversation_passed_to_another_app_names_that_one():
    control = {"previous_owner_app_id": OURS, "new_owner_app_id": int(INBOX)}

    [told] = happenings(event(pass_thread_control=control))

    assert (told.to_us, told.app_id, told.who) == (False, INBOX, "Page inbox")


@pytest.mark.parametrize("control", [{"new_owner_app_id": "1"}, {"new_owner_app_id": None}, {}])
def test_a_conversation_is_passed_to_us_while_our_apps_are_not_known(control):
    [told] = happenings(event(pass_thread_control=control), own_apps=frozenset())

    assert told.to_us


@pytest.mark.parametrize("as_id", [int, str])
@pytest.mark.parametrize("own_apps", [frozenset(), frozenset({OURS})])
def test_a_conversation_taken_by_the_inbox_is_not_ours(as_id, own_apps):
    control = {"previous_owner_app_id": None, "new_owner_app_id": as_id(INBOX), "metadata": ""}

    [told] = happenings(event(take_thread_control=control), own_apps=own_apps)

    assert told == Handover(told.id, SESSION, "taken", False, INBOX, "Page inbox", AT)


def test_a_conversation_taken_by_whom_we_are_not_told_is_not_ours():
    [told] = happenings(event(take_thread_control={"previous_owner_app_id": OURS}))

    assert (told.to_us, told.app_id, told.who) == (False, None, "Another app")


def test_a_request_names_who_asks():
    [told] = happenings(event(request_thread_control={"requested_owner_app_id": int(INBOX), "metadata": "conv=42"}))

    assert told == Handover(told.id, SESSION, "requested", False, INBOX, "Page inbox", AT)


def test_a_handover_of_nobodys_conversation_is_ignored():
    assert ignored(event(sender=None, take_thread_control={})) == {"take_thread_control": 1}


def test_what_another_app_hears_is_marked():
    postback = event(postback={"title": "Menu"})

    told = read(delivery(entry(standby=[postback, said("to the inbox agent")]))).happenings

    assert [(type(one), one.content, one.standby) for one in told] == [
        (Event, Text("Menu"), True),
        (Event, Text("to the inbox agent"), True),
    ]


def test_ids_and_marks_beyond_all_limits_are_cut():
    [told] = happenings(echo(mid="m" * 100_000, metadata="hitl:" + "x" * 100_000, text="Hi"))

    assert (len(told.vendor_id), len(told.metadata)) == (500, 1000)


def test_an_echo_is_one_whoever_it_says_sent_it():
    [told] = happenings(said(mid="m_21", is_echo=True))

    assert isinstance(told, Echo)
    assert told.session_id == SESSION
