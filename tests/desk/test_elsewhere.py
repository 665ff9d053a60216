"""Humans who answer elsewhere, other apps, and what the platform tells of our own messages."""

from datetime import timedelta

import pytest

from chalicelib.model.content import Text
from chalicelib.model.happening import Learned
from chalicelib.model.session import User
from chalicelib.model.turning import Remember, Say
from chalicelib.model.window import held_elsewhere
from tests.desk.vendors import Abroad
from tests.fakes.channel import CHATTER
from tests.fakes.faults import Crash, Fault
from tests.fakes.tools import NOON
from tests.fakes.world import PROGRAM


@pytest.fixture
def world() -> Abroad:
    world = Abroad()
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    world.writes("Hello", mid="m0")
    world.clock.pass_by(seconds=10)
    return world


def test_an_echo_of_a_human_pauses_the_bot_and_shows_as_an_agents_message(world: Abroad):
    world.echo("Hi, Bob here")

    assert world.head.pause.trigger == "echo"
    said = world.log("message")[-1]
    assert (said.author.kind, said.author.name, said.said) == ("agent", "Page inbox", "Hi, Bob here")
    assert world.states()[-1] == "sent"
    assert world.head.waiting_since is None
    assert world.alerter.words == ["Somebody answers Someone (A939) on Messenger elsewhere, and the bot is paused"]
    world.writes("Still there?", mid="m1")
    assert world.channel.texts == ["You said: Hello"]


def test_the_same_echo_twice_is_one_message(world: Abroad):
    world.echo()
    world.agent_unpauses()
    world.echo()

    assert len(world.log("paused")) == 1
    assert not world.head.paused
    assert [entry.said for entry in world.log("message")].count("Hi, Bob here") == 1


def test_echoes_of_our_own_add_nothing_and_never_pause(world: Abroad):
    before = world.log()
    world.own_echo("hitl:2.0", mid="m_1")
    world.own_echo("hitl:999.0")
    world.own_echo("something else")

    assert world.log() == before
    assert not world.head.paused


def test_echoes_of_automation_show_and_never_pause(world: Abroad):
    world.echo("Your parcel has left", by="automation", who="Another app")

    assert not world.head.paused
    said = world.log("message")[-1]
    assert (said.author.kind, said.author.name) == ("bot", "Another app")
    world.writes("Thanks", mid="m1")
    assert world.channel.texts[-1] == "You said: Thanks"


def test_a_humans_echo_does_not_go_out_again(world: Abroad):
    world.echo()
    world.sweep()

    assert world.channel.texts == ["You said: Hello"]


@pytest.mark.parametrize("kind", ["taken", "passed", "requested"])
def test_another_app_that_has_the_conversation_silences_the_bot(world: Abroad, kind: str):
    world.hands(kind)
    world.writes("Hm", mid="m1")

    assert world.head.pause.trigger == "echo"
    assert world.channel.texts == ["You said: Hello"]
    assert "Page inbox" in (held_elsewhere(world.head, world.clock()) or "Page inbox")


def test_a_request_for_the_conversation_is_met(world: Abroad):
    world.hands("requested")
    world.hands("requested")

    assert world.channel.given == [(CHATTER, "263902037430900")]


def test_what_is_written_while_another_app_has_it_is_refused_with_the_reason(world: Abroad):
    world.hands("taken")
    entry = world.agent_says("Hi")

    assert entry.fate == "failed"
    assert entry.failure == "Page inbox has this conversation. It can be answered here once it is passed back."
    assert world.channel.texts == ["You said: Hello"]


def test_the_bot_goes_on_when_the_conversation_is_given_back(world: Abroad):
    world.hands("taken")
    world.clock.pass_by(minutes=1)
    world.hands("passed", to_us=True)
    world.writes("Back?", mid="m1")

    assert not world.head.paused
    assert world.channel.texts[-1] == "You said: Back?"


