"""What a delivery of Messenger's may hold: the same again, and any shape, of which nothing bad loses its neighbours."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.model.entry import Unsent
from tests.channels.deliveries import AT_MS, INBOX, PAGE, SESSION, USER, delivery, echo, entry, event, said
from tests.handlers.conftest import Settings
from tests.handlers.meta import OTHER_PAGE, Meta
from tests.handlers.whole import whole

BY = {"sender": {"id": USER}, "recipient": {"id": PAGE}}


def texts(session: str = SESSION) -> list[str]:
    return [entry.said for entry in whole(wiring.desk(), session) if entry.kind == "message"]


def parked() -> list[Any]:
    return wiring.desk().store.parked(limit=100).items


# 6.4 duplicates


def test_messenger_6_4_the_same_message_in_two_posts_is_one(meta: Meta):
    for _ in range(2):
        meta.tells(said("Hi"))

    assert texts() == ["Hi"]


def test_messenger_6_4_the_same_message_twice_in_one_post_is_one(meta: Meta):
    assert meta.delivers(delivery(entry(said("Hi"), said("Hi")), entry(said("Hi"), time=1790000000999))).status == 200

    assert texts() == ["Hi"]


def test_messenger_6_4_the_same_message_at_another_time_of_its_entry_is_one(meta: Meta):
    for time in (1790000000123, 1790000000999, "1790000001", None):
        meta.tells(said("Hi"), time=time)
    meta.tells({**said("Hi"), "timestamp": AT_MS + 5_000})

    assert texts() == ["Hi"]
    assert wiring.desk().store.load(SESSION).unread == 1


def test_messenger_6_4_the_first_word_of_a_message_stands(meta: Meta):
    meta.tells(said("Hi"))
    meta.tells(said("Something else"))

    assert texts() == ["Hi"]
    assert parked() == []


@pytest.mark.parametrize("times", [1, 2])
def test_messenger_6_4_an_edit_an_echo_and_a_deletion_of_its_id_are_events_of_their_own(meta: Meta, times: int):
    edited = event(message_edit={"mid": "m_21", "text": "Hello", "num_edit": "1"})
    for told in (said("Hi", mid="m_21"), edited, echo(text="Bob here", app_id=int(INBOX))):
        for _ in range(times):
            meta.tells(told)
    assert texts() == ["Hello", "Bob here"]

    for _ in range(times):
        meta.tells(event(message={"mid": "m_21", "is_deleted": True}))

    gone, echoed = [entry for entry in whole(wiring.desk(), SESSION) if entry.kind == "message"]
    assert (gone.content, echoed.said) == (Unsent(), "Bob here")


def test_messenger_6_4_the_same_id_at_another_page_is_another_message(meta: Meta):
    meta.tells(said("Hi"))
    meta.tells({**said("Ho"), "recipient": {"id": OTHER_PAGE}}, page=OTHER_PAGE)

    assert (texts(), texts(f"messenger:{OTHER_PAGE}.{USER}")) == (["Hi"], ["Ho"])


# 6.5 shapes


def test_messenger_6_5_two_pages_in_one_delivery_are_two_conversations(meta: Meta):
    other = {**said("Ho", mid="m_2"), "recipient": {"id": OTHER_PAGE}}

    assert meta.delivers(delivery(entry(said("Hi")), entry(other, page=OTHER_PAGE))).status == 200

    assert (texts(), texts(f"messenger:{OTHER_PAGE}.{USER}")) == (["Hi"], ["Ho"])


def test_messenger_6_5_two_items_and_standby_in_one_entry_are_all_kept(meta: Meta):
    meta.tells(said("One"), said("Two", mid="m_2"), standby=[said("Three", mid="m_3")])

    assert texts() == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "bad",
    [
        {},
        None,
        [],
        "text",
        7,
        {"message": None, **BY},
        {"message": {}, **BY},
        {"message": [], **BY},
        {"message": {"mid": "m_b", "text": "from nobody"}, "recipient": {"id": PAGE}},
        {"message": {"mid": "m_b", "text": "x"}, "sender": None, "recipient": None},
        {"message": {"mid": "m_b", "text": {"a": 1}, "attachments": {"a": 1}}, "sender": {"id": "8"}},
        {"message": {"mid": ["m_b"], "attachments": [None, 7, {"type": ["image"]}]}, "sender": {"id": "8"}},
        {"postback": 7, **BY},
        {"postback": {"payload": {"a": 1}}, **BY},
        {"read": {"watermark": "never"}, **BY},
        {"delivery": {"watermark": 10**400}, **BY},
        {"reaction": {"mid": "nobody knows", "action": []}, **BY},
        {"message_edit": {"mid": "m_b", "num_edit": "many"}, **BY},
        {"pass_thread_control": None},
        {"app_roles": {"555000111": ["primary_receiver"]}, "recipient": {"id": PAGE}},
        {"a_kind_to_come": {"a": 1}, **BY},
        {"timestamp": "1790000000100", "sender": {"id": "\ud800"}, "message": {"mid": "\ud800", "text": "\ud800"}},
    ],
    ids=repr,
)
def test_messenger_6_5_one_bad_item_does_not_lose_its_neighbours(meta: Meta, bad: Any):
    body = {
        "object": "page",
        "entry": [bad, {"id": PAGE, "messaging": bad}, entry(said("One"), bad, said("Two", mid="m_2"), standby=[bad])],
    }

    assert meta.delivers(body).status == 200

    assert texts() == ["One", "Two"]
    assert parked() == []


@pytest.mark.parametrize(
    "body",
    [
        {"object": "page", "entry": []},
        {"object": "page"},
        {"object": "page", "entry": [{}, {"id": PAGE, "messaging": []}, {"id": PAGE, "standby": [], "changes": []}]},
        {"object": "page", "entry": [{"id": "0", "time": 1790000000, "changes": [{"field": "messages", "value": {}}]}]},
        {"object": "instagram", "entry": [{"id": PAGE, "messaging": [said("Hi")]}]},
        {"object": None, "entry": [{"id": PAGE, "messaging": [said("Hi")]}]},
    ],
    ids=repr,
)
def test_messenger_6_5_a_delivery_of_nothing_for_us_is_taken_and_changes_nothing(meta: Meta, body: Any):
    assert meta.delivers(body).status == 200

    assert wiring.desk().store.load(SESSION) is None
    assert parked() == []


def test_messenger_6_5_a_message_may_be_a_bare_string_and_ids_whole_numbers(meta: Meta):
    strange = {"sender": {"id": int(USER)}, "recipient": {"id": int(PAGE)}, "message": "Hi", "more": {"a": [1]}}

    assert meta.delivers({"object": "page", "entry": [{"id": int(PAGE), "messaging": [strange]}]}).status == 200

    assert texts() == ["Hi"]


def test_messenger_6_5_an_event_that_no_store_takes_is_parked_and_its_neighbours_are_kept(meta: Meta):
    meta.tells(said("One"), said("😀" * 20_000, mid="m_2"), said("Two", mid="m_3"))

    assert texts() == ["One", "Two"]
    assert [kept.reason for kept in parked()] == ["It was refused: TooLarge."]


def test_messenger_6_5_nothing_breaks_while_no_page_is_set(
    meta: Meta, settings: Settings, caplog: pytest.LogCaptureFixture
):
    settings(MESSENGER_PAGES=None)
    control = {"requested_owner_app_id": int(INBOX)}
    meta.tells(
        said("Hi"),
        event(reaction={"mid": "m_1", "action": "react", "emoji": "🎉"}),
        event(message_edit={"mid": "m_1", "text": "Ho", "num_edit": 1}),
        echo(metadata="hitl:1.0"),
        event(request_thread_control=control),
        event(message={"mid": "m_2", "is_deleted": True}),
    )

    assert texts() == ["Ho", "[unsent]"]
    assert parked() == []
    assert caplog.records == []
