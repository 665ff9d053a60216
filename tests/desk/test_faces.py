"""Agents' faces at a vendor: whatever fails, the message goes out without one, and no face is made for nothing."""

from collections.abc import Callable

import pytest

from chalicelib.desk.transactor import DEADLINE
from chalicelib.model.entry import Author
from chalicelib.model.facts import FACTS_LIMIT, encode_facts
from tests.desk.vendors import Abroad
from tests.fakes.channel import ACCOUNT, RecordingChannel
from tests.fakes.faults import Fault
from tests.fakes.tools import NOON


@pytest.fixture
def world() -> Abroad:
    world = Abroad()
    world.writes()
    return world


class Making(RecordingChannel):
    """`made` runs once a face is made."""

    def __init__(self, made: Callable[[], object]) -> None:
        super().__init__()
        self.made = made

    def create_persona(self, account: str, name: str, picture_url: str) -> str:
        made = super().create_persona(account, name, picture_url)
        self.made()
        return made


def agent(number: int, name: str = "佐藤健太郎マネージャー" * 3) -> Author:
    return Author(kind="agent", id=f"agent-{number:02}", name=f"{name}{number}")


def test_eighty_agents_with_long_names_all_write_each_with_one_face(world: Abroad):
    for number in range(80):
        world.agent_says(f"Hello {number}", by=agent(number))
        world.clock.pass_by(seconds=20)
    for _ in range(5):
        world.sweep()
        world.clock.pass_by(minutes=1)

    assert world.channel.texts == [f"Hello {number}" for number in range(80)]
    assert set(world.states()) == {"sent"}
    assert len(world.channel.personas) == 80
    assert len({outgoing.persona for outgoing in world.channel.sent}) == 80


def test_the_latest_faces_are_kept_and_found_by_another_process(world: Abroad):
    for number in range(80):
        world.agent_says(f"Hello {number}", by=agent(number))
    kept = world.memory.facts(ACCOUNT)
    again = Abroad(memory=world.memory, channel=world.channel)
    again.agent_says("Me again", by=agent(79))

    assert len(encode_facts(kept)) < FACTS_LIMIT * 9 // 10
    assert isinstance(kept["personas"], dict)
    assert len(kept["personas"]) > 10
    assert len(world.channel.personas) == 80


def test_a_face_too_large_to_be_kept_is_used_and_not_made_again(world: Abroad):
    huge = agent(1, "x" * FACTS_LIMIT)
    for number in range(3):
        world.agent_says(f"Hello {number}", by=huge)

    assert world.channel.texts == ["Hello 0", "Hello 1", "Hello 2"]
    assert len(world.channel.personas) == 1


def test_a_face_that_a_busy_store_did_not_keep_is_used_and_not_made_again():
    busy_until = [NOON]

    def faults(name: str) -> Fault:
        return Fault.BUSY if name == "commit" and world.clock() < busy_until[0] else Fault.NONE

    def is_busy() -> None:
        busy_until[0] = world.clock() + DEADLINE

    world = Abroad(channel=Making(is_busy), faults=faults)
    world.writes()
    world.agent_says("Hello")
    for _ in range(5):
        world.clock.pass_by(minutes=1)
        world.sweep()

    assert world.channel.texts == ["Hello"]
    assert [outgoing.persona for outgoing in world.channel.sent] == ["persona1"]
    assert world.states() == ["sent"]
    assert len(world.channel.personas) == 1


def test_a_channel_that_breaks_while_it_makes_a_face_costs_the_face_alone():
    def fail() -> None:
        raise ZeroDivisionError

    world = Abroad(channel=Making(fail))
    world.writes()
    world.agent_says("One")
    world.agent_says("Two")

    assert world.channel.texts == ["One", "Two"]
    assert [outgoing.persona for outgoing in world.channel.sent] == [None, None]
    assert len(world.channel.personas) == 1
