"""What a store of every version has held: each kind of entry and content, heads with everything in them, lists, credentials.

It is written through the store alone, so that it says what stores keep and nothing of who decides. Where something new is
kept, it belongs in here: a test finds what is missing.
"""

from datetime import UTC, datetime, timedelta

from chalicelib.model.content import Text
from chalicelib.model.entry import (
    BOT,
    SYSTEM,
    AgentDetail,
    AlertDetail,
    AmendDetail,
    Author,
    Body,
    Entry,
    EntryKind,
    PauseDetail,
    Unsent,
)
from chalicelib.model.session import (
    Again,
    Bucket,
    Elsewhere,
    Mark,
    Owner,
    Pause,
    Preview,
    Publication,
    Sending,
    Session,
    Stop,
    Turn,
    User,
)
from chalicelib.store.base import Parked, Store, Token
from tests.compat.happenings import CONTENTS

AT = datetime(2026, 11, 26, 8, 30, 15, 123456, tzinfo=UTC)
SOON, LATER = AT + timedelta(minutes=5), AT + timedelta(days=1)
ACCOUNT = "messenger:1002003004"
FULL, CALLED, WAITING, ERASED = f"{ACCOUNT}.7007007007", "webchat:called", "webchat:waiting", "webchat:erased"
SESSIONS = (FULL, CALLED, WAITING, ERASED, ACCOUNT)
FACTS = {"name": "Zoë", "visits": 3, "first_contact": {"at": "2026-11-26", "payload": None}, "tags": [1.5, True]}
USER = Author(kind="user", id="7007007007", name="Zoë")
ANN = Author(kind="agent", id="ann", name="Ann")
SECRET = "made by the first process of all"
DIGESTS = ("ab" * 32, "cd" * 32, "ef" * 32)
TOKENS = (
    Token(id="t1", name="Ann", role="agent", created_at=AT, picture_url="https://chat.example/ann.png"),
    Token(id="t2", name="Sue", role="supervisor", created_at=AT),
    Token(id="t3", name="The CRM", role="bot", created_at=AT),
)
PARKED = (
    Parked(
        id="0a" * 32,
        at=AT,
        channel="messenger",
        reason="It broke: KeyError.",
        body='{"kind": "Event"}',
        session_id=FULL,
    ),
    Parked(
        id="0b" * 32, at=SOON, channel="unknown", reason="It could not be decoded.", body="\x00 no JSON " + "é" * 900
    ),
)
TRIGGERS = ("agent", "api", "bot", "user", "rule", "echo", "failure")


def write(store: Store) -> None:
    """All of it, into an empty store."""
    store.commit(None, _full(), _entries(), facts=FACTS)
    for head, entries in (
        (_called(), [_alert(1, "waiting")]),
        (_waiting(), [_alert(1, "paused"), _alert(2, "notify")]),
    ):
        store.commit(None, head, entries)
    store.commit(None, _account(), [_entry(1, "message", BOT, Text("The token is dead."))])
    store.commit(None, _erased())
    store.mark(WAITING, 1, read=True)
    store.mark(WAITING, 2, archived=True)
    for digest, token in zip(DIGESTS, TOKENS, strict=True):
        store.add_token(digest, token)
    store.secret(SECRET)
    for parked in PARKED:
        store.park(parked)
    store.count_try(PARKED[0].id)


