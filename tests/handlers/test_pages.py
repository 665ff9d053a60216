"""The pages and their files."""

import base64
import re
import struct
from pathlib import Path

import pytest

from app import app
from chalicelib.handlers.pages import TYPES, WEB, without_comments
from local.gateway import Gateway
from scripts.agent_picture import TARGET, picture
from tests.handlers.api import Api

SERVED = sorted(f"{path.parent.name}/{path.name}" for path in WEB.glob("*/*") if path.suffix in TYPES)
FILES = [file for file in SERVED if not file.endswith(".png")]
PICTURE = "/assets/shared/agent.png"
PAGES = sorted(path.parent.name for path in WEB.glob("*/index.html"))
REFERENCE = re.compile(r"""(?:src|href)="([^"]+)"|(?:from|import)\s*\(?"([^"]+)"|url\("?([^")]+)"?\)""")


@pytest.mark.parametrize(
    "path", [f"/{page}" for page in PAGES] + ["/assets/shared/tokens.css", "/assets/vendor/preact.js", PICTURE]
)
def test_a_page_comes_with_the_headers_that_keep_it_safe(api: Api, path: str):
    answer = api.get(path)

    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert answer.status == 200
    assert policy["default-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'none'")
    assert policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"


def test_the_agents_page_alone_may_show_pictures_that_it_has_fetched_itself(api: Api):
    ours, visitors = (api.get(path).headers["content-security-policy"] for path in ("/admin", "/webchat"))

    assert "img-src 'self' blob:; media-src 'self' blob:" in ours
    assert not re.search("blob:|data:|https?:", visitors)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_script_or_style_of_its_own(page: str):
    html = (WEB / page / "index.html").read_text()

    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)


@pytest.mark.parametrize("file", FILES)
def test_everything_that_a_file_refers_to_is_served(api: Api, file: str):
    area = file.partition("/")[0]
    served_at = f"/{area}" if file.endswith("index.html") else f"/assets/{file}"

    for groups in REFERENCE.findall((WEB / file).read_text()) if "/vendor/" not in f"/{file}" else ():
        reference = next(filter(None, groups))
        if reference.startswith(("/", "./", "../")):
            path = Path("/", served_at).parent.joinpath(reference) if not reference.startswith("/") else Path(reference)
            plain = "/" + "/".join(_walked(path.parts[1:]))
            assert api.get(plain).status == 200, reference


def _walked(parts: tuple[str, ...]) -> list[str]:
    walked: list[str] = []
    for part in parts:
        if part == "..":
            walked.pop()
        else:
            walked.append(part)
    return walked


@pytest.mark.parametrize("file", FILES)
def test_every_file_is_served_with_its_type_and_as_it_is_but_for_comments(api: Api, file: str):
    answer = api.get(f"/assets/{file}")

    source = (WEB / file).read_text(encoding="utf-8")
    ours = Path(file).suffix in (".js", ".css") and not file.startswith("vendor/")
    assert answer.text == (without_comments(source) if ours else source)
    assert answer.headers["content-type"] == TYPES[Path(file).suffix]


@pytest.mark.parametrize(
    "accept", [None, "*/*", "image/*", "image/avif,image/webp,*/*;q=0.8", "image/png", "text/html", "image/png;q=0"]
)
def test_a_picture_comes_as_it_is_whatever_kind_is_asked_for(api: Api, accept: str | None):
    methods = {path: set(entries) for path, entries in app.routes.items()}
    asked = [] if accept is None else [("Accept", accept)]

    answer = Gateway(app, methods, methods).handle("GET", PICTURE, "", asked, b"")

    headers = {name.lower(): value for name, value in answer.headers}
    assert (answer.status, headers["content-type"]) == (200, "image/png")
    assert answer.body == TARGET.read_bytes()


def test_a_picture_goes_to_api_gateway_in_base64_and_a_page_as_text(api: Api):
    assert base64.b64decode(api.get(PICTURE, headers={"Accept": "*/*"}).text, validate=True) == TARGET.read_bytes()
    assert api.get("/admin", headers={"Accept": "*/*"}).text.startswith("<!doctype html>")


def test_the_agents_picture_is_as_its_script_draws_it_small_and_square():
    drawn = picture()

    assert drawn == TARGET.read_bytes()
    assert struct.unpack(">II", drawn[16:24]) == (256, 256)
    assert len(drawn) < 6000


@pytest.mark.parametrize("path", ["/assets/shared/tokens.css", PICTURE])
def test_a_file_that_the_browser_has_is_not_sent_again(api: Api, path: str):
    first = api.get(path)

    again = api.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (again.status, again.text, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert "content-security-policy" in again.headers


@pytest.mark.parametrize("sent", ["W/{}", '"other", {}', "{} , W/{}"])
def test_a_tag_is_known_in_every_form_that_a_proxy_gives_it(api: Api, sent: str):
    tag = api.get("/admin").headers["etag"]

    assert api.get("/admin", headers={"If-None-Match": sent.format(tag, tag)}).status == 304


@pytest.mark.parametrize("tag", ["", '"0000000000000000"', "W/", '"'])
def test_an_unknown_tag_gets_the_file(api: Api, tag: str):
    assert api.get("/assets/shared/tokens.css", headers={"If-None-Match": tag}).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "shared/nothing.js",
        "nothing/tokens.css",
        "shared/tokens",
        "shared/TOKENS.CSS",
        "shared/tokens.css%00",
        "shared/tokens.css%0A",
        "shared/.tokens.css",
        "vendor/preact.js.sha256",
        "shared/..",
        "../app.py",
        "..%2F..%2F/app.py",
        "shared/..%2f..%2f..%2fapp.py",
        "shared/%2e%2e%2fadmin%2findex.html",
        "shared/..\\..\\app.py",
        "%2e%2e/settings.py",
        "../settings.py",
        "./errors.py",
        "shared/" + "a" * 300 + ".js",
        "a" * 5000 + "/index.html",
        "shared/é.js",
        "shared/\ud800.js",
        "shared/\x00.js",
    ],
)
def test_no_other_file_is_ever_served(api: Api, name: str):
    answer = api.get(f"/assets/{name}")

    assert answer.said == (404, "RouteNotFound")
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/", "/assets", "/assets/shared", "/assets/shared/a/b.js", "/api", "/admin/", "/admin/x"]
)
def test_nothing_is_routed_elsewhere(api: Api, path: str):
    with pytest.raises(LookupError):
        api.get(path)


def test_a_page_shows_no_referrer_and_needs_no_credential(api: Api, settings):
    settings(STORE="dynamodb://no-such-table")

    assert all(api.get(f"/{page}").status == 200 for page in PAGES)
