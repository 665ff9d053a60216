"""Reading: the list of sessions and a session's log."""

import pytest

from tests.handlers.api import Api
from tests.handlers.people import NOTIFICATIONS, SESSIONS, Visitor


@pytest.fixture
def four(api: Api, ann: str, ben: str) -> dict[str, Visitor]:
    """Free talks with the bot, Wanda waits for a human, Anton is Ann's and Bea is Ben's."""
    visitors = {name: Visitor.arrives(api, name) for name in ("Free", "Wanda", "Anton", "Bea")}
    for visitor in visitors.values():
        visitor.says("Hello")
    visitors["Wanda"].asks_for_a_human()
    api.post(f"{visitors['Anton'].path}/message", {"text": "Hi"}, token=ann)
    api.post(f"{visitors['Bea'].path}/message", {"text": "Hi"}, token=ben)
    return visitors


def names(api: Api, token: str, **query: str) -> list[str]:
    return [session["user"]["name"] for session in api.get(SESSIONS, token=token, query=query).json["sessions"]]


def test_all_sessions_are_listed_when_nothing_is_asked(api: Api, ann: str, four: dict[str, Visitor]):
    assert sorted(names(api, ann)) == ["Anton", "Bea", "Free", "Wanda"]


@pytest.mark.parametrize("name", ["paused", "onlyPaused"])
def test_paused_sessions_are_listed_with_those_that_wait_first(api: Api, ann: str, four: dict[str, Visitor], name: str):
    assert names(api, ann, **{name: "true"}) == ["Wanda", "Anton", "Bea"]


def test_paused_false_lists_those_who_talk_with_the_bot(api: Api, ann: str, four: dict[str, Visitor]):
    assert names(api, ann, paused="false") == ["Free"]


def test_not_only_paused_is_the_same_as_nothing(api: Api, ann: str, four: dict[str, Visitor]):
    assert len(names(api, ann, onlyPaused="false")) == 4


def test_a_page_without_the_paused_ones_may_be_short_and_still_leads_on(api: Api, ann: str, four: dict[str, Visitor]):
    found: list[str] = []
    pages = 0
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(SESSIONS, token=ann, query={"paused": "false", "limit": "1", "cursor": cursor}).json
        found += [session["user"]["name"] for session in page["sessions"]]
        cursor = page["cursor"]
        pages += 1

    assert found == ["Free"]
    assert pages >= 4


def test_me_means_the_agent_who_asks(api: Api, ann: str, ben: str, four: dict[str, Visitor]):
    assert (names(api, ann, assignee="me"), names(api, ben, assignee="me")) == (["Anton"], ["Bea"])


def test_an_assignee_is_named_by_id(api: Api, ann: str, four: dict[str, Visitor]):
    assert names(api, ann, assignee="ben", paused="true") == ["Bea"]


def test_none_means_nobody_has_it(api: Api, ann: str, four: dict[str, Visitor]):
    assert names(api, ann, assignee="none") == ["Wanda"]


def test_an_unknown_assignee_has_nothing(api: Api, ann: str, four: dict[str, Visitor]):
    assert names(api, ann, assignee="nobody-at-all") == []


def test_a_search_finds_the_beginning_of_a_name_in_any_case(api: Api, ann: str, four: dict[str, Visitor]):
    assert (names(api, ann, q="an"), names(api, ann, q="nton")) == (["Anton"], [])


def test_a_search_finds_an_exact_id(api: Api, ann: str, four: dict[str, Visitor]):
    assert names(api, ann, q=four["Bea"].session) == ["Bea"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "an", "paused": "true"},
        {"q": "an", "paused": "false"},
        {"q": "an", "onlyPaused": "true"},
        {"paused": "false", "onlyPaused": "true"},
        {"q": "an", "assignee": "me"},
        {"assignee": "me", "paused": "false"},
        {"assignee": "me", "onlyPaused": "false"},
        {"paused": "yes"},
        {"paused": "true", "onlyPaused": "yes"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "-1"},
        {"limit": "1.0"},
        {"limit": "٣"},
        {"limit": "9" * 400},
        {"cursor": "garbage"},
        {"cursor": "é"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(api: Api, ann: str, query: dict[str, str]):
    assert api.get(SESSIONS, token=ann, query=query).said == (400, "Malformed")


@pytest.mark.parametrize("name", ["q", "assignee", "cursor"])
@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "a" * 1001])
def test_a_text_that_not_every_store_can_look_for_is_refused(api: Api, ann: str, name: str, value: str):
    assert api.get(SESSIONS, token=ann, query={name: value}).said == (400, "Malformed")


