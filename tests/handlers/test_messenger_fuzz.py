"""Whatever is signed is taken: no envelope breaks the webhook, and no order of what happens breaks a log."""

import itertools
import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.model.entry import Entry
from tests.channels.deliveries import INBOX, OURS, PAGE
from tests.fakes.channel import RecordingChannel
from tests.handlers.conftest import Settings
from tests.handlers.meta import INSTALLED, Meta
from tests.handlers.whole import whole

pytestmark = pytest.mark.uncounted

QUICK = examples(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
NUMBERS = itertools.count(1)
MINUTE = 60_000

# Envelopes that may be anything.

NAMES = st.sampled_from(
    [
        *("object", "entry", "id", "time", "messaging", "standby", "changes", "sender", "recipient", "timestamp"),
        *("message", "mid", "text", "is_echo", "is_deleted", "app_id", "metadata", "attachments", "type", "payload"),
        *("url", "quick_reply", "reply_to", "message_edit", "num_edit", "postback", "title", "referral", "ref"),
        *("delivery", "mids", "watermark", "read", "reaction", "action", "emoji", "optin", "account_linking"),
        *("pass_thread_control", "take_thread_control", "request_thread_control", "new_owner_app_id"),
        *("previous_owner_app_id", "requested_owner_app_id", "app_roles", "policy_enforcement", "reason"),
        *("coordinates", "lat", "long", "product", "elements"),
    ]
)
WORDS = st.sampled_from(
    [
        *("page", PAGE, "8008", "m_1", "", "\ud800", "\x00", "a" * 3000, "https://a.example/b", "1790000000100"),
        *("image", "sticker", "fallback", "react", "unreact", "block", "unblock", OURS, INBOX, "🎉", "NaN"),
        *(f"hitl:{10**14}.0", "hitl:1.0"),
    ]
)
NUMBER = st.sampled_from(
    [0, -1, 1, 1.5, 10**400, 2**63, 1790000000, 1790000000100, int(PAGE), True, float("inf"), float("nan")]
)
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBER, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=25,
)
LIKELY = st.fixed_dictionaries(
    {"sender": st.just({"id": "8008"}), "recipient": st.just({"id": PAGE})},
    optional={"timestamp": VALUE, "message": VALUE, "postback": VALUE, "read": VALUE, "reaction": VALUE}
    | dict.fromkeys(("message_edit", "referral", "pass_thread_control", "policy_enforcement", "delivery"), VALUE),
)
ENVELOPE = st.one_of(
    VALUE,
    st.fixed_dictionaries(
        {
            "object": st.just("page"),
            "entry": st.lists(
                st.one_of(
                    VALUE,
                    st.fixed_dictionaries(
                        {"id": st.sampled_from([PAGE, int(PAGE), None]), "messaging": st.lists(LIKELY, max_size=3)},
                        optional={"standby": st.lists(LIKELY, max_size=2), "time": VALUE},
                    ),
                ),
                max_size=3,
            ),
        }
    ),
)


@pytest.fixture
def channel(settings: Settings, meta: Meta) -> RecordingChannel:
    """What the bot, which repeats what it hears, sends to the platform."""
    settings(**INSTALLED, BOT="tests.handlers.bots:parrot")
    channel = RecordingChannel()
    wiring.desk().channels["messenger"] = channel
    return channel


