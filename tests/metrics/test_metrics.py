"""What operators see of the work: each number once, under its name, in the form that CloudWatch takes from a log."""

import io
import json
from dataclasses import replace

import pytest

from chalicelib.channels.base import SendFailed
from chalicelib.desk.inbox import Delivery, Unread
from chalicelib.errors import AlertFailed
from chalicelib.metrics import METRICS, EmbeddedMeter
from tests.desk.vendors import Abroad
from tests.fakes.alerter import RecordingAlerter
from tests.fakes.channel import CHATTER
from tests.fakes.faults import Crash, Fault
from tests.fakes.memory import MemoryStore
from tests.fakes.meter import RecordingMeter
from tests.fakes.tools import FakeClock, fake_tools
from tests.fakes.world import World


def measured(kind=World, **options):
    """A world whose numbers are kept, and what keeps them."""
    meter = RecordingMeter()
    clock = FakeClock()
    return kind(tools=replace(fake_tools(clock), meter=meter), **options), meter


def test_entries_and_events_are_counted_as_they_are_committed():
    world, meter = measured()
    world.user_says("Hello")
    world.user_says("Is somebody there?")

    assert meter.total("EventsReceived", "webchat") == 2
    assert meter.total("EntriesCommitted") == len(world.log())


def test_a_pause_is_counted_by_what_caused_it():
    world, meter = measured()
    world.user_wants_a_human()
    world.agent_pauses()
    world.agent_unpauses()
    world.agent_pauses()

    assert (meter.total("Pauses", "user"), meter.total("Pauses", "agent"), meter.total("Pauses")) == (1, 1, 2)


def test_the_first_answer_of_a_human_ends_the_wait_that_is_measured():
    world, meter = measured()
    world.user_wants_a_human()
    world.clock.pass_by(seconds=90)
    world.agent_says()
    world.clock.pass_by(seconds=10)
    world.agent_says("Still here")

    assert meter.values("TimeToFirstHumanAnswer") == [90]


def test_only_the_first_answer_of_a_pause_is_measured():
    """Else many quick answers in a conversation would hide how long people wait for its beginning."""
    world, meter = measured()
    world.user_wants_a_human()
    for _ in range(3):
        world.clock.pass_by(seconds=90)
        world.agent_says()
        world.clock.pass_by(seconds=5)
        world.user_says()

    assert meter.values("TimeToFirstHumanAnswer") == [90]


def test_each_pause_has_a_first_answer():
    world, meter = measured()
    for seconds in (90, 30):
        world.user_wants_a_human()
        world.clock.pass_by(seconds=10)
        world.user_says()
        world.clock.pass_by(seconds=seconds)
        world.agent_says()
        world.agent_unpauses()

    assert meter.values("TimeToFirstHumanAnswer") == [100, 40]


def test_an_answer_in_the_pages_own_inbox_is_a_humans_first_one_too():
    world, meter = measured(Abroad)
    world.writes()
    world.desk.pause("messenger", CHATTER.partition(":")[2])
    world.clock.pass_by(seconds=20)
    world.echo()
    world.clock.pass_by(seconds=20)
    world.agent_says()

    assert meter.values("TimeToFirstHumanAnswer") == [20]


def test_who_answers_without_being_waited_for_is_not_measured():
    world, meter = measured()
    world.user_says()
    world.agent_says()
    world.clock.pass_by(seconds=5)
    world.user_says()
    world.clock.pass_by(seconds=5)
    world.agent_says()

    assert meter.values("TimeToFirstHumanAnswer") == []


def test_an_unpause_without_an_answer_is_no_answer():
    world, meter = measured()
    world.user_wants_a_human()
    world.clock.pass_by(seconds=90)
    world.agent_unpauses()

    assert not [counted for counted in meter.counted if counted[0] == "TimeToFirstHumanAnswer"]


def test_a_repeated_event_is_a_duplicate_and_nothing_else():
    world, meter = measured()
    world.user_says("Hello", entry_id="u:1")
    before = meter.total("EntriesCommitted"), meter.total("EventsReceived")
    world.user_says("Hello", entry_id="u:1")

    assert meter.total("Duplicates") == 1
    assert (meter.total("EntriesCommitted"), meter.total("EventsReceived")) == before


def test_a_commit_that_lost_its_race_is_a_conflict_and_counts_once_when_it_holds():
    world, meter = measured()
    world.user_says("Hello")
    before = meter.total("EntriesCommitted"), len(world.log())
    world.faults.before("commit", lambda: world.agent_says("I was faster"))
    world.user_says("Hello again")

    assert meter.total("Conflicts") == 1
    assert meter.total("EntriesCommitted") - before[0] == len(world.log()) - before[1]


def test_a_commit_whose_answer_was_lost_counts_once():
    world, meter = measured()
    world.faults.plan("commit", Fault.LOST)
    world.user_says("Hello")

    assert (meter.total("EntriesCommitted"), meter.total("EventsReceived")) == (len(world.log()), 1)


def test_alerts_are_counted_by_what_published_them_or_did_not():
    class Deaf(RecordingAlerter):
        def publish(self, alert):
            raise AlertFailed("nobody listens")

    deaf = Deaf()
    deaf.name = "deaf"
    heard = RecordingAlerter()
    world, meter = measured(alerters=(heard, deaf))
    world.user_wants_a_human()

    assert meter.total("AlertsPublished", heard.name) == 1
    assert meter.total("AlertsFailed", "deaf") == 1


