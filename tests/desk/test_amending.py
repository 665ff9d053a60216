"""What users change of what was said: edits, messages taken back, reactions."""

from datetime import timedelta

import pytest

from chalicelib.bots.base import BotEvent
from chalicelib.desk.parking import decode, encode
from chalicelib.model.content import Buttons, Image, Link, Text
from chalicelib.model.entry import Unsent
from chalicelib.model.event import Event
from chalicelib.model.happening import (
    MOST_PARTS,
    Echo,
    Edit,
    Enforcement,
    Handover,
    Learned,
    Reaction,
    Unsend,
    Watermark,
)
from chalicelib.model.session import User
from chalicelib.model.turning import Action, Notify, PauseIt, Remember, Say
from chalicelib.model.views import entry_view
from tests.desk.vendors import Abroad
from tests.fakes.channel import ACCOUNT, CHATTER
from tests.fakes.faults import Fault
from tests.fakes.tools import NOON

WORD = "xylophone"


@pytest.fixture
def world() -> Abroad:
    world = Abroad()
    world.writes(f"My {WORD} is broken")
    return world


def kept(world: Abroad) -> str:
    """All that the store has."""
    parts = [world.head.to_json(), *(entry.to_json() for entry in world.log())]
    parts += [shown.entry.to_json() for shown in world.memory.notifications(limit=100).items]
    parts += [parked.body for parked in world.memory.parked(limit=100).items]
    return "\n".join(parts)


def test_an_edit_changes_what_is_stored_and_shown(world: Abroad):
    world.edits("My drum is broken", 1)

    entry = world.log("message")[0]
    assert entry.said == "My drum is broken"
    assert entry_view(entry, world.head).edited
    assert world.head.last_message.text == "My drum is broken"
    assert WORD not in kept(world)
    assert world.log("amended")[0].content.of == 1


def test_what_was_edited_and_then_taken_back_is_gone_from_the_bots_answers_too():
    world = Abroad()
    world.bot.then(Say(Text(f"You said: My {WORD} is broken")), Notify(f"My {WORD} is broken"))
    world.writes(f"My {WORD} is broken")
    world.edits("My drum is broken", 1)
    world.unsends()

    assert WORD not in kept(world)
    assert [entry.said for entry in world.log("message")] == ["[unsent]", "…"]


def test_the_same_edit_twice_is_once_and_an_older_one_changes_nothing(world: Abroad):
    world.edits("Second", 2)
    world.edits("Second", 2)
    world.edits("First", 1)

    assert world.log("message")[0].said == "Second"
    assert len(world.log("amended")) == 1


def test_an_edit_that_overtakes_its_message_is_the_message():
    world = Abroad()
    world.edits("Fixed", 1)
    world.writes("Brokn")

    assert [entry.said for entry in world.log("message")] == ["Fixed"]
    assert entry_view(world.log("message")[0], world.head).edited
    assert [event.text for event in world.bot.heard] == ["Fixed"]


def test_an_edit_is_no_event_for_the_bot(world: Abroad):
    world.edits("My drum is broken", 1)

    assert len(world.bot.heard) == 1


def test_an_edit_of_a_caption_keeps_the_picture():
    world = Abroad()
    world.writes(Image("https://scontent.fbcdn.net/1.jpg", text="Look"))
    world.edits("Look here", 1)

    assert world.log("message")[0].content == Image("https://scontent.fbcdn.net/1.jpg", text="Look here")


def test_a_message_taken_back_is_gone_from_everywhere():
    world = Abroad()
    world.bot.then(
        Say(Text(f"You said: My {WORD} is broken")), Notify(f"Someone says: My {WORD}  is broken"), PauseIt()
    )
    world.writes(f"My {WORD} is broken")
    world.desk.parking.park_happening(Event("in:m1", CHATTER, Text(f"My {WORD} is broken"), world.clock()), "A test.")
    assert WORD in kept(world)
    world.unsends()

    assert WORD not in kept(world).replace(f"My {WORD}  is", "")
    entry = world.log("message")[0]
    assert entry.content == Unsent()
    assert (entry.seq, entry.id, entry.author.kind, entry.at) == (1, "in:m1", "user", NOON)


def test_a_message_taken_back_twice_is_once(world: Abroad):
    world.unsends()
    before = world.log()
    world.unsends()
    world.writes(f"My {WORD} is broken")

    assert world.log() == before


def test_the_last_message_shown_in_lists_is_taken_back_too(world: Abroad):
    world.unsends()

    assert world.head.last_message.text == "Message removed"


