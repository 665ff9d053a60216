"""The pages' pure functions, run in the browser they are written for."""

import pytest

LOG = "assets/shared/log.js"


def entry(seq, author="user", kind="message", at="2026-03-02T10:00:00Z", **more):
    return {
        "seq": seq,
        "id": f"x:{seq}",
        "kind": kind,
        "author": {"kind": author, "id": "", "name": ""},
        "content": None,
        "at": at,
        **more,
    }


def log(*seqs, cursor=None):
    return {
        "entries": [entry(seq) for seq in seqs],
        "cursor": cursor if cursor is not None else seqs[-1],
        "older": False,
    }


def seqs(found):
    return [held["seq"] for held in found["entries"]]


def test_an_answer_is_added_where_the_log_ends(call):
    found = call(LOG, "follow", log(1, 2), 2, {"entries": [entry(3)], "cursor": 4})

    assert seqs(found) == [1, 2, 3]
    assert found["cursor"] == 4


@pytest.mark.parametrize("after", [1, 5])
def test_an_answer_to_a_question_from_elsewhere_is_ignored(call, after):
    assert call(LOG, "follow", log(1, 2), after, {"entries": [entry(after + 1)], "cursor": after + 1}) == log(1, 2)


def test_an_answer_without_news_changes_nothing(call):
    assert call(LOG, "follow", log(1, 2), 2, {"entries": [], "cursor": 2}) == log(1, 2)


def test_hidden_entries_move_the_cursor(call):
    assert call(LOG, "follow", log(1, 2), 2, {"entries": [], "cursor": 7})["cursor"] == 7


@pytest.mark.parametrize(
    ("before", "cursor", "seq", "again"),
    [(2, 40, 90, True), (2, 90, 90, False), (2, 2, 90, False), (2, 91, 90, False)],
)
def test_an_agents_page_asks_again_while_answers_lead_on_and_the_session_goes_further(call, before, cursor, seq, again):
    assert call(LOG, "behind", log(2, cursor=before), log(2, cursor=cursor), seq) is again


@pytest.mark.parametrize(("start", "end", "more"), [(0, 500, True), (5, 20, True), (0, 9, False), (7, 7, False)])
def test_a_chat_asks_again_after_an_answer_long_enough_to_have_been_cut(call, start, end, more):
    assert call("assets/webchat/state.js", "mayGoOn", start, end) is more


def test_a_first_answer_however_short_has_history_before_it_unless_it_begins_with_the_first_entry(call):
    module = "assets/admin/history.js"

    assert call(module, "opened", [entry(64), entry(65)], 65)["older"] is True
    assert call(module, "opened", [entry(1)], 1)["older"] is False


def test_older_entries_come_first_and_an_empty_answer_ends_the_history(call):
    module = "assets/admin/history.js"
    older = call(module, "prepend", {**log(5, 6), "older": True}, 5, [entry(3), entry(4)])
    assert seqs(older) == [3, 4, 5, 6]
    assert older["older"] is True

    assert call(module, "prepend", older, 5, [entry(4)]) == older
    assert call(module, "prepend", older, 3, [])["older"] is False


def test_an_amended_entry_is_rewritten_in_its_place_and_goes_when_it_is_not_for_this_reader_any_more(call):
    fresh = entry(2, "bot")

    assert call(LOG, "rewrite", log(1, 2, 3), [2], [fresh])["entries"] == [entry(1), fresh, entry(3)]
    assert seqs(call(LOG, "rewrite", log(1, 2, 3), [2], [entry(4)])) == [1, 3]
    assert call(LOG, "rewrite", log(1, 2), [7], [entry(7)]) == log(1, 2)


def test_amends_name_what_they_rewrote_each_once_and_in_order(call):
    amends = [entry(seq, kind="amended", content={"of": of}) for seq, of in ((5, 4), (6, 2), (7, 4))]

    assert call(LOG, "amended", [entry(4), *amends]) == [2, 4]