def test_the_sweep_tells_how_many_wait_and_how_long_the_first_of_them_has():
    world, meter = measured()
    world.sweep()
    world.user_wants_a_human()
    world.clock.pass_by(seconds=30)
    meter.counted.clear()
    world.sweep()

    assert (meter.total("SessionsWaiting"), meter.total("LongestWaitSeconds")) == (1, 30)


def test_when_nobody_waits_the_longest_wait_is_none():
    world, meter = measured()
    world.user_says("Hello")
    world.agent_pauses()
    world.agent_says()
    meter.counted.clear()
    world.sweep()

    assert [counted for counted in meter.counted if "Wait" in counted[0]] == [
        ("SessionsWaiting", 0, None),
        ("LongestWaitSeconds", 0, None),
    ]


def test_a_store_that_cannot_tell_who_waits_breaks_no_sweep():
    world, meter = measured()
    world.faults.plan("waiting", Fault.BUSY)
    world.sweep()

    assert meter.total("SessionsWaiting") == 0


def test_a_row_that_nobody_can_read_costs_the_sweep_nothing_but_the_number():
    class Unreadable(MemoryStore):
        def sessions(self, query, *, cursor=None, limit):
            raise ValueError("what the user said")

    world, meter = measured(memory=Unreadable())
    world.user_wants_a_human()
    world.sweep()

    assert (meter.values("SessionsWaiting"), meter.values("LongestWaitSeconds")) == ([1], [])


def test_what_is_parked_is_counted():
    world, meter = measured(Abroad)
    world.desk.inbox.put(Delivery("messenger", [], [Unread("{", "It is no JSON (1 bytes).")]))

    assert meter.total("Parked") == 1


def test_messages_to_a_vendor_are_counted_by_what_became_of_them():
    world, meter = measured(Abroad)
    world.writes()
    world.agent_says("One")
    world.channel.refusals.append(SendFailed("failed", "It was refused."))
    world.agent_says("Two")

    assert (meter.total("Sends", "sent"), meter.total("Sends", "failed")) == (1, 1)


def test_a_message_whose_process_died_is_counted_as_unknown_once():
    world, meter = measured(Abroad)
    world.writes()
    world.channel.meanwhile = [die]
    with pytest.raises(Crash):
        world.agent_says("Hi")
    world.clock.pass_by(seconds=6)
    for _ in range(2):
        world.sweep()

    assert (meter.total("Sends", "unknown"), meter.total("Sends")) == (1, 1)


def die():
    raise Crash


def lines(*counted, stack="hitl-dev"):
    stream = io.StringIO()
    meter = EmbeddedMeter(stack, stream, clock=lambda: 1_700_000_000.5)
    for one in counted:
        meter.count(*one)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_number_is_one_line_in_the_embedded_metric_format():
    assert lines(("Sends", 1, "sent")) == [
        {
            "Stack": "hitl-dev",
            "Result": "sent",
            "Sends": 1,
            "_aws": {
                "Timestamp": 1_700_000_000_500,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "hitl",
                        "Dimensions": [["Stack"], ["Stack", "Result"]],
                        "Metrics": [{"Name": "Sends", "Unit": "Count"}],
                    }
                ],
            },
        }
    ]


def test_a_number_is_one_write_so_that_no_two_lines_mix():
    class Pieces(io.StringIO):
        pieces = 0

        def write(self, text):
            self.pieces += 1
            return super().write(text)

    stream = Pieces()
    EmbeddedMeter("hitl-dev", stream).count("Parked")

    assert (stream.pieces, stream.getvalue()[-1]) == (1, "\n")


@pytest.mark.parametrize("error", [BrokenPipeError, ValueError])
def test_a_log_that_is_closed_breaks_nothing(error):
    class Closed(io.StringIO):
        tried = 0

        def write(self, text):
            self.tried += 1
            raise error

    stream = Closed()
    world = World(tools=replace(fake_tools(FakeClock()), meter=EmbeddedMeter("hitl-dev", stream)))
    world.user_says("Hello")

    assert stream.tried
    assert len(world.log()) == 1


@pytest.mark.parametrize(("name", "metric"), METRICS.items())
def test_every_dimension_and_metric_that_a_line_names_is_in_it(name, metric):
    [line] = lines((name, 2.5, metric.by and "some"))

    [told] = line["_aws"]["CloudWatchMetrics"]
    assert {key for dimensions in told["Dimensions"] for key in dimensions} <= line.keys()
    assert [metric["Name"] for metric in told["Metrics"]] == [name]
    assert line[name] == 2.5


def test_no_name_and_no_word_of_a_user_is_in_a_line(capsys):
    world = World(tools=replace(fake_tools(FakeClock()), meter=EmbeddedMeter("hitl-dev")))
    world.user_says("MARKER", name="MARKER")
    world.user_wants_a_human()
    world.agent_says("MARKER")
    world.sweep()

    said = capsys.readouterr().out
    assert {"EventsReceived", "TimeToFirstHumanAnswer", "SessionsWaiting"} <= {
        name for line in said.splitlines() for name in json.loads(line)
    }
    assert not [word for word in ("MARKER", "Ann", "zoe") if word in said]
