"""6.13: what is fetched, and from where."""

import pytest

from chalicelib.channels.base import Fetched, Media
from chalicelib.channels.media import MessengerMedia, is_public, kind
from chalicelib.errors import MediaRefused
from tests.alerts.receiver import Receiver, drip, hang_up, status
from tests.channels.graph_server import reply

PNG = b"\x89PNG"


def url_of(server, path="/a.png"):
    return f"http://127.0.0.1:{server.port}{path}"


def fetch(server, **options):
    return MessengerMedia([url_of(server, "")], **options).fetch(url_of(server))


def moves(path):
    return status("302 Found", f"Location: {path}")


def test_a_picture_at_a_trusted_origin_is_fetched():
    with Receiver(reply(PNG, Content_Type="image/png; charset=x")) as server:
        assert fetch(server) == Fetched(PNG, "image/png")

    [(line, headers, _)] = server.requests
    assert line == "GET /a.png HTTP/1.1"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    "given", ["image/png", "image/jpeg", "image/gif", "IMAGE/WEBP", "audio/mpeg", "audio/x-m4a", "video/mp4"]
)
def test_what_a_browser_may_show_keeps_its_kind(given):
    assert kind(given) == given.lower()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "image/svg+xml",
        "text/html",
        "application/pdf",
        "application/javascript",
        "audio/x\r\nX: y",
        "image/png2",
        "ä",
    ],
)
def test_what_may_hold_a_program_is_bytes(given):
    assert kind(given) == "application/octet-stream"


@pytest.mark.parametrize(
    "url",
    [
        "http://scontent.xx.fbcdn.net/a",
        "https://scontent.xx.fbcdn.net:8443/a",
        "https://user:word@scontent.xx.fbcdn.net/a",
        "https://fbcdn.net.evil.example/a",
        "https://evilfbcdn.net/a",
        "https://fbcdn.net/a",
        "https://evil.example/?https://scontent.xx.fbcdn.net/",
        "https://evil.example#.fbcdn.net",
        "https://evil.example\\.fbcdn.net/",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://[::1/a",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://scontent.xx.fbcdn.net/a",
        "//scontent.xx.fbcdn.net/a",
        "https://scontent.xx.fbcdn.net/a b",
        "https://scontent.xx.fbcdn.net/a\r\nX: y",
        "https://scontent.xx.ƒbcdn.net/",
        "",
    ],
)
def test_an_address_that_is_not_metas_is_refused(url):
    with pytest.raises(MediaRefused) as raised:
        MessengerMedia().fetch(url)

    assert raised.value.__cause__ is None, "it was called"


def test_a_host_of_metas_with_an_address_of_ours_is_not_called():
    with pytest.raises(MediaRefused, match="could not be fetched") as raised:
        MessengerMedia(hosts=["0.1"]).fetch("https://127.0.0.1/a")

    assert raised.value.__cause__.cause == "PermissionError"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",  # noqa: S104 - nobody listens there
            "100.64.0.1",
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "ff02::1"),
    ],
)
def test_an_address_of_a_private_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["157.240.1.35", "2a03:2880:f12f:83:face:b00c:0:25de", "::ffff:157.240.1.35"])
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(address)


def test_a_file_that_was_moved_within_the_list_is_followed():
    answers = iter([moves("/b.png"), reply(PNG, Content_Type="image/png")])

    def answer(connection, stopped):
        next(answers)(connection, stopped)

    with Receiver(answer) as server:
        assert fetch(server).body == PNG

    assert [line.split()[1] for line, *_ in server.requests] == ["/a.png", "/b.png"]


def test_a_file_that_was_moved_off_the_list_is_not_followed():
    with Receiver(reply(PNG)) as elsewhere, Receiver(moves(url_of(elsewhere))) as server, pytest.raises(MediaRefused):
        fetch(server)

    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "location", ["https://evil.example/", "file:///etc/passwd", "//evil.example/", "http://[::1", "\x80"]
)
def test_a_file_that_was_moved_to_nowhere_good_is_refused(location):
    with Receiver(moves(location)) as server, pytest.raises(MediaRefused):
        fetch(server)

    assert len(server.requests) <= 4


def test_a_file_that_moves_on_and_on_is_given_up():
    with Receiver(moves("/a.png")) as server, pytest.raises(MediaRefused, match="moved too often"):
        fetch(server)

    assert len(server.requests) == 4


def test_a_file_over_the_limit_is_refused():
    with Receiver(reply(b"x" * 11)) as server, pytest.raises(MediaRefused, match="is over"):
        fetch(server, limit=10)


def test_a_file_that_hides_how_long_it_is_ends_at_the_limit():
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000
    with (
        Receiver(lambda connection, _: connection.sendall(endless)) as server,
        pytest.raises(MediaRefused, match="is over"),
    ):
        fetch(server, limit=1000)


def test_a_file_at_the_limit_is_fetched():
    with Receiver(reply(b"x" * 10)) as server:
        assert fetch(server, limit=10).body == b"x" * 10


def test_a_file_that_drips_is_given_up_at_the_deadline():
    dripping = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", b"x" * 2000)
    with Receiver(dripping) as server, pytest.raises(MediaRefused, match="could not be fetched"):
        fetch(server, seconds=0.2)


def test_the_deadline_is_for_all_hops_together():
    def slow(connection, stopped):
        stopped.wait(0.15)
        moves("/a.png")(connection, stopped)

    with Receiver(slow) as server, pytest.raises(MediaRefused, match="could not be fetched"):
        fetch(server, seconds=0.3)


@pytest.mark.parametrize(
    "answer", [status("404 Not Found"), status("206 Partial Content"), status("302 Found"), hang_up]
)
def test_a_file_that_is_not_there_is_refused(answer):
    with Receiver(answer) as server, pytest.raises(MediaRefused):
        fetch(server)


def test_an_origin_is_trusted_with_its_port_and_scheme_only():
    with Receiver(reply(PNG)) as server:
        media = MessengerMedia([f"http://127.0.0.1:{server.port + 1}"])
        for url in (url_of(server), f"https://127.0.0.1:{server.port + 1}/", f"http://localhost:{server.port}/"):
            with pytest.raises(MediaRefused):
                media.fetch(url)

    assert isinstance(media, Media)
    assert server.requests == []
