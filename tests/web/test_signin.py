"""Signing in on the pages through a real OpenID provider."""

import base64
import json
import threading
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.web.conftest import poke
from tests.web.oidc import running as oidc
from tests.web.server import ADMIN_TOKEN, start
from tests.web.test_accessibility import WAYS, findings

ACCOUNT = "Sign in with your account"
KEPT = "(name) => JSON.parse(sessionStorage.getItem(name))"
PUT = "([name, value]) => sessionStorage.setItem(name, JSON.stringify(value))"


@pytest.fixture(scope="module")
def provider():
    with oidc.running() as running:
        yield running


@pytest.fixture(scope="module")
def server(provider, tmp_path_factory):
    """An installation of its own, for which the provider vouches."""
    found, process = start(
        tmp_path_factory.mktemp("oidc"), HITL_OIDC_ISSUER=provider.url, HITL_OIDC_CLIENT_ID="hitl-admin"
    )
    reader = threading.Thread(target=lambda: process.stdout and process.stdout.read(), daemon=True)
    reader.start()
    provider.serve(found.url)
    yield found
    process.terminate()
    process.wait(20)
    reader.join(5)
    process.stdout.close()


@pytest.fixture
def signs_in(opens, server):
    """Somebody signs in with their account on a page, and comes back to it."""

    def sign_in(who="ann", at="admin", **options):
        page = opens(f"{server.url}/{at}", **options)
        page.get_by_role("button", name=ACCOUNT).click()
        log_in(page, who)
        return page

    return sign_in


def log_in(page, who):
    """At the provider."""
    page.get_by_label("Name").fill(who)
    page.get_by_role("button", name="Continue").click()


def is_in(page, name="Ann Lee"):
    expect(page.locator(".me")).to_have_text(name)


def kept(page, name="hitl.token"):
    return page.evaluate(KEPT, name)


def put(page, name, value):
    page.evaluate(PUT, [name, value])


def test_an_agent_signs_in_and_answers_somebody(signs_in, server):
    vera = server.visitor("Vera Winter", "Is anybody there?")
    server.call("POST", "webchat/human", vera.token)
    page = signs_in()
    is_in(page)
    page.get_by_text("Vera Winter").click()
    page.get_by_label("Reply", exact=True).fill("Ann here")
    with page.expect_response("**/message"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Ann here")

    said = [entry for entry in vera.heard() if entry["author"]["kind"] == "agent" and entry["kind"] == "message"]
    assert [entry["author"]["name"] for entry in said] == ["Ann Lee"]
    assert page.url.startswith(f"{server.url}/admin")


def test_a_link_to_a_conversation_is_followed_after_the_sign_in(signs_in, server):
    vera = server.visitor("Lena Summer", "Hello?")
    page = signs_in(at=f"admin#session={quote(vera.session, safe='')}")

    is_in(page)
    expect(page.get_by_role("log")).to_contain_text("Hello?")
    assert urlsplit(page.url).fragment == f"session={quote(vera.session, safe='')}"


def test_a_supervisor_comes_back_to_what_is_parked(signs_in, server):
    page = signs_in("sue", at="parked")

    expect(page.get_by_text("Nothing is parked.")).to_be_visible()
    assert page.url == f"{server.url}/parked"


def test_a_reload_stays_signed_in_and_nothing_of_it_is_in_the_address(signs_in, server):
    page = signs_in()
    is_in(page)
    page.reload()

    is_in(page)
    assert page.url == f"{server.url}/admin"
    assert kept(page, "hitl.signin.begun") is None
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"


def test_what_goes_to_the_provider_proves_that_it_was_asked_here(opens, server, provider):
    asked = []
    page = opens(f"{server.url}/admin")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name=ACCOUNT).click()
    expect(page.get_by_label("Name")).to_be_visible()

    [query] = [parse_qs(urlsplit(url).query) for url in asked if url.startswith(f"{provider.url}/auth?")]
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{server.url}/signin"]
    assert all(len(query[name][0]) == 43 for name in ("code_challenge", "state", "nonce"))


def test_a_token_is_renewed_before_its_end(signs_in):
    page = signs_in()
    is_in(page)
    before = kept(page)
    put(page, "hitl.signin", kept(page, "hitl.signin") | {"renew_at": 0})
    poke(page)
    page.wait_for_function("(before) => JSON.parse(sessionStorage.getItem('hitl.token')) !== before", arg=before)

    is_in(page)
    assert kept(page, "hitl.signin")["renew_at"] > page.evaluate("Date.now()") + 600_000


@pytest.mark.usefixtures("refusals")
def test_a_token_that_has_expired_is_renewed_and_the_agent_sees_nothing_of_it(signs_in, provider):
    page = signs_in()
    is_in(page)
    over = provider.expired("ann")
    put(page, "hitl.token", over)
    page.reload()

    is_in(page)
    assert kept(page) != over


