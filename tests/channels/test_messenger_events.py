"""What a delivery tells."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.channels.messenger_events import Fault, parse
from chalicelib.model.content import Text
from chalicelib.model.event import Event
from chalicelib.model.happening import Edit, Enforcement, Learned, Reaction, Unsend, Watermark
from chalicelib.model.session import is_session_id
from tests.channels.deliveries import (
    AT,
    AT_MS,
    NOW,
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


def test_a_text_is_an_event():
    assert happenings(said("Hi")) == [Event("in:m_1", SESSION, Text("Hi"), AT)]


def test_a_pressed_quick_reply_has_its_payload():
    [pressed] = happenings(said("Talk to a person", quick_reply={"payload": "HUMAN_PLEASE"}))

    assert pressed.content == Text("Talk to a person", payload="HUMAN_PLEASE")
    assert pressed.text == "HUMAN_PLEASE"


def test_a_postback_is_an_event_with_its_referral():
    referral = {"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    postback = {"mid": "m_20", "title": "Get started", "payload": "GET_STARTED", "referral": referral}

    [pressed] = happenings(event(postback=postback))

    assert pressed == Event(
        "in:m_20", SESSION, Text("Get started", payload="GET_STARTED"), AT, facts={"referral": referral}
    )


def test_a_message_and_its_attachments_are_one_event_each():
    picture = {"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}

    assert [one.id for one in happenings(said(attachments=[picture, picture]))] == ["in:m_1", "in:m_1:1", "in:m_1:2"]


def test_what_came_with_a_message_is_told_by_its_first_event_only():
    picture = {"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}

    first, second = happenings(said(attachments=[picture], referral={"ref": "spring"}))

    assert first.facts == {"referral": {"ref": "spring"}}
    assert second.facts == {}


def test_an_edit_names_the_message_and_how_often_it_was_edited():
    [edited] = happenings(event(message_edit={"mid": "m_1", "text": "Is my order 12 here?", "num_edit": "2"}))

    assert edited == Edit(edited.id, SESSION, "in:m_1", "Is my order 12 here?", 2, AT)


def test_an_unsent_message_is_named():
    [gone] = happenings(event(message={"mid": "m_1", "is_deleted": True}))

    assert gone == Unsend("unsend:m_1", SESSION, "in:m_1", "m_1", AT)


@pytest.mark.parametrize(
    ("given", "emoji"),
    [
        ({"action": "react", "reaction": "love", "emoji": "❤️"}, "❤️"),
        ({"action": "react", "reaction": "love"}, "love"),
        ({"action": "unreact", "reaction": "love", "emoji": "❤️"}, None),
        ({"action": "unreact"}, None),
    ],
)
def test_a_reaction_is_put_to_a_message_or_taken_back(given, emoji):
    [reaction] = happenings(event(reaction={"mid": "m_21", **given}))

    assert reaction == Reaction(reaction.id, SESSION, "m_21", emoji, AT)


def test_reads_and_deliveries_are_watermarks():
    marks = happenings(
        event(read={"watermark": AT_MS}), event(delivery={"mids": ["m_1"], "watermark": str(AT_MS)}, timestamp=None)
    )

    assert marks == [Watermark(SESSION, AT, read=True), Watermark(SESSION, AT, read=False)]


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        (
            {
                "referral": {
                    "source": "ADS",
                    "type": "OPEN_THREAD",
                    "ad_id": 61,
                    "ads_context_data": {"ad_title": "Lamps"},
                }
            },
            {"referral": {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "61", "ad_title": "Lamps"}},
        ),
        ({"optin": {"ref": "checkout"}}, {"opted_in": {"ref": "checkout"}}),
        ({"account_linking": {"status": "linked", "authorization_code": "abc"}}, {"account_linked": True}),
        ({"account_linking": {"status": "unlinked"}}, {"account_linked": False}),
        (
            {"referral": {"type": "LEAD_COMPLETE"}, "lead": {"data": [{"question": "City?", "answer": "Lyon"}]}},
            {"referral": {"type": "LEAD_COMPLETE"}, "lead": {"City?": "Lyon"}},
        ),
    ],
)
def test_what_is_no_message_is_learned(given, facts):
    [learned] = happenings(event(**given))

    assert learned == Learned(learned.id, SESSION, facts, AT)


def test_no_code_and_no_token_is_learned():
    secrets = {
        "account_linking": {"status": "linked", "authorization_code": "sesame"},
        "optin": {
            "type": "one_time_notif_req",
            "one_time_notif_token": "sesame",
            "notification_messages_token": "sesame",
        },
    }

    assert "sesame" not in str(happenings(event(**secrets)))


def test_facts_stay_far_below_their_limit():
    long = "ä🙂\u0000" * 10_000
    ads = dict.fromkeys(("ref", "source", "type", "ad_id", "referer_uri"), long)
    context = dict.fromkeys(("ad_title", "post_id", "product_id"), long)
    lead = {"data": [{"question": f"{number}{long}", "answer": long} for number in range(100)]}
    optin = dict.fromkeys(("ref", "type", "title", "payload"), long)
    hop = {"app_id": 1, "metadata": long}

    [learned] = happenings(
        event(referral={**ads, "ads_context_data": context}, lead=lead, optin=optin, hop_context=hop)
    )

    assert set(learned.facts) == {"referral", "lead", "opted_in", "hop_context"}
    assert len(json.dumps(learned.facts)) < 6 * 1024


@pytest.mark.parametrize("spelling", ["policy_enforcement", "policy-enforcement"])
@pytest.mark.parametrize(
    ("action", "meant"), [("block", "block"), ("unblock", "unblock"), ("warning", "warning"), ("shout", "warning")]
)
def test_an_enforcement_is_about_the_page(spelling, action, meant):
    [told] = happenings(event(sender=None, **{spelling: {"action": action, "reason": "Too many messages"}}))

    assert told == Enforcement(told.id, f"messenger:{PAGE}", meant, "Too many messages", AT)


# 6.4 the same again


@pytest.mark.parametrize(
    "same",
    [
        said(),
        echo(text="Hi"),
        event(postback={"title": "Menu", "payload": "MENU"}),
        event(message={"text": "without a mid"}),
        event(message_edit={"mid": "m_1", "text": "Hi!", "num_edit": 1}),
        event(message={"mid": "m_1", "is_deleted": True}),
        event(reaction={"mid": "m_1", "action": "react", "emoji": "❤️"}),
        event(referral={"ref": "a"}),
        event(pass_thread_control={"new_owner_app_id": 1}),
        event(sender=None, policy_enforcement={"action": "block"}),
    ],
    ids=str,
)
def test_what_is_delivered_again_has_the_same_id(same):
    [first] = read(delivery(entry(same))).happenings
    [again] = read(delivery(entry(dict(reversed(same.items())), time=1790000009999))).happenings

    assert again.id == first.id
    assert len(first.id) <= 110


def test_what_happens_to_one_message_has_an_id_of_its_own_each_time():
    told = happenings(
        said(),
        echo(mid="m_1", text="Hi"),
        event(message={"mid": "m_1", "is_deleted": True}),
        event(message_edit={"mid": "m_1", "text": "Hi!", "num_edit": 1}),
        event(message_edit={"mid": "m_1", "text": "Hi!", "num_edit": 2}),
        event(reaction={"mid": "m_1", "action": "react", "emoji": "❤️"}),
        event(reaction={"mid": "m_1", "action": "unreact"}),
        event(reaction={"mid": "m_1", "action": "unreact"}, timestamp=AT_MS + 1),
        event(pass_thread_control={}),
        event(take_thread_control={}),
        event(request_thread_control={}),
        event(referral={"ref": "a"}),
        event(referral={"ref": "b"}),
        event(postback={"title": "A", "payload": "A"}),
        event(postback={"title": "B", "payload": "B"}),
        event(postback={"title": "B", "payload": "B"}, timestamp=AT_MS + 1),
        event(message={"text": "without a mid"}),
        event(message={"text": "nor this one"}),
    )

    assert len({one.id for one in told}) == len(told) == 18


@pytest.mark.parametrize("mid", ["m_" + "x" * 200, "mid.$cAAE1UUyiiwt", "ä" * 90, "\ud800", "a b"])
def test_an_id_that_no_store_could_hold_is_hashed(mid):
    [first] = happenings(said(mid=mid))
    [gone] = happenings(event(message={"mid": mid, "is_deleted": True}))

    assert len(first.id) == len("in:") + 64
    assert gone.message == first.id


# 6.5 whatever else there is in it


def test_two_pages_in_one_delivery_are_told_apart():
    told = read(delivery(entry(said()), entry(said(mid="m_2"), page="2002"))).happenings

    assert [one.session_id for one in told] == [SESSION, f"messenger:2002.{USER}"]


def test_all_events_of_an_entry_are_read_in_their_order():
    told = read(delivery(entry(said(mid="m_1"), said(mid="m_2"), standby=[said(mid="m_3")]))).happenings

    assert [(one.id, one.standby) for one in told] == [("in:m_1", False), ("in:m_2", False), ("in:m_3", True)]


@pytest.mark.parametrize(
    "bad",
    [
        {},
        None,
        7,
        "text",
        [],
        {"message": None},
        {"message": {}},
        event(message={}, sender=None),
        event(message={"mid": 1, "text": {"a": 1}, "attachments": [None, 1, "x", {"type": []}, {"payload": []}]}),
        event(message={"text": "Hi"}, sender={"user_ref": "ref-77"}),
        event(message={"text": "Hi"}, sender="7007007007"),
        event(read={"mid": "m_21"}),
        event(read={"watermark": "soon"}),
        event(read=[]),
        event(postback={}),
        event(postback={"title": None, "payload": {"a": 1}}),
        event(optin={"ref": "a", "user_ref": "b"}, sender=None),
        event(app_roles={"555000111": ["primary_receiver"]}, sender=None),
        event(game_play={"game_id": 1}),
        event(brand_new={"a": 1}),
    ],
    ids=str,
)
def test_one_bad_event_does_not_lose_its_neighbours(bad):
    parsed = read(delivery(entry(said(mid="m_1"), bad, said(mid="m_2"))))

    assert [one.id for one in parsed.happenings if getattr(one, "content", None) == Text("Hi")] == ["in:m_1", "in:m_2"]
    assert parsed.faults == []
    assert len(parsed.happenings) > 2 or parsed.counts.total() == 1


class Trap(dict):
    """An object that breaks in being read."""

    def __init__(self, words):
        super().__init__(mid="m_9", text=words)

    def get(self, name, default=None):
        if name == "attachments":
            raise LookupError(self["text"])
        return super().get(name, default)


def test_an_event_that_breaks_its_parser_is_told_apart_and_quotes_nothing():
    bad = event(message=Trap("secret words"))

    parsed = read(delivery(entry(said(mid="m_1"), bad, said(mid="m_2"))))

    assert [one.id for one in parsed.happenings] == ["in:m_1", "in:m_2"]
    assert parsed.faults == [Fault(bad, PAGE, "LookupError in get", SESSION, AT)]


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (event(brand_new={"a": 1}), {"brand_new": 1}),
        (event(order={"products": []}), {"order": 1}),
        (event(response_feedback={"feedback": "Good response"}), {"response_feedback": 1}),
        (event(app_roles={}, sender=None), {"app_roles": 1}),
        (event(optin={"ref": "a", "user_ref": "b"}, sender=None), {"optin": 1}),
        (event(message={"text": "Hi"}, sender=None), {"message": 1}),
        (event(**{"words of a user, as a key": 1}), {"other": 1}),
        ({}, {"empty": 1}),
    ],
    ids=str,
)
def test_what_is_ignored_is_counted_by_its_name(given, counted):
    assert ignored(given) == counted


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        ({"object": "instagram", "entry": [entry(said())]}, {"object:instagram": 1}),
        ({"object": "a b"}, {"other": 1}),
        ({}, {"object:": 1}),
        (None, {"object:": 1}),
        ([], {"object:": 1}),
        ("page", {"object:": 1}),
        ({"object": "page"}, {}),
        ({"object": "page", "entry": None}, {}),
        ({"object": "page", "entry": [None, {}, {"messaging": None, "standby": {}}]}, {}),
        ({"object": "page", "entry": [{"id": "0", "changes": [{"field": "messages"}, None]}]}, {"changes": 2}),
    ],
    ids=str,
)
def test_a_delivery_without_events_tells_nothing(body, counted):
    parsed = read(body)

    assert (parsed.happenings, parsed.faults, dict(parsed.counts)) == ([], [], counted)


def test_a_message_may_be_a_bare_string():
    [one] = happenings(event(message="Hi"))

    assert one.content == Text("Hi")


def test_ids_may_be_numbers():
    told = read(
        delivery(
            entry(
                event(sender={"id": int(USER)}, recipient={"id": int(PAGE)}, message={"mid": 5, "text": "Hi"}),
                page=int(PAGE),
            )
        )
    )

    assert [(one.id, one.session_id) for one in told.happenings] == [("in:5", SESSION)]


def test_an_entry_without_an_id_is_about_the_page_that_was_written_to():
    told = read({"object": "page", "entry": [{"messaging": [said(), echo(text="Hello")]}]}).happenings

    assert [one.session_id for one in told] == [SESSION, SESSION]


@pytest.mark.parametrize("odd", ["a.b", "<PAGE_ID>", "ä", "x" * 101, "\ud800", " "])
def test_an_odd_id_still_makes_a_session_that_every_store_can_hold(odd):
    told = [
        *read(delivery(entry(said(), page=odd))).happenings,
        *read(delivery(entry(event(sender={"id": odd}, message={"text": "Hi"})))).happenings,
        *read(delivery(entry(event(sender={"id": odd}, message={"text": "Hi"}), page=odd + "."))).happenings,
    ]

    assert len(told) == 3
    for one in told:
        assert is_session_id(one.session_id)
        assert one.session_id.count(".") == 1


# 6.6 times


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (1790000000100, AT),
        ("1790000000100", AT),
        (1790000000, AT.replace(microsecond=0)),
        ("1790000000", AT.replace(microsecond=0)),
        (1790000000.1, AT),
        ("2026-09-21T14:13:20.1Z", AT),
        ("2026-09-21T16:13:20.1+0200", AT),
        ("2026-09-21T14:13:20.1", AT),
    ],
)
def test_a_time_may_be_told_in_many_ways(given, at):
    [one] = happenings(said() | {"timestamp": given})

    assert one.at == at


@pytest.mark.parametrize(
    "given",
    [None, "", "soon", 0, -1, 5, True, [], {}, 10**30, "9" * 400, 1e308, float("nan"), float("inf"), 4102444800000],
)
def test_a_time_that_cannot_be_read_is_the_entrys_or_the_arrivals(given):
    strange = event(message={"text": "Hi"}) | {"timestamp": given}
    entrys = datetime(2026, 9, 21, 14, 13, 20, 123_000, tzinfo=UTC)

    assert read(delivery(entry(strange))).happenings[0].at == entrys
    assert read(delivery(entry(strange, time=given))).happenings[0].at == NOW


def test_a_watermark_that_cannot_be_read_marks_nothing():
    assert ignored(event(read={"watermark": (NOW + timedelta(days=2)).timestamp() * 1000})) == {"read": 1}


def test_parsing_the_same_twice_tells_the_same():
    body = delivery(entry(said(), echo(text="Hello")))

    assert read(body) == read(json.loads(json.dumps(body)))
    assert parse(body, own_apps=frozenset(), automation_apps=frozenset(), now=NOW).happenings


def test_another_installations_mark_on_another_apps_message_makes_it_no_message_of_ours():
    message = {"mid": "m_1", "is_echo": True, "app_id": 999, "metadata": "hitl:3.0", "text": "Hi"}
    event = {"sender": {"id": "1002003004"}, "recipient": {"id": "7007007007"}, "timestamp": 1_790_000_000_000}
    body = {"object": "page", "entry": [{"id": "1002003004", "messaging": [{**event, "message": message}]}]}
    now = datetime(2026, 10, 1, tzinfo=UTC)

    def by(own: frozenset[str]) -> str:
        return parse(body, own_apps=own, automation_apps=frozenset(), now=now).happenings[0].by

    assert by(frozenset({"555000111"})) == "human"
    assert by(frozenset()) == "us"