def test_what_was_amended_is_read_in_few_requests_however_the_answers_are_cut(page):
    read = """async (seqs) => {
        const { readAgain } = await import(new URL('assets/shared/log.js', document.baseURI).href);
        const asked = [];
        const { found } = await readAgain(seqs, async (after, limit) => {
            asked.push([after, limit]);
            const entries = after === 899 ? [] : [{ seq: after + 1 }, { seq: after + 2 }].slice(0, limit);
            return { entries, cursor: after + entries.length };
        });
        return [asked, found.map((entry) => entry.seq)];
    }"""

    assert page.evaluate(read, [3, 4, 9, 500, 900]) == [[[2, 7], [8, 1], [499, 1], [899, 1]], [3, 4, 9, 500]]


@pytest.mark.parametrize(
    ("seq", "status"),
    [(1, "read"), (2, "delivered"), (3, "sent"), (4, "pending")],
)
def test_how_far_a_message_has_come_is_told_by_the_watermarks(call, seq, status):
    marks = {"read_to": 1, "delivered_to": 2, "sent_to": 3}

    assert call("assets/admin/history.js", "statusOf", entry(seq, "bot"), marks) == status
    assert call("assets/admin/history.js", "statusOf", entry(seq, "bot", status="suppressed"), marks) == "suppressed"
    assert call("assets/admin/history.js", "statusOf", entry(seq, "user"), marks) is None


def test_a_message_that_goes_out_again_is_pending_though_later_ones_have_arrived(call):
    marks = {"read_to": 8, "delivered_to": 9, "sent_to": 9}
    found = call("assets/admin/history.js", "noted", [entry(5, "agent", status="pending")], marks)

    assert call("assets/admin/history.js", "statusOf", found[0], marks) == "pending"
    assert call("assets/admin/history.js", "statusOf", entry(5, "agent", status="sent"), marks) == "read"


def test_messages_go_out_one_at_a_time_and_in_order(call):
    box = [{"id": "a", "step": "sent"}, {"id": "b", "step": "queued"}, {"id": "c", "step": "queued"}]

    assert call("assets/shared/outbox.js", "next", box)["id"] == "b"
    assert call("assets/shared/outbox.js", "next", call("assets/shared/outbox.js", "mark", box, "b", "sending")) is None


def test_what_the_log_shows_leaves_the_outbox(call):
    box = [{"id": "a", "step": "sending"}, {"id": "b", "step": "queued"}]

    assert call("assets/shared/outbox.js", "settle", box, [{**entry(9), "id": "a:ada:a"}]) == [
        {"id": "b", "step": "queued"}
    ]


def test_what_was_on_its_way_when_the_page_closed_goes_out_again(call):
    box = [{"id": "a", "step": "sending"}, {"id": "b", "step": "failed"}]

    assert [item["step"] for item in call("assets/shared/outbox.js", "revive", box)] == ["queued", "failed"]
    assert call("assets/shared/outbox.js", "revive", None) == []


def pace(call, **situation):
    usual = {"every": 1500, "hidden": False, "idle": 0, "failures": 0, "retryAfter": 0, "random": 0}
    return call("assets/shared/poll.js", "pace", usual | situation)


def test_polling_slows_down_when_hidden_idle_or_failing(call):
    assert pace(call) == 1500
    assert pace(call, idle=200_000) == 4000
    assert pace(call, hidden=True) == 10_000
    assert pace(call, failures=2, random=1) == 6000
    assert pace(call, failures=2, random=0) == 3000
    assert pace(call, failures=50, random=1) == 30_000
    assert pace(call, failures=1, retryAfter=12) == 12_000


def test_bubbles_of_one_author_are_grouped_and_days_are_set_apart(call):
    rows = call(
        "assets/shared/rows.js",
        "toRows",
        [
            entry(1),
            entry(2),
            entry(3, "bot"),
            entry(4, "bot", at="2026-03-03T10:00:00Z"),
            entry(5, kind="unpaused", at="2026-03-03T10:00:00Z"),
            entry(6, kind="amended"),
        ],
    )

    assert [row["type"] for row in rows] == ["day", "bubble", "bubble", "bubble", "day", "bubble", "line"]
    assert [(row["first"], row["last"]) for row in rows if row["type"] == "bubble"] == [
        (True, False),
        (False, True),
        (True, True),
        (True, True),
    ]


