"""What agents and visitors are shown."""

from datetime import timedelta

import pytest

from chalicelib.model.content import Text
from chalicelib.model.draft import Draft
from chalicelib.model.entry import SYSTEM, AmendDetail, Entry
from chalicelib.model.policy import Policy
from chalicelib.model.session import Session
from chalicelib.model.turning import Say
from chalicelib.model.views import entry_view, session_view, visitor_entries, visitor_state
from tests.fakes.tools import NOON
from tests.fakes.world import ANN, SESSION, World


@pytest.fixture
def world() -> World:
    """A user has asked for a human, and Ann has answered."""
    world = World()
    world.user_says("Hello", name="Zoe")
    world.user_wants_a_human()
    world.desk.commands.note(SESSION, "secret", by=ANN)
    world.agent_says("How can I help?")
    return world


def test_agents_see_who_waits_for_whom_and_why(world: World):
    view = session_view(world.head, world.clock())

    assert (view.id, view.channel, view.user.name, view.user.id) == (SESSION, "webchat", "Zoe", "zoe")
    assert (view.paused, view.pause.trigger, view.assignee.name) == (True, "user", "Ann")
    assert (view.seq, view.unread, view.last_message.text) == (world.head.seq, 0, "How can I help?")


def test_an_expired_pause_is_shown_as_over(world: World):
    view = session_view(world.head, world.clock() + timedelta(hours=25))

    assert (view.paused, view.pause, view.assignee, view.waiting_since) == (False, None, None, None)


def test_a_visitor_sees_what_was_said_and_who_came(world: World):
    shown = visitor_entries(world.log())

    assert [entry.kind for entry in shown] == ["message", "paused", "claimed", "message"]
    assert [entry.author.name for entry in shown[2:]] == ["Ann", "Ann"]


def test_a_visitor_sees_no_note_no_alert_no_reason_and_no_agents_id(world: World):
    text = " ".join(entry.model_dump_json() for entry in visitor_entries(world.log()))

    for hidden in ("secret", "wants to talk", '"ann"', "a:ann", "until"):
        assert hidden not in text


def test_a_visitor_sees_their_own_ids(world: World):
    assert visitor_entries(world.log())[0].id == "u:1"


def test_a_visitor_sees_nothing_that_was_suppressed():
    world = World()
    world.bot.then_while(world.agent_pauses, Say(Text("late")))
    world.user_says()

    assert "late" not in [entry.content.text for entry in visitor_entries(world.log()) if entry.content]


@pytest.mark.parametrize(
    ("fate", "kind", "seen"), [(None, "message", 1), ("suppressed", "message", 0), (None, "note", 0)]
)
def test_a_visitor_learns_of_an_amend_only_where_they_saw_what_was_amended(fate, kind, seen: int):
    draft = Draft(Session(id=SESSION), now=NOON, request="r", policy=Policy())
    entry = draft.add(kind, ANN, Text("one"), suppressed=fate is not None)
    draft = Draft(draft.after, now=NOON, request="s", policy=Policy())
    draft.amend(entry.but(content=Text("two")))

    assert draft.amends[0].seq == 1
    assert draft.entries[0].content.of == 1
    assert len(visitor_entries(draft.entries)) == seen


def test_a_visitor_knows_whether_a_human_is_there_and_who(world: World):
    state = visitor_state(world.head, world.clock())
    assert (state.paused, state.agent.name, state.typing) == (True, "Ann", False)

    later = visitor_state(world.head, world.clock() + timedelta(hours=25))
    assert (later.paused, later.agent) == (False, None)


def test_typing_is_shown_while_it_is_fresh(world: World):
    head = world.desk.commands.typing(SESSION, who="agent")
    head = world.desk.commands.typing(SESSION, who="user")

    assert visitor_state(head, world.clock()).typing
    assert session_view(head, world.clock()).typing
    assert not visitor_state(head, world.clock() + timedelta(seconds=6)).typing


@pytest.mark.parametrize(
    ("marks", "status"),
    [
        ({}, "pending"),
        ({"sent_to": 5}, "sent"),
        ({"sent_to": 5, "delivered_to": 5}, "delivered"),
        ({"sent_to": 5, "delivered_to": 5, "read_to": 5}, "read"),
    ],
)
def test_the_heads_watermarks_tell_how_far_a_message_got(marks: dict[str, int], status: str):
    entry = Entry(seq=5, id="a:ann:1", kind="message", author=ANN, at=NOON, content=Text("x"))

    assert entry_view(entry, Session(id=SESSION, **marks)).status == status


@pytest.mark.parametrize("fate", ["suppressed", "failed", "unknown"])
def test_a_fate_is_shown_whatever_the_watermarks_say(fate):
    entry = Entry(seq=5, id="b:1:0", kind="message", author=ANN, at=NOON, content=Text("x"), fate=fate, failure="why")

    view = entry_view(entry, Session(id=SESSION, sent_to=9, read_to=9))
    assert (view.status, view.failure) == (fate, "why")


def test_what_the_user_said_and_what_is_no_message_has_no_status(world: World):
    for entry in world.log():
        if entry.kind != "message" or entry.author.kind == "user":
            assert entry_view(entry, world.head).status is None


def test_a_line_of_the_system_is_seen_without_its_details():
    entry = Entry(seq=1, id="s:r:0", kind="amended", author=SYSTEM, at=NOON, content=AmendDetail(1))

    assert visitor_entries([entry])[0].content == AmendDetail(1)
