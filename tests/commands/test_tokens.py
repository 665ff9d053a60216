"""Tokens, made by the operator and used over HTTP."""

from contextlib import closing

import pytest

from app import app
from chalicelib.wiring import build_store
from local.gateway import Gateway

ME = "/api/botpress-hitl/me"


@pytest.fixture
def sign_in(settings):
    """Who the app takes the holder of a token for: status and answer."""
    gateway = Gateway(app, app.routes, app.routes)

    def ask(secret):
        answer = gateway.handle("GET", ME, "", [("authorization", f"Bearer {secret}")], b"")
        return answer.status, answer.body.decode()

    return ask


def created(told):
    """Id and secret, as they are printed."""
    first, secret = told.out.splitlines()
    return first.partition(", id ")[2].partition(".")[0], secret


@pytest.mark.parametrize("role", ["agent", "supervisor", "bot"])
def test_the_printed_token_signs_in_with_its_name_and_role(run, sign_in, role):
    told = run("token", "create", "Ann Lée", "--role", role)

    status, answer = sign_in(created(told)[1])
    assert (told.status, status) == (0, 200)
    assert f'"name":"Ann Lée","role":"{role}"' in answer


def test_a_token_is_an_agents_when_nothing_is_said(run, sign_in):
    assert '"role":"agent"' in sign_in(created(run("token", "create", "Ann"))[1])[1]


def test_a_name_is_made_one_line(run):
    assert run("token", "create", "An\nn\t\x1bLee").out.startswith("agent An n Lee, id ")


@pytest.mark.parametrize("url", ["https://example.com/ann.png?v=2", "http://127.0.0.1:8000/ann.png"])
def test_a_token_keeps_the_picture_that_users_of_messenger_see(run, tmp_path, url):
    told = run("token", "create", "Ann", "--picture", url)

    with closing(build_store(f"sqlite:///{tmp_path}/hitl.db")) as store:
        assert [(token.name, token.picture_url) for token in store.tokens()] == [("Ann", url)]
    assert told.status == 0


def test_a_token_has_no_picture_when_none_is_given(run, tmp_path):
    run("token", "create", "Ann")

    with closing(build_store(f"sqlite:///{tmp_path}/hitl.db")) as store:
        assert [token.picture_url for token in store.tokens()] == [None]


def test_the_list_shows_who_has_a_token_and_not_the_token(run):
    made = [created(run("token", "create", name, "--role", role)) for name, role in (("Ann", "agent"), ("R2", "bot"))]

    told = run("token", "list")

    rows = [line.split() for line in told.out.splitlines()]
    assert [(row[0], row[1], row[-1]) for row in rows] == [(made[0][0], "agent", "Ann"), (made[1][0], "bot", "R2")]
    assert not any(secret.removeprefix("hitl_")[:10] in told.out for _, secret in made)


def test_an_empty_list_says_how_to_make_a_token(run):
    assert (
        run("token", "list").out
        == "There are no tokens. Make one: .venv/bin/python manage.py token create NAME --role agent\n"
    )


def test_a_revoked_token_signs_in_no_more_and_the_others_do(run, sign_in):
    ann, ben = created(run("token", "create", "Ann")), created(run("token", "create", "Ben"))
    assert sign_in(ann[1])[0] == 200

    told = run("token", "revoke", ann[0])

    assert (told.status, told.out) == (0, "Revoked.\n")
    assert sign_in(ann[1])[0] == 401
    assert sign_in(ben[1])[0] == 200


def test_revoking_an_unknown_token_is_an_error_that_says_where_to_look(run):
    told = run("token", "revoke", "nobody")

    assert (told.status, told.out) == (1, "")
    assert told.err == "There is no token nobody; `manage.py token list` shows them.\n"


def test_a_call_that_makes_no_sense_ends_with_2(run, capsys):
    for call in (
        (),
        ("token",),
        ("token", "create"),
        ("token", "create", "Ann", "--role", "king"),
        ("dance",),
        ("token", "create", " \t"),
        ("token", "create", "Ann", "--picture", "ftp://example.com/ann.png"),
        ("token", "create", "Ann", "--picture", "javascript:alert(1)"),
        ("token", "create", "Ann", "--picture", "https://"),
        ("token", "create", "Ann", "--picture", "ann.png"),
        ("token", "create", "Ann", "--picture", ""),
        ("token", "create", "Ann", "--picture", "https://example.com/" + "a" * 2000),
        ("demo", "--count", "-5"),
        ("demo", "--count", "many"),
    ):
        with pytest.raises(SystemExit) as ended:
            run(*call)
        assert ended.value.code == 2


def test_settings_that_are_wrong_are_named_and_the_status_is_1(run, settings):
    settings(STORE="mysql://nowhere")

    told = run("token", "list")

    assert told.status == 1
    assert told.err.startswith("HITL_STORE: must begin with one of sqlite:///")