def test_taking_over_is_one_line_not_two(call):
    ada = {"kind": "agent", "id": "ada", "name": "Ada"}
    rows = call(
        "assets/shared/rows.js",
        "toRows",
        [{**entry(1, kind="paused"), "author": ada}, {**entry(2, kind="claimed"), "author": ada}],
    )

    assert [row["entry"]["kind"] for row in rows if row["type"] == "line"] == ["claimed"]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://example.com/a?b=1.", ["https://example.com/a?b=1"]),
        ("(https://example.com)", ["https://example.com"]),
        ("javascript:alert(1) data:text/html,x", []),
        ("http://a.example and http://b.example!", ["http://a.example", "http://b.example"]),
    ],
)
def test_only_web_addresses_become_links_and_no_letter_is_lost(call, text, urls):
    found = call("assets/shared/content.js", "pieces", text)

    assert [piece["url"] for piece in found if "url" in piece] == urls
    assert "".join(piece["text"] for piece in found) == text


NOW = 1_772_445_600_000
"""2026-03-02T10:00:00Z."""


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("09:59:30", "just now"),
        ("09:55:00", "5 min"),
        ("08:40:00", "1 h 20 min"),
        ("08:00:00", "2 h"),
        ("11:00:00", "just now"),
    ],
)
def test_a_wait_is_said_in_few_words(call, since, words):
    assert call("assets/admin/ago.js", "waited", f"2026-03-02T{since}Z", NOW) == words


def test_the_title_counts_unread_alerts(call):
    assert call("assets/admin/state.js", "titleFor", 0) == "hitl"
    assert call("assets/admin/state.js", "titleFor", 3) == "(3) hitl"
    assert call("assets/admin/state.js", "titleFor", 100) == "(99+) hitl"


def test_a_search_is_combined_with_no_filter(call):
    assert call("assets/admin/state.js", "listQuery", "mine", "  ", 50) == "assignee=me&limit=50"
    assert call("assets/admin/state.js", "listQuery", "mine", "Ada ", 50) == "q=Ada&limit=50"


def test_all_conversations_are_shown_newest_first_and_every_other_list_as_the_server_sorts_it(call):
    times = ["2026-03-02T10:00:01Z", None, "2026-03-02T10:00:30.250000Z", "2026-03-02T10:00:30Z"]
    sessions = [{"last_event_at": at} for at in times]
    module = "assets/admin/state.js"

    assert call(module, "arranged", "all", " ", sessions) == [sessions[at] for at in (2, 3, 0, 1)]
    assert call(module, "arranged", "all", "Ada", sessions) == sessions
    assert call(module, "arranged", "paused", "", sessions) == sessions


@pytest.mark.parametrize(("reason", "more"), [("The bot failed.", ""), ("It took too long.", " — It took too long.")])
def test_that_the_bot_failed_is_said_once(call, reason, more):
    failed = entry(1, "system", "paused", content={"trigger": "failure", "reason": reason})
    line = call("assets/admin/state.js", "lineFor", failed, {"id": "ada"}, "Zoe")

    assert line["words"] == f"The bot failed, so a human is needed{more}"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lovelace", "AL"), ("Jean Luc Picard", "JP"), ("🚀", "?"), ("محمد الأحمد", "ما"), ("tim", "T"), ("", "?")],
)
def test_a_person_without_a_picture_has_initials(call, name, letters):
    assert call("assets/admin/state.js", "initials", name) == letters


def test_an_address_carries_a_token_or_a_session(call):
    assert call("assets/admin/route.js", "readHash", "#token=a%2Bb&session=webchat%3Ax") == {
        "token": "a+b",
        "session": "webchat:x",
    }
    assert call("assets/admin/route.js", "readHash", "") == {"token": None, "session": None}
    assert call("assets/admin/route.js", "sessionHash", "webchat:x") == "#session=webchat%3Ax"


def test_alerts_that_were_there_before_do_not_ring(call, page):
    alerts = [{"id": "a", "read": False}, {"id": "b", "read": False}, {"id": "c", "read": True}]
    rings = """async ([alerts]) => {
        const state = await import(new URL('assets/admin/state.js', document.baseURI).href);
        return state.newAlerts(alerts, new Set(['a']));
    }"""

    assert call("assets/admin/state.js", "newAlerts", alerts, None) == []
    assert page.evaluate(rings, [alerts]) == [alerts[1]]