def broken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Lines about bugs of ours."""
    return [one.getMessage() for one in caplog.records if one.exc_info or "broke" in one.getMessage()]


def test_no_envelope_breaks_the_webhook(meta: Meta, channel: RecordingChannel, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "chalicelib")

    @examples(QUICK, max_examples=100)
    @given(envelope=ENVELOPE)
    def throw(envelope: Any):
        assert meta.delivers(envelope).status == 200

    throw()

    assert broken(caplog) == []
    assert wiring.desk().store.parked(limit=10).items == []
    whole(wiring.desk(), f"messenger:{PAGE}.8008")


@QUICK
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_break_the_webhook(meta: Meta, body: bytes):
    assert meta.posts(body).status == 200


# Conversations: what may happen, in any order, as often as it likes.

MIDS = st.sampled_from(["m_1", "m_2"])
ECHOED = st.sampled_from(["e_1", "e_2"])
APP = st.sampled_from([OURS, int(OURS), INBOX, int(INBOX), "99", None])
AGES = st.sampled_from([0, 1, 30, 60 * 25, 60 * 24 * 8])
STEP = st.one_of(
    st.tuples(st.just("says"), MIDS, AGES),
    st.tuples(st.just("says"), MIDS, AGES),
    st.tuples(st.just("chooses"), MIDS, AGES),
    st.tuples(st.just("pictures"), MIDS, AGES),
    st.tuples(st.just("overheard"), MIDS, AGES),
    st.tuples(st.just("edits"), MIDS, st.integers(1, 3)),
    st.tuples(st.just("unsends"), MIDS, AGES),
    st.tuples(st.just("reacts"), st.one_of(MIDS, ECHOED), st.sampled_from(["🎉", None])),
    st.tuples(st.just("echo"), ECHOED, APP),
    st.tuples(st.just("own echo"), st.integers(1, 6), st.sampled_from([0, 1])),
    st.tuples(st.sampled_from(["pass", "take", "request"]), APP, AGES),
    st.tuples(st.sampled_from(["read", "delivery"]), AGES, st.booleans()),
)


class Story:
    """One user's conversation, whose words are nobody else's."""

    def __init__(self, now_ms: int) -> None:
        self.number = next(NUMBERS)
        self.user = str(90_000 + self.number)
        self.session = f"messenger:{PAGE}.{self.user}"
        self._now = now_ms

    def words(self, mid: str) -> str:
        """What only this message says."""
        return f"zq{self.number}x{mid}qz"

    def event(self, step: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
        """Where the platform tells of it, and how."""
        kind, first, second = step
        place = "standby" if kind == "overheard" else "messaging"
        theirs = {"sender": {"id": self.user}, "recipient": {"id": PAGE}, "timestamp": self._now}
        ours = {"sender": {"id": PAGE}, "recipient": {"id": self.user}, "timestamp": self._now}
        at = {"timestamp": self._at(second)} if kind in ("says", "chooses", "pictures", "overheard", "unsends") else {}
        match kind:
            case "says" | "overheard":
                told = theirs | at | {"message": {"mid": first, "text": f"I say {self.words(first)}"}}
            case "chooses":
                reply = {"payload": f"P {self.words(first)}"}
                told = theirs | at | {"message": {"mid": first, "text": self.words(first), "quick_reply": reply}}
            case "pictures":
                picture = {"type": "image", "payload": {"url": f"https://a.example/{self.words(first)}"}}
                told = (
                    theirs | at | {"message": {"mid": first, "text": self.words(first), "attachments": [picture] * 2}}
                )
            case "edits":
                edit = {"mid": first, "text": f"Edited {second}: {self.words(first)}", "num_edit": str(second)}
                told = theirs | {"message_edit": edit}
            case "unsends":
                told = theirs | at | {"message": {"mid": first, "is_deleted": True}}
            case "reacts":
                told = theirs | {
                    "reaction": {"mid": first, "action": "react" if second else "unreact", "emoji": second}
                }
            case "echo":
                told = ours | {"message": {"mid": first, "is_echo": True, "app_id": second, "text": f"Echo {first}"}}
            case "own echo":
                metadata = f"hitl:{first}.{second}"
                told = ours | {"message": {"mid": f"o_{first}", "is_echo": True, "metadata": metadata, "text": "ours"}}
            case "pass" | "take" | "request":
                names = ("previous_owner_app_id", "new_owner_app_id", "requested_owner_app_id")
                told = theirs | {"timestamp": self._at(second), f"{kind}_thread_control": dict.fromkeys(names, first)}
            case _:
                told = theirs | {kind: {"watermark": self._at(first)}}
        return place, told

    def _at(self, minutes: int) -> int:
        return self._now - minutes * MINUTE


def seen(entries: list[Entry]) -> str:
    return "".join(entry.to_json() for entry in entries)


@pytest.mark.parametrize("seed", range(2))
def test_no_order_of_what_happens_breaks_a_log(
    meta: Meta, channel: RecordingChannel, caplog: pytest.LogCaptureFixture, seed: int
):
    caplog.set_level(logging.DEBUG, "chalicelib")
    desk = wiring.desk()
    unsent: set[str] = set()

    @examples(QUICK, max_examples=60)
    @given(
        steps=st.lists(STEP, min_size=1, max_size=10),
        again=st.lists(st.integers(0, 9), max_size=5),
        cuts=st.sets(st.integers(0, 14), max_size=5),
        more=st.just(seed),
    )
    def play(steps: list[tuple[Any, ...]], again: list[int], cuts: set[int], more: int):
        story = Story(int(desk.reader.now.timestamp() * 1000))
        happens = [*steps, *(steps[index % len(steps)] for index in again)]
        if more:
            happens.reverse()
        sent_before = len(channel.sent)
        marks = (0, 0)
        for start in range(0, len(happens), 1 + len(cuts)):
            told = [story.event(step) for step in happens[start : start + 1 + len(cuts)]]
            places = {name: [one for place, one in told if place == name] for name in ("messaging", "standby")}
            assert meta.delivers({"object": "page", "entry": [{"id": PAGE, **places}]}).status == 200
            head = desk.store.load(story.session)
            after = (head.delivered_to, head.read_to) if head else (0, 0)
            assert marks <= after
            assert marks[1] <= after[1]
            marks = after

        log = whole(desk, story.session)
        _no_message_twice(story, log, happens)
        _only_users_are_answered(log, channel, sent_before, happens)
        unsent.update(story.words(mid) for kind, mid, _ in happens if kind == "unsends")
        head = desk.store.load(story.session)
        kept = seen(log) + (head.model_dump_json() if head else "") + json.dumps(desk.store.facts(story.session))
        assert not [word for word in unsent if word in kept], kept

    play()

    assert broken(caplog) == []
    assert unsent
    assert desk.store.parked(limit=10).items == []


def _no_message_twice(story: Story, log: list[Entry], happens: list[tuple[Any, ...]]) -> None:
    """Each id that was told is there, once: as one entry, or one for each of its parts."""
    said = {
        first for kind, first, _ in happens if kind in ("says", "chooses", "pictures", "overheard", "edits", "unsends")
    }
    theirs = [entry.id for entry in log if entry.from_user()]
    assert {name.removeprefix("in:").partition(":")[0] for name in theirs} == said, story.session
    assert len(theirs) == len(set(theirs))


def _only_users_are_answered(
    log: list[Entry], channel: RecordingChannel, before: int, happens: list[tuple[Any, ...]]
) -> None:
    """The bot's answers are to messages of the user's that were not overheard, and none is sent twice."""
    answers = [entry for entry in log if entry.id.startswith("b:")]
    asked = {int(entry.id.split(":")[1]) for entry in answers}
    assert all(log[seq - 1].from_user() for seq in asked)
    assert len(asked) == len(answers)
    told_us = {first for kind, first, _ in happens if kind in ("says", "chooses", "pictures", "edits")}
    assert {log[seq - 1].id.split(":")[1] for seq in asked} <= told_us
    sent = [outgoing.metadata for outgoing in channel.sent[before:]]
    assert len(sent) == len(set(sent))