def test_a_message_taken_back_before_it_comes_never_shows():
    world = Abroad()
    world.unsends()
    world.writes(f"My {WORD} is broken")

    assert WORD not in kept(world)
    assert world.bot.heard == []
    assert world.head.due_at == world.head.profile_at


def test_no_part_of_a_message_that_was_taken_back_before_it_comes_ever_shows():
    world = Abroad()
    world.unsends()
    world.writes()
    world.writes(Image(f"https://a.example/{WORD}"), mid="m1:1", part_of="in:m1")

    assert WORD not in kept(world)
    assert [entry.content for entry in world.log("message")] == [Unsent()]


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        (f"My {WORD}\nis  broken", f"You said: My {WORD} is broken."),
        (f"My {WORD} is broken", f"You said: My\n{WORD} is   broken."),
        (f"{WORD} " * 100, f"You said: {WORD} {WORD} {WORD[:5]}…"),
        (f"https://{WORD}.example/a", f"https://{WORD}.example/a"),
    ],
)
def test_a_quotation_of_what_was_taken_back_is_gone_however_it_was_spaced_or_cut(words: str, quoted: str):
    world = Abroad()
    world.bot.then(Say(Text(quoted)), Notify(quoted), PauseIt(reason=quoted))
    world.writes(words)
    world.unsends()

    assert WORD not in kept(world)
    assert WORD[:5] not in kept(world)


def test_an_address_that_was_taken_back_is_gone_from_buttons_too():
    world = Abroad()
    address = f"https://{WORD}.example"
    world.bot.then(Say(Buttons("Is it this?", [Link("Open", address)])))
    world.writes(address)
    world.unsends()

    assert WORD not in kept(world)
    assert [entry.said for entry in world.ours()] == ["…"]


def test_what_the_bot_said_to_a_message_that_was_edited_is_gone_with_it():
    world = Abroad()
    world.bot.then(Say(Text(f"You said: My {WORD} is broken")), Notify(f"My {WORD}"), PauseIt(reason=f"My {WORD}"))
    world.writes(f"My {WORD} is broken")
    world.edits("It is all right", 1)
    world.unsends()

    assert WORD not in kept(world)


def test_what_the_bot_says_to_a_message_that_was_taken_back_during_its_turn_never_lands():
    world = Abroad()
    quoted = f"My {WORD} is broken"
    actions = [Say(Text(quoted)), Notify(quoted, level="warning"), PauseIt(reason=quoted), Remember({"name": quoted})]
    world.bot.then_while(world.unsends, *actions)
    world.writes(quoted)

    assert WORD not in kept(world)
    assert WORD not in str(world.memory.facts(CHATTER))
    assert world.channel.texts == []
    assert [(alert.said, alert.content.level) for alert in world.log("alert")] == [
        ("The bot asks for attention", "warning")
    ]
    assert not world.head.paused
    assert world.head.turn is None


def test_a_turn_in_whose_time_another_message_was_taken_back_lands():
    world = Abroad()
    world.writes("Hello", mid="m0")
    world.bot.then_while(lambda: world.unsends(mid="m0"), Say(Text("Hi")))
    world.writes("Hello again")

    assert world.channel.texts == ["Hi"]


def test_a_turn_that_nothing_came_between_reads_its_message_no_more():
    world = Abroad()
    world.bot.then(Say(Text("Hi")))
    world.writes()

    assert "find" not in world.faults.calls


def told_once_more(event: BotEvent) -> list[Action]:
    """A turn that repeats all that a bot is told of a human stretch."""
    words = "They said: " + ", ".join(entry.said for entry in event.handoff or ())
    return [Say(Text(words)), Notify(words), Notify("Look here"), PauseIt(reason=words)]


def test_what_the_bot_repeats_after_a_human_was_there_is_gone_too():
    world = Abroad()
    world.writes("Hello", mid="m0")
    world.agent_pauses()
    world.writes(f"My {WORD} is broken")
    world.agent_unpauses()
    world.bot.usually = told_once_more
    world.writes("Go on", mid="m2")
    assert WORD in kept(world)
    world.unsends()

    assert WORD not in kept(world)
    assert [entry.said for entry in world.ours()] == ["They said: …"]
    assert [entry.said for entry in world.log("alert")] == ["They said: …", "Look here"]
    assert world.head.pause.reason == "They said: …"


def test_a_short_message_takes_nothing_of_what_the_bot_said_later_with_it():
    world = Abroad()
    world.bot.then(Remember({"agrees": "yes"}))
    world.writes("yes")
    world.bot.then(Say(Text("So yes, yesterday")))
    world.writes("Go on", mid="m2")
    world.unsends()

    assert [entry.said for entry in world.ours()] == ["So yes, yesterday"]
    assert world.memory.facts(CHATTER)["agrees"] == "yes"