def test_an_agents_own_pause_outlasts_the_conversations_return(world: Abroad):
    world.agent_claims()
    world.hands("taken")
    world.clock.pass_by(minutes=1)
    world.hands("passed", to_us=True)

    assert world.head.paused
    assert world.head.assignee.id == "ann"


def test_a_late_word_about_who_has_it_changes_nothing(world: Abroad):
    world.clock.pass_by(minutes=10)
    world.hands("passed", to_us=True)
    world.hands("taken", at=NOON + timedelta(minutes=5))

    assert not world.head.paused
    assert world.head.elsewhere is None


def test_what_comes_by_standby_is_recorded_and_never_answered(world: Abroad):
    world.writes("To the inbox", mid="m1", standby=True)

    assert world.log("message")[-1].said == "To the inbox"
    assert world.channel.texts == ["You said: Hello"]
    assert len(world.bot.heard) == 1


def test_reads_and_deliveries_move_the_watermarks_and_never_back(world: Abroad):
    world.agent_says("One")
    world.seen(world.clock(), read=False)
    assert world.states() == ["delivered", "delivered"]
    world.seen(world.clock())
    assert world.states() == ["read", "read"]
    world.seen(NOON)
    world.clock.pass_by(seconds=10)
    world.agent_says("Two")

    assert world.states() == ["read", "read", "sent"]


def test_a_word_of_reading_that_comes_before_the_answer_counts(world: Abroad):
    world.channel.meanwhile = [lambda: world.seen(world.clock() + timedelta(seconds=1))]
    world.agent_says("One")

    assert world.states()[-1] == "read"


def test_what_went_out_after_a_reading_is_not_read(world: Abroad):
    read_at = world.clock()
    world.clock.pass_by(seconds=10)
    world.agent_says("One")
    world.seen(read_at)

    assert world.states() == ["read", "sent"]


def test_referrals_and_the_first_contact_are_kept_as_facts(world: Abroad):
    world.told(Learned("in:ref", CHATTER, {"referral": {"ref": "table-7"}}, world.clock()))
    world.writes("Hi", mid="m1", facts={"referral": {"ref": "spring", "ad_id": "610001"}})

    facts = world.memory.facts(CHATTER)
    assert facts["referral"] == {"ref": "spring", "ad_id": "610001"}
    assert facts["first_contact"] == {"at": "2026-03-01T12:00:00.000000Z"}
    assert world.bot.heard[-1].user.facts["referral"] == {"ref": "spring", "ad_id": "610001"}


def test_facts_too_large_to_keep_do_not_cost_the_message(world: Abroad):
    world.writes("Hi", mid="m1", facts={"referral": "x" * 9000})

    assert world.channel.texts[-1] == "You said: Hi"


def test_a_referral_may_come_before_the_first_message():
    world = Abroad()
    world.told(Learned("in:ref", CHATTER, {"referral": {"ref": "table-7"}}, world.clock()))
    world.writes("Hi")

    facts = world.memory.facts(CHATTER)
    assert facts["referral"] == {"ref": "table-7"}
    assert "first_contact" in facts


def test_the_menus_way_to_a_human_pauses_and_says_so(world: Abroad):
    world.writes(Text("Talk to a human", payload="HITL_HUMAN"), mid="m1")
    world.writes(Text("Talk to a human", payload="HITL_HUMAN"), mid="m2")

    assert world.head.pause.trigger == "user"
    assert world.channel.texts == ["You said: Hello", "A human will be with you soon."]
    assert len(world.log("alert")) == 1


def test_the_bot_may_answer_for_a_day_and_a_human_for_a_week(world: Abroad):
    world.clock.pass_by(hours=25)
    world.desk.commands.say(CHATTER, Text("Our shop is open"), by=PROGRAM)
    world.agent_says("Sorry for the wait")
    world.clock.pass_by(days=6)
    world.agent_says("Too late")

    assert world.states() == ["sent", "failed", "sent", "failed"]
    assert [outgoing.late for outgoing in world.channel.sent] == [False, True]
    failures = [entry.failure for entry in world.ours() if entry.failure]
    assert failures == [
        "The user was last active more than 24 hours ago: only a human may answer now.",
        "The user last wrote more than 7 days ago: Messenger takes no answers any more, until they write again.",
    ]