def _full() -> Session:
    return Session(
        id=FULL,
        rev=1,
        attempt="r1",
        seq=len(_entries()),
        user=User(name="Zoë", picture_url="https://chat.example/zoe.png", given=True),
        pause=Pause(trigger="user", by=USER, at=AT, until=LATER, reason="An order", fixed=True, draining_until=SOON),
        assignee=Owner(id="ann", name="Ann"),
        waiting_since=AT,
        escalations=2,
        created_at=AT,
        last_user_at=AT,
        last_event_at=AT,
        last_message=Preview(text="Grüße", author="user", at=AT, seq=1),
        read_seq=1,
        unread=2,
        tags=("vip", "de"),
        handled=1,
        user_seq=3,
        turn=Turn(entry=3, until=SOON, by="r1", attempt=2, void=True),
        human_from=1,
        has_facts=True,
        sending=Sending(seq=4, send_by=SOON, part=1, by="r1", bot=True, asked=True),
        outgoing=5,
        again=(Again(seq=2, part=1, asked=True),),
        send_at=SOON,
        send_tries=1,
        muted=2,
        marks=(Mark(seq=3, at=AT),),
        unpaused_at=AT,
        arrived_at=AT,
        seen_at=AT,
        acted_at=AT,
        profile_at=LATER,
        profiled_at=AT,
        elsewhere=Elsewhere(who="Another app", at=AT),
        handed_at=AT,
        sent_to=3,
        delivered_to=2,
        read_to=1,
        publications=(Publication(seq=9, to=("sns", "log"), at=SOON, tries=1),),
        next_alert_at=SOON,
        bucket=Bucket(left=2.5, at=AT),
        agent_typing_until=SOON,
        user_typing_until=SOON,
        keep_until=LATER,
    )


def _entries() -> list[Entry]:
    """One of every kind, and of every content a message can have."""
    made: list[tuple[EntryKind, Author, Body | None]] = [
        ("message", USER, content) for content in (Text("Grüße"), *CONTENTS)
    ]
    made += [("message", USER, Unsent()), ("note", ANN, Text("A regular"))]
    made += [("paused", USER, PauseDetail(trigger, reason="An order", until=LATER)) for trigger in TRIGGERS]
    made += [("unpaused", SYSTEM, PauseDetail("expired")), ("claimed", ANN, AgentDetail("ann", "Ann"))]
    made += [("released", ANN, AgentDetail("ann", "Ann")), ("amended", USER, AmendDetail(1, hidden=True))]
    entries = [_entry(seq, *each) for seq, each in enumerate(made, start=1)]
    seq = len(entries)
    return [
        entries[0].but(edits=2, reaction="\u2764", reacted_at=AT, committed_at=LATER),
        *entries[1:],
        _entry(seq + 1, "message", BOT, Text("Too late")).but(fate="suppressed"),
        _entry(seq + 2, "message", ANN, Text("Hi")).but(
            fate="failed", failure="The Page is gone.", part=1, resent=True
        ),
        _entry(seq + 3, "message", ANN, Text("There?")).but(fate="unknown", failure="No answer came.", vendor_id="m_9"),
    ]


def _entry(seq: int, kind: EntryKind, author: Author, content: Body | None) -> Entry:
    return Entry(seq=seq, id=f"s:story:{seq}", kind=kind, author=author, at=AT, content=content)


def _alert(seq: int, why: str) -> Entry:
    detail = AlertDetail("Zoë wants a human", "warning", why, waiting_minutes=5, others_waiting=2)  # type: ignore[arg-type] # one of three
    return _entry(seq, "alert", SYSTEM, detail)


def _called() -> Session:
    """Paused, and somebody's."""
    pause = Pause(trigger="agent", by=ANN, at=AT, until=LATER)
    ben = Owner(id="ben", name="Ben")
    return Session(id=CALLED, rev=1, attempt="r2", seq=1, pause=pause, assignee=ben, created_at=AT, last_event_at=AT)


def _waiting() -> Session:
    """Paused, and nobody's."""
    pause = Pause(trigger="bot", by=BOT, at=AT, until=LATER)
    head = Session(id=WAITING, rev=1, attempt="r3", seq=2, user=User(name="Ümit"), pause=pause, waiting_since=AT)
    return head.but(created_at=AT, last_event_at=SOON)


def _account() -> Session:
    stop = Stop(reason="The token is dead.", at=AT, probe_at=SOON, policy=True, trial=True)
    return Session(id=ACCOUNT, rev=1, attempt="r4", seq=1, created_at=AT, last_event_at=AT, stopped=stop)


def _erased() -> Session:
    gone = Session(id=ERASED, rev=1, attempt="r5", seq=3, cut=3, erased_at=AT, erased_by="sue", last_event_at=AT)
    return gone.but(cutting_at=AT, scrub_at=AT)