@pytest.mark.usefixtures("refusals")
def test_a_picture_is_fetched_with_a_token_that_is_renewed_too(signs_in, provider):
    page = signs_in()
    is_in(page)
    put(page, "hitl.token", provider.expired("ann"))
    fetch = """async () => {
        const { AdminClient } = await import(new URL("assets/admin/client.js", document.baseURI).href);
        return (await new AdminClient({ base: "api/botpress-hitl" }).bytes("me")).text();
    }"""

    assert json.loads(page.evaluate(fetch))["name"] == "Ann Lee"


@pytest.mark.usefixtures("refusals")
def test_a_token_that_cannot_be_renewed_signs_out_and_the_way_back_is_short(signs_in, provider, server):
    page = signs_in()
    is_in(page)
    put(page, "hitl.token", provider.expired("ann"))
    put(page, "hitl.signin", kept(page, "hitl.signin") | {"refresh_token": "made-up"})
    page.reload()
    expect(page.get_by_role("alert")).to_have_text("This token is not valid, or not any more.")
    page.get_by_role("button", name=ACCOUNT).click()  # the provider still knows them

    is_in(page)
    assert page.url == f"{server.url}/admin"


@pytest.mark.usefixtures("refusals")
def test_while_nothing_can_be_renewed_nobody_is_signed_out(signs_in, provider):
    page = signs_in()
    is_in(page)
    page.route("**/api/signin/refresh", lambda route: route.fulfill(status=503, body="{}"))
    put(page, "hitl.token", provider.expired("ann"))
    with page.expect_response("**/api/signin/refresh"):
        poke(page)

    is_in(page)
    assert kept(page, "hitl.signin")["refresh_token"]
    page.unroute_all()


def test_signing_out_ends_it_here_and_at_the_provider(signs_in, server, provider):
    page = signs_in()
    is_in(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{server.url}/admin")

    assert (kept(page), kept(page, "hitl.signin")) == (None, None)
    page.get_by_role("button", name=ACCOUNT).click()
    expect(page.get_by_label("Name")).to_be_visible()
    assert page.url.startswith(provider.url)


@pytest.mark.usefixtures("refusals")
@pytest.mark.parametrize("way", ["button", "link"])
def test_after_signing_out_the_refresh_token_is_worth_nothing(signs_in, server, way):
    page = signs_in()
    is_in(page)
    token = kept(page, "hitl.signin")["refresh_token"]
    ended = []

    def pass_on(route):
        """As it is; its answer comes when the page has gone on already, so that nobody else sees it."""
        ended.append(route.fetch().status)
        route.continue_()

    page.route("**/api/signin/revoke", pass_on)
    if way == "button":
        page.get_by_role("button", name="Sign out").click()
    else:
        page.goto(f"{server.url}/signin?out")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{server.url}/admin")

    page.unroute_all()

    assert ended == [200]
    again = page.request.post(f"{server.url}/api/signin/refresh", data={"refresh_token": token})
    assert (again.status, again.json()["Code"]) == (401, "NotSignedIn")


@pytest.mark.usefixtures("refusals")
def test_signing_out_goes_on_when_the_refresh_token_cannot_be_ended(signs_in, server):
    page = signs_in()
    is_in(page)
    page.route("**/api/signin/revoke", lambda route: route.abort())
    page.goto(f"{server.url}/signin?out")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{server.url}/admin")

    assert (kept(page), kept(page, "hitl.signin")) == (None, None)
    page.unroute_all()


def test_signing_out_forgets_all_at_once_though_the_way_to_the_provider_is_broken(signs_in):
    page = signs_in()
    is_in(page)
    page.route("**/signin?out", lambda route: route.fulfill(status=204))  # the browser stays where it is
    with page.expect_request("**/signin?out"):
        page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()

    assert (kept(page), kept(page, "hitl.signin")) == (None, None)
    page.unroute_all()


def test_a_link_to_sign_out_forgets_what_the_tab_has(signs_in, server):
    page = signs_in("sue", at="parked")
    expect(page.get_by_text("Nothing is parked.")).to_be_visible()
    page.goto(f"{server.url}/signin?out")
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{server.url}/admin")

    assert (kept(page), kept(page, "hitl.signin")) == (None, None)


@pytest.mark.usefixtures("refusals")
def test_many_who_need_another_token_at_once_share_one_renewal(signs_in, provider):
    page = signs_in()
    is_in(page)
    renewals = []
    page.on("request", lambda request: renewals.append(request.url) if "signin/refresh" in request.url else None)
    put(page, "hitl.token", provider.expired("ann"))
    ask = """async () => {
        const { AdminClient } = await import(new URL("assets/admin/client.js", document.baseURI).href);
        const client = new AdminClient({ base: "api/botpress-hitl" });
        const told = await Promise.all(Array.from({ length: 8 }, () => client.ask("GET", "me")));
        return told.map((me) => me.name);
    }"""

    assert page.evaluate(ask) == ["Ann Lee"] * 8
    assert len(renewals) == 1


def test_a_token_in_a_link_does_not_go_with_who_signs_in_otherwise(opens, server):
    asked = []
    page = opens(f"{server.url}/parked#token=made-up")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name=ACCOUNT).click()
    expect(page.get_by_label("Name")).to_be_visible()

    assert [url for url in asked if "signin?to=" in url] == [f"{server.url}/signin?to=parked"]
    assert not [url for url in asked if "made-up" in url]