def test_a_longer_word_that_begins_so_stays():
    world = Abroad()
    world.writes(WORD)
    world.bot.then(Say(Text(f"{WORD}s and a {WORD}, an{WORD}")))
    world.writes("Go on", mid="m2")
    world.unsends()

    assert [entry.said for entry in world.ours()] == [f"{WORD}s and a …, an{WORD}"]


def test_what_the_bot_remembers_of_a_message_that_was_taken_back_is_gone():
    world = Abroad()
    world.bot.then(Remember({"name": WORD, "order": {"of": [f"A {WORD}", 7]}, "city": "Paris"}))
    world.writes(WORD)
    assert world.head.user.name == WORD
    world.unsends()

    facts = world.memory.facts(CHATTER)
    assert {name: facts[name] for name in ("name", "order", "city")} == {
        "name": "…",
        "order": {"of": ["A …", 7]},
        "city": "Paris",
    }
    assert (world.head.user.name, world.head.user.given) == ("", False)


def test_more_quotations_than_one_commit_holds_are_gone():
    world = Abroad()
    world.writes(WORD)
    world.bot.usually = lambda event: [Say(Text(f"{WORD}, again"))] * 20
    for number in range(4):
        world.writes("Go on", mid=f"m_{number}")
    before = world.head.rev
    world.unsends()

    assert WORD not in kept(world)
    assert world.head.rev == before + 3


def test_what_quotes_two_parts_of_a_message_is_left_with_neither():
    world = Abroad()
    world.writes(f"First {WORD}")
    world.told(Event("in:m1:1", CHATTER, Text(f"Second {WORD}"), world.clock(), part_of="in:m1"))
    world.bot.then(Say(Text(f"First {WORD}, Second {WORD}")), Remember({"all": [f"First {WORD}", f"Second {WORD}"]}))
    world.writes("Go on", mid="m2")
    world.unsends()

    assert [entry.said for entry in world.ours()] == ["…, …"]
    assert world.memory.facts(CHATTER)["all"] == ["…", "…"]


def test_an_edit_reaches_what_agents_were_told_and_not_what_was_sent():
    world = Abroad()
    quoted = f"My {WORD} is broken"
    world.bot.then(Say(Text(f"You said: {quoted}")), Notify(quoted), Notify(quoted), PauseIt(reason=quoted))
    world.writes(quoted)
    world.edits("My drum is broken", 1)

    assert [entry.said for entry in world.ours()] == [f"You said: {quoted}"]
    assert [entry.said for entry in world.log("alert")] == ["…", "…"]
    assert [shown.entry.said for shown in world.memory.notifications(limit=9).items] == ["…", "…"]
    assert world.log("paused")[0].content.reason == world.head.pause.reason == "…"


def test_all_of_as_many_parts_as_a_message_may_have_are_taken_back_though_some_have_not_come():
    world = Abroad()
    world.writes("Hello", mid="m0")
    world.bot.usually = lambda event: [Say(Text(f"You said: {event.text}"))]
    for number in range(MOST_PARTS):
        if number not in (0, 5):
            said = Text(f"{WORD} {number}")
            world.told(Event(f"in:m1:{number}", CHATTER, said, world.clock(), part_of="in:m1"))
    world.unsends()
    world.writes(WORD)
    world.told(Event("in:m1:5", CHATTER, Text(WORD), world.clock(), part_of="in:m1"))

    assert WORD not in kept(world)


def test_what_the_bot_said_to_other_messages_stays():
    world = Abroad()
    world.bot.then(Say(Text("One moment")))
    world.writes("My lamp is broken")
    world.bot.then(Say(Text("We look into it")))
    world.writes("Thanks", mid="m2")
    world.edits("It is all right", 1)
    world.unsends()

    assert [entry.said for entry in world.ours()] == ["…", "We look into it"]


def test_the_payload_by_which_a_user_came_is_taken_back_with_its_message():
    world = Abroad()
    world.writes(Text("Yes", payload=f"P_{WORD}"), facts={"ref": "flyer"})
    world.unsends()

    assert WORD not in str(world.memory.facts(CHATTER))
    assert world.memory.facts(CHATTER).keys() == {"first_contact", "ref"}


def test_all_parts_of_a_message_are_taken_back():
    world = Abroad()
    world.writes("Look", mid="m1")
    world.told(Event("in:m1:1", CHATTER, Image("https://scontent.fbcdn.net/1.jpg"), world.clock()))
    world.told(Event("in:m1:2", CHATTER, Image("https://scontent.fbcdn.net/2.jpg"), world.clock()))
    world.unsends()

    assert {type(entry.content) for entry in world.log("message")} == {Unsent}


