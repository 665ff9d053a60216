"""What a bot is told of what it did not hear: facts it remembered, and what was said while humans had the conversation."""

import pytest

from chalicelib.model.facts import FACTS_LIMIT
from chalicelib.model.turning import Remember
from tests.fakes.faults import Crash, Fault
from tests.fakes.world import ANN, SESSION, World


def test_facts_are_remembered_and_given_back(world: World):
    world.bot.then(Remember({"city": "Graz", "tags": ["a", 1, None]}))
    world.user_says()
    world.bot.then(Remember({"city": "Wien"}), Remember({"age": 7}))
    world.user_says()
    world.user_says()

    facts = [dict(event.user.facts) for event in world.bot.heard]
    assert facts == [{}, {"city": "Graz", "tags": ["a", 1, None]}, {"city": "Wien", "tags": ["a", 1, None], "age": 7}]


def test_a_remembered_name_becomes_the_name_shown(world: World):
    world.bot.then(Remember({"name": "Zoe\nSmith"}))
    world.user_says()
    world.user_says()

    assert world.head.display_name == "Zoe Smith"
    assert world.bot.heard[-1].user.first_name == "Zoe"


def test_a_remembered_name_that_is_no_text_is_a_fact_only(world: World):
    world.bot.then(Remember({"name": 7}))
    world.user_says()

    assert (world.head.user.name, world.memory.facts(SESSION)) == ("", {"name": 7})


def test_a_bot_that_remembers_too_much_hands_the_user_to_a_human(world: World):
    world.bot.then(Remember({"story": "x" * FACTS_LIMIT}))
    world.user_says()

    assert world.head.pause is not None
    assert (world.head.pause.trigger, world.memory.facts(SESSION)) == ("failure", {})


def test_what_is_remembered_bit_by_bit_has_the_same_limit(world: World):
    for name in ("first", "second"):
        world.bot.then(Remember({name: "x" * (FACTS_LIMIT * 2 // 3)}))
        world.user_says()

    assert world.head.paused
    assert list(world.memory.facts(SESSION)) == ["first"]


def test_the_next_event_after_a_pause_comes_with_what_was_said_during_it(world: World):
    world.user_says("before")
    world.agent_pauses()
    world.user_says("help")
    world.agent_says("here I am")
    world.agent_says("from a program", by=ANN.but(kind="bot", id="crm"))
    world.agent_unpauses()
    world.user_says("thanks")

    event = world.bot.heard[-1]
    assert [entry.said for entry in event.handoff] == ["help", "here I am"]
    assert [event.text for event in world.bot.heard] == ["before", "thanks"]


def test_a_human_stretch_is_told_once(world: World):
    world.user_says()
    world.agent_pauses()
    world.agent_unpauses()
    world.user_says("one")
    world.user_says("two")

    assert [event.handoff for event in world.bot.heard] == [None, (), None]


def test_a_stretch_told_to_a_turn_that_was_voided_is_told_again_from_its_beginning(world: World):
    world.user_says("zero")
    world.agent_pauses()
    world.user_says("help")
    world.agent_unpauses()
    world.bot.then_while(world.agent_pauses)
    world.user_says("one")
    world.agent_unpauses()
    world.user_says("two")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == ["help", "one"]


def test_a_stretch_that_came_and_went_in_a_turn_is_told_with_the_next_event(world: World):
    def meanwhile() -> None:
        world.agent_says("I am here")
        world.agent_unpauses()

    world.bot.then_while(meanwhile)
    world.user_says("one")
    world.user_says("two")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == ["I am here"]


def test_a_turn_in_the_middle_of_a_stretch_leaves_it_to_be_told(world: World):
    world.user_says("zero")
    world.agent_says("I am here")
    world.bot.wanting = lambda event: not event.paused or event.text == "STOP?"
    world.user_says("STOP?")
    world.agent_unpauses()
    world.user_says("one")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == ["I am here", "STOP?"]


def test_what_was_queued_before_a_pause_is_told_with_the_stretch(world: World):
    def meanwhile() -> None:
        world.user_says("queued")
        world.agent_pauses()
        world.user_says("during")

    world.bot.then_while(meanwhile)
    world.user_says("one")
    world.agent_unpauses()
    world.user_says("after")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == ["queued", "during"]


def test_a_turn_that_is_called_once_more_is_not_told_of_a_stretch_after_its_event(world: World):
    world.faults.plan("commit", Fault.NONE, Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        world.user_says("one")
    world.agent_pauses()
    world.agent_unpauses()
    world.clock.pass_by(seconds=14)
    world.sweep()

    assert [event.handoff for event in world.bot.heard] == [None, None]


def test_of_a_long_stretch_the_latest_200_messages_are_told(world: World):
    world.user_says("before")
    world.agent_pauses()
    for number in range(210):
        world.user_says(str(number))
    world.agent_unpauses()
    world.user_says("after")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == [str(number) for number in range(10, 210)]


def test_a_while_paused_turn_gets_no_handoff(world: World):
    world.user_says()
    world.agent_pauses()
    world.bot.wanting = lambda event: True
    world.user_says("STOP")

    assert world.bot.heard[-1].handoff is None