@pytest.mark.usefixtures("refusals")
def test_who_is_in_no_group_is_told_so_and_can_use_another_account(opens, server):
    page = opens(f"{server.url}/signin?to=parked")
    log_in(page, "tom")
    expect(page.get_by_role("alert")).to_contain_text("neither of the groups agent and supervisor")
    assert kept(page) is None
    page.get_by_role("button", name="Use another account").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.get_by_role("button", name=ACCOUNT).click()
    log_in(page, "ann")

    is_in(page)


def test_who_cancels_is_told_so_in_our_words_and_can_try_again(opens, server):
    page = opens(f"{server.url}/signin?to=parked")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_have_text("You were not signed in: it was cancelled there, or refused.")
    assert page.url == f"{server.url}/signin"
    page.get_by_role("button", name="Try again").click()
    log_in(page, "sue")

    page.wait_for_url(f"{server.url}/parked")


@pytest.mark.usefixtures("refusals")
@pytest.mark.parametrize("query", ["code=c&state=made-up", "code=c&state=", "error=access_denied&state=x", "error=x"])
def test_what_was_not_begun_in_this_tab_is_not_believed(opens, server, query):
    asked = []
    page = opens(f"{server.url}/admin")
    page.on("request", lambda request: asked.append(request.url))
    put(page, "hitl.signin.begun", {"state": "ours", "nonce": "n", "verifier": "v", "to": "admin"})
    page.goto(f"{server.url}/signin?{query}")

    expect(page.get_by_role("alert")).to_have_text("This sign-in was not begun in this tab, or is over.")
    assert page.url == f"{server.url}/signin"
    assert not [url for url in asked if "signin/token" in url]


def test_an_answer_of_another_issuer_is_not_believed(opens, server):
    page = opens(f"{server.url}/admin")
    put(page, "hitl.signin.begun", {"state": "ours", "issuer": "https://a.example", "to": "admin"})
    page.goto(f"{server.url}/signin?code=c&state=ours&iss=https%3A%2F%2Fb.example")

    expect(page.get_by_role("alert")).to_have_text("This sign-in was not begun in this tab, or is over.")


@pytest.mark.usefixtures("refusals")
def test_a_code_that_is_over_is_told_in_words(opens, server, provider):
    page = opens(f"{server.url}/admin")
    begun = {"state": "ours", "nonce": "n" * 43, "verifier": "v" * 43, "issuer": provider.url, "to": "admin"}
    put(page, "hitl.signin.begun", begun | {"redirect_uri": f"{server.url}/signin"})
    page.goto(f"{server.url}/signin?code=made-up&state=ours")

    expect(page.get_by_role("alert")).to_have_text("This sign-in is over. Please sign in again.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "admin#token=made-up",
        "admin#session=a&token=made-up",
        "admin?x=1",
        "../admin",
        "signin",
    ],
)
def test_a_link_leads_nowhere_but_to_a_page_of_ours(signs_in, opens, server, to):
    page = signs_in()
    is_in(page)
    page.goto(f"{server.url}/signin?to={quote(to, safe='')}")
    page.wait_for_url(f"{server.url}/admin")

    is_in(page)


def test_a_token_still_signs_in_and_is_never_renewed(opens, server):
    page = opens(f"{server.url}/admin")
    put(page, "hitl.signin", {"refresh_token": "of somebody else", "renew_at": 0})
    page.get_by_label("Token").fill(ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(page, "Admin")

    assert kept(page, "hitl.signin") is None
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    assert page.url == f"{server.url}/admin"


def test_without_an_issuer_only_tokens_are_asked_for(opens, running):
    page = opens(f"{running.url}/admin")
    with page.expect_response("**/api/signin"):
        page.reload()
    expect(page.get_by_label("Token")).to_be_visible()
    expect(page.get_by_role("button", name=ACCOUNT)).to_have_count(0)
    page.goto(f"{running.url}/signin")

    expect(page.get_by_role("alert")).to_have_text("Agents sign in with tokens here.")
    page.get_by_role("button", name="Give a token").click()
    page.wait_for_url(f"{running.url}/admin")


@WAYS
def test_everybody_can_use_the_page(opens, running, way):
    page = opens(f"{running.url}/signin", **way)
    expect(page.get_by_role("alert")).to_be_visible()

    assert findings(page) == []


@pytest.mark.parametrize(("life", "wait"), [(3600, 3480), (240, 120), (200, 100), (0, 0), (-5, 0)])
def test_a_token_is_renewed_two_minutes_early_or_after_half_of_a_short_life(call, life, wait):
    claims = json.dumps({"iat": 1_000_000, "exp": 1_000_000 + life, "name": "é"}).encode()
    token = f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.x"

    assert call("assets/signin/kept.js", "renewAfter", token) == wait * 1000
    assert call("assets/signin/kept.js", "renewAfter", "garbage") == 0