def test_an_empty_parameter_counts_as_not_given(api: Api, ann: str, four: dict[str, Visitor]):
    query = {"paused": "", "assignee": "", "q": "", "cursor": "", "limit": ""}

    assert len(names(api, ann, **query)) == 4


def test_of_a_parameter_given_twice_the_last_counts(api: Api, ann: str, four: dict[str, Visitor]):
    answer = api.get(SESSIONS, token=ann, query={"limit": ["1", "2"]})

    assert len(answer.json["sessions"]) == 2


@pytest.mark.parametrize("query", [{}, {"paused": "true"}, {"q": "w"}, {"assignee": "none"}])
def test_pages_join_to_the_whole_list(api: Api, ann: str, query: dict[str, str]):
    for number in range(5):
        visitor = Visitor.arrives(api, f"W{number}")
        visitor.says("Hello")
        visitor.asks_for_a_human()
    whole = names(api, ann, **query)

    paged: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(SESSIONS, token=ann, query={**query, "limit": "2", "cursor": cursor}).json
        paged += [session["user"]["name"] for session in page["sessions"]]
        cursor = page["cursor"]

    assert (len(whole), paged) == (5, whole)


def test_a_cursor_of_another_list_never_breaks_anything(api: Api, ann: str, four: dict[str, Visitor]):
    cursors = [
        api.get(SESSIONS, token=ann, query={**query, "limit": "1"}).json["cursor"]
        for query in ({}, {"paused": "true"}, {"assignee": "me"}, {"q": "a"})
    ]

    for cursor in filter(None, cursors):
        for query in ({}, {"paused": "true"}, {"assignee": "me"}, {"q": "a"}):
            assert api.get(SESSIONS, token=ann, query={**query, "cursor": cursor}).status in (200, 400)
        assert api.get(NOTIFICATIONS, token=ann, query={"cursor": cursor}).status in (200, 400)


@pytest.fixture
def log(vera: Visitor) -> Visitor:
    """A visitor who said 1, 2, 3, 4, 5."""
    for number in range(1, 6):
        vera.says(str(number), f"m{number}")
    return vera


@pytest.mark.parametrize(
    ("query", "seqs", "cursor"),
    [
        ({}, [1, 2, 3, 4, 5], 5),
        ({"limit": "2"}, [4, 5], 5),
        ({"after": "0", "limit": "2"}, [1, 2], 2),
        ({"after": "3"}, [4, 5], 5),
        ({"after": "5"}, [], 5),
        ({"after": "1000000000000"}, [], 5),
        ({"before": "4", "limit": "2"}, [2, 3], 3),
        ({"before": "1"}, [], 0),
        ({"before": "0"}, [], 0),
        ({"before": "1000000000000", "limit": "1"}, [5], 5),
    ],
)
def test_a_part_of_a_log(api: Api, log: Visitor, ann: str, query: dict[str, str], seqs: list[int], cursor: int):
    answer = api.get(log.path, token=ann, query=query).json

    assert ([entry["seq"] for entry in answer["entries"]], answer["cursor"]) == (seqs, cursor)


@pytest.mark.parametrize(
    "query",
    [
        {"after": "1", "before": "3"},
        {"after": "-1"},
        {"after": "1e3"},
        {"before": "x"},
        {"after": "1000000000001"},
        {"after": "9" * 5000},
        {"after": "0" * 5000},
        {"after": "0" * 20 + "9" * 30},
        {"limit": "501"},
    ],
)
def test_a_part_that_makes_no_sense_is_refused(api: Api, log: Visitor, ann: str, query: dict[str, str]):
    assert api.get(log.path, token=ann, query=query).said == (400, "Malformed")


def test_a_program_may_read_a_session(api: Api, log: Visitor, robot: str):
    assert len(api.get(log.path, token=robot).json["entries"]) == 5


@pytest.mark.parametrize("path", ["webchat%3A{}", "webchat:{}", "webchat%3a{}"])
def test_an_id_may_stand_in_a_path_plain_or_encoded_once(api: Api, log: Visitor, ann: str, path: str):
    assert api.get(f"{SESSIONS}/{path.format(log.id)}", token=ann).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "webchat%253A{}",
        "webchat%3A{}%00",
        "webchat%3A{}%0A",
        "%20webchat%3A{}",
        "webchat%3A",
        "%3A{}",
        "{}",
        "webchat",
        "pigeon%3A{}",
        "web%63hat%3A%FF",
        "webchat%3A..%2F{}",
        "webchat%3A" + "a" * 101,
        "a" * 5000,
        "webchat%3A%ED%A0%80",
        "%",
    ],
)
def test_what_can_be_no_id_names_no_session(api: Api, log: Visitor, ann: str, path: str):
    assert api.get(f"{SESSIONS}/{path.format(log.id)}", token=ann).said == (404, "SessionNotFound")
