"""Who looks after a session."""

import pytest

from chalicelib.errors import AlreadyClaimed
from chalicelib.model.entry import AgentDetail
from tests.fakes.world import ANN, BEN, World


@pytest.fixture
def world() -> World:
    world = World()
    world.user_says()
    return world


def test_claiming_pauses_and_assigns_in_one_commit(world: World):
    rev = world.head.rev
    head = world.agent_claims()

    assert (head.paused, head.assignee.id, head.assignee.name) == (True, "ann", "Ann")
    assert head.rev == rev + 1
    assert [entry.kind for entry in world.log()[-2:]] == ["paused", "claimed"]
    assert world.log("claimed")[0].content == AgentDetail("ann", "Ann")


def test_claiming_alerts_nobody(world: World):
    world.agent_claims()

    assert world.log("alert") == []
    assert world.alerter.published == []


def test_claiming_twice_is_claiming_once(world: World):
    first = world.agent_claims()

    assert world.agent_claims() == first


def test_claiming_anothers_session_names_the_assignee(world: World):
    world.agent_claims(by=ANN)

    with pytest.raises(AlreadyClaimed, match="Ann"):
        world.agent_claims(by=BEN)
    assert world.head.assignee.id == "ann"


def test_a_claim_by_force_takes_the_session_over(world: World):
    world.agent_claims(by=ANN)

    assert world.agent_claims(by=BEN, force=True).assignee.id == "ben"
    assert world.log("claimed")[-1].author == BEN


def test_of_two_claims_at_once_one_wins_and_the_other_learns_who(world: World):
    world.faults.before("commit", lambda: world.agent_claims(by=BEN))

    with pytest.raises(AlreadyClaimed, match="Ben"):
        world.agent_claims(by=ANN)
    assert [entry.author for entry in world.log("claimed")] == [BEN]


def test_releasing_gives_the_session_back_still_paused(world: World):
    world.agent_claims()
    head = world.desk.commands.release("webchat:zoe", by=ANN)

    assert (head.assignee, head.paused) == (None, True)
    assert world.log("released")[0].content == AgentDetail("ann", "Ann")


def test_releasing_what_nobody_has_changes_nothing(world: World):
    head = world.agent_pauses()

    assert world.desk.commands.release("webchat:zoe", by=ANN) == head


def test_releasing_anothers_session_is_refused(world: World):
    world.agent_claims(by=ANN)

    with pytest.raises(AlreadyClaimed, match="Ann"):
        world.desk.commands.release("webchat:zoe", by=BEN)


def test_a_release_by_force_tells_whose_session_it_was(world: World):
    world.agent_claims(by=ANN)
    world.desk.commands.release("webchat:zoe", by=BEN, force=True)

    (entry,) = world.log("released")
    assert (entry.author, entry.content) == (BEN, AgentDetail("ann", "Ann"))


def test_unpausing_clears_the_assignee(world: World):
    world.agent_claims()

    assert world.agent_unpauses().assignee is None


def test_a_message_claims_an_unassigned_session_and_pauses_it_in_one_commit(world: World):
    rev = world.head.rev
    world.agent_says()

    assert world.head.rev == rev + 1
    assert [entry.kind for entry in world.log()[-3:]] == ["paused", "claimed", "message"]
    assert world.head.assignee.id == "ann"


def test_messaging_anothers_session_is_allowed_and_changes_no_owner(world: World):
    world.agent_claims(by=ANN)
    world.agent_says("I may help, too.", by=BEN)

    assert world.head.assignee.id == "ann"
    assert world.read_by_user()[-1] == "I may help, too."