def test_a_human_within_a_day_is_not_marked_as_one(world: Abroad):
    world.clock.pass_by(hours=23)
    world.agent_says("Hi")

    assert not world.channel.sent[-1].late


def test_a_reaction_lets_everybody_answer_for_another_day(world: Abroad):
    world.clock.pass_by(hours=20)
    world.reacts("❤️", mid="m0")
    world.clock.pass_by(hours=20)
    world.agent_says("Hi")

    assert world.states()[-1] == "sent"
    assert not world.channel.sent[-1].late


def test_the_profile_is_asked_for_by_the_sweep_and_again_after_a_week(world: Abroad):
    assert world.channel.asked_who == []
    world.channel.people[CHATTER] = User(name="Ann Lee", picture_url="https://scontent.fbcdn.net/1.jpg")
    world.sweep()
    assert (world.head.user.name, world.head.user.picture_url) == ("Ann Lee", "https://scontent.fbcdn.net/1.jpg")
    world.writes("Hi", mid="m1")
    world.sweep()
    assert len(world.channel.asked_who) == 1
    world.clock.pass_by(days=7)
    world.channel.people[CHATTER] = User(name="Ann Lee-May")
    world.writes("Hi", mid="m2")
    world.sweep()

    assert world.head.user.name == "Ann Lee-May"


def test_a_name_that_the_bot_learned_stays(world: Abroad):
    world.bot.then(Remember({"name": "Annie"}))
    world.writes("Call me Annie", mid="m1")
    world.channel.people[CHATTER] = User(name="Ann Lee")
    world.sweep()

    assert world.head.user.name == "Annie"


def test_a_request_for_the_conversation_is_met_when_the_process_died_over_it(world: Abroad):
    def die() -> None:
        raise Crash

    world.faults.before("commit", die)
    with pytest.raises(Crash):
        world.hands("requested")
    world.hands("requested")
    assert world.head.elsewhere is not None
    assert world.channel.given[-1] == (CHATTER, "263902037430900")

    world.faults.plan("commit", Fault.CRASH_AFTER)
    world.clock.pass_by(minutes=1)
    before = len(world.channel.given)
    with pytest.raises(Crash):
        world.hands("requested")
    assert len(world.channel.given) == before + 1


@pytest.mark.parametrize(("hours", "late"), [(23.9, False), (23.97, False), (24.01, True)])
def test_a_human_is_marked_as_one_only_after_the_whole_day(world: Abroad, hours: float, late: bool):
    world.clock.pass_by(hours=hours, seconds=-10)
    world.agent_says("Hi")

    assert world.states()[-1] == "sent"
    assert world.channel.sent[-1].late is late


def test_a_late_echo_does_not_end_the_waiting_of_who_wrote_after_it(world: Abroad):
    at = world.clock()
    world.clock.pass_by(minutes=5)
    world.user_wants_a_human()
    world.writes("Anybody?", mid="m1")
    world.echo(at=at)

    assert world.head.waiting_since is not None
    assert world.head.unread > 0


def test_a_late_echo_does_not_silence_a_bot_that_was_let_speak_after_it(world: Abroad):
    at = world.clock()
    world.clock.pass_by(minutes=5)
    world.agent_pauses()
    world.agent_unpauses()
    world.echo(at=at)

    assert not world.head.paused
    assert world.log("message")[-1].said == "Hi, Bob here"


@pytest.mark.parametrize("kind", ["taken", "requested"])
def test_a_conversation_that_we_took_ourselves_is_ours(world: Abroad, kind: str):
    world.hands(kind, to_us=True)

    assert not world.head.paused
    assert world.head.elsewhere is None
    assert world.channel.given == []