def test_the_bot_is_not_asked_about_what_was_taken_back_while_it_waited():
    world = Abroad()
    world.bot.then_while(lambda: (world.writes("Second", mid="m2"), world.unsends(mid="m2")))
    world.writes("First", mid="m1")
    world.sweep()

    assert [event.text for event in world.bot.heard] == ["First"]
    assert not world.head.queued


def test_what_was_taken_back_is_no_part_of_what_a_bot_is_told_after_a_human():
    world = Abroad()
    world.writes("One", mid="m1")
    world.agent_says("Hi")
    world.writes("Secret", mid="m2")
    world.unsends(mid="m2")
    world.agent_unpauses()
    world.writes("Back", mid="m3")

    assert [entry.said for entry in world.bot.heard[-1].handoff] == ["Hi"]


def test_an_edit_of_what_was_taken_back_changes_nothing(world: Abroad):
    world.unsends()
    world.edits(f"{WORD}!", 1)

    assert WORD not in kept(world)


def test_a_reaction_shows_at_the_users_own_message(world: Abroad):
    world.reacts("❤️")
    assert entry_view(world.log("message")[0], world.head).reaction == "❤️"
    world.clock.pass_by(seconds=1)
    world.reacts(None)

    assert entry_view(world.log("message")[0], world.head).reaction is None


def test_a_reaction_shows_at_our_message(world: Abroad):
    entry = world.agent_says("Hi")
    world.reacts("👍", mid=entry.vendor_id)

    assert world.ours()[0].reaction == "👍"


def test_a_late_reaction_does_not_replace_a_newer_one(world: Abroad):
    world.clock.pass_by(minutes=1)
    world.reacts("❤️")
    world.reacts("👎", at=NOON + timedelta(seconds=1))

    assert world.log("message")[0].reaction == "❤️"


def test_a_reaction_to_what_nobody_knows_changes_no_entry(world: Abroad):
    before = world.log()
    world.reacts("❤️", mid="unknown")

    assert world.log() == before


def test_words_from_before_an_erasure_stay_out(world: Abroad):
    at = world.clock()
    world.desk.erase(CHATTER)
    world.edits(f"{WORD}!", 1)
    world.unsends()
    world.reacts("❤️")
    world.echo(WORD, at=at)
    world.told(Learned("in:ref", CHATTER, {"referral": {"ref": WORD}}, at))
    world.hands("taken")
    world.writes(WORD, mid="m9", at=at)

    assert world.memory.load(CHATTER).gone


@pytest.mark.parametrize(
    "happening",
    [
        Event(
            "in:1",
            CHATTER,
            Text("Hi", payload="P"),
            NOON,
            User(name="Zoe"),
            {"referral": {"ref": "x"}},
            1,
            standby=True,
        ),
        Echo("in:1", CHATTER, Image("https://a.example/1.png"), NOON, "1", "human", "Page inbox", "meta"),
        Edit("in:1", CHATTER, "in:0", "Hi", 2, NOON),
        Unsend("in:1", CHATTER, "in:0", "0", NOON),
        Reaction("in:1", CHATTER, "0", None, NOON),
        Watermark(CHATTER, NOON, read=True),
        Learned("in:1", CHATTER, {"opted_in": {"ref": "x"}}, NOON),
        Handover("in:1", CHATTER, "taken", to_us=False, app_id=None, who="Page inbox", at=NOON),
        Enforcement("in:1", ACCOUNT, "block", "Spam", NOON),
    ],
    ids=lambda happening: type(happening).__name__,
)
def test_whatever_happened_is_parked_so_that_it_can_be_tried_again(happening: object):
    assert decode(encode(happening)) == happening  # type: ignore[arg-type] # a happening


def test_traces_of_what_was_taken_back_are_overwritten_by_the_next_sweep_once_for_all(world: Abroad):
    other = f"{ACCOUNT}.8"
    world.told(Event("in:o1", other, Text(WORD), world.clock()))
    world.unsends()
    world.told(Unsend("in:o1:deleted", other, "in:o1", "o1", world.clock()))
    world.clock.pass_by(seconds=1)
    world.faults.plan("scrub", Fault.BUSY)
    world.sweep()
    assert world.head.scrub_at is not None
    world.sweep()
    world.sweep()

    assert world.faults.calls.count("scrub") == 2
    assert world.head.scrub_at is None
    assert world.memory.load(other).scrub_at is None
