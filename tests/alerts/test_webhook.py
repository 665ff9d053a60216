"""The webhook against a real server on loopback."""

import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.alerts.webhook import WebhookAlerter
from chalicelib.errors import AlertFailed, BadSettings
from tests.alerts.receiver import Receiver, drip, hang, hang_up, status

SECRET = "between us"
NOW = 1_790_000_000.9
SHORT = 0.2
LONG = 20.0


def alerter(receiver, path="/alerts", timeout=LONG, scheme="http"):
    url = f"{scheme}://127.0.0.1:{receiver.port}{path}"
    return WebhookAlerter(url, SECRET, timeout_seconds=timeout, clock=lambda: NOW)


def publish(answer, alert, timeout=LONG):
    with Receiver(answer) as receiver:
        alerter(receiver, timeout=timeout).publish(alert)


def test_an_alert_is_posted_as_json(alert):
    with Receiver(status("200 OK")) as receiver:
        alerter(receiver, "/alerts?team=a").publish(replace(alert, text="Zoë wants a human", user_name="Zoë"))

    [(line, headers, body)] = receiver.requests
    assert line == "POST /alerts?team=a HTTP/1.1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert json.loads(body) == {
        "id": "webchat%3Aabc.7",
        "session_id": "webchat:abc",
        "channel": "webchat",
        "seq": 7,
        "text": "Zoë wants a human",
        "level": "info",
        "why": "paused",
        "at": "2026-11-22T20:40:12Z",
        "url": "https://hitl.example/admin#session=webchat%3Aabc",
        "user_name": "Zoë",
        "waiting_minutes": None,
        "others_waiting": None,
    }


def test_the_signature_covers_the_time_and_the_body(alert):
    with Receiver(status("204 No Content")) as receiver:
        alerter(receiver).publish(alert)

    [(_, headers, body)] = receiver.requests
    expected = hmac.new(SECRET.encode(), b"1790000000." + body, hashlib.sha256).hexdigest()
    assert headers["Hitl-Timestamp"] == "1790000000"
    assert headers["Hitl-Signature"] == f"sha256={expected}"


def test_an_alert_published_again_has_the_same_delivery_id(alert):
    with Receiver(status("200 OK")) as receiver:
        alerter(receiver).publish(alert)
        alerter(receiver).publish(alert)

    assert [headers["Hitl-Delivery"] for _, headers, _ in receiver.requests] == [alert.id, alert.id]


@pytest.mark.parametrize("line", ["200 OK", "201 Created", "202 Accepted", "204 No Content"])
def test_any_2xx_is_success(line, alert):
    publish(status(line), alert)


@pytest.mark.parametrize("line", ["400 Bad Request", "404 Not Found", "429 Too Many", "500 Oops", "503 Busy"])
def test_any_other_status_is_a_failed_alert(line, alert):
    with pytest.raises(AlertFailed, match=f"127.0.0.1 refused an alert with status {line[:3]}"):
        publish(status(line), alert)


def test_a_redirect_is_not_followed(alert):
    with Receiver(status("200 OK")) as elsewhere:
        moved = status("307 Temporary Redirect", f"Location: http://127.0.0.1:{elsewhere.port}/")
        with pytest.raises(AlertFailed, match=r"redirects alerts \(307\), which is not followed"):
            publish(moved, alert)

    assert elsewhere.requests == []


def test_a_refused_connection_is_a_failed_alert(alert, free_port):
    with pytest.raises(AlertFailed, match="could not be reached for an alert: ConnectionRefusedError"):
        WebhookAlerter(f"http://127.0.0.1:{free_port}/", SECRET).publish(alert)


def test_a_receiver_that_hangs_up_is_a_failed_alert(alert):
    with pytest.raises(AlertFailed, match="could not be reached"):
        publish(hang_up, alert)


def test_a_receiver_that_hangs_is_a_failed_alert(alert):
    with pytest.raises(AlertFailed, match=r"did not take an alert within 0\.2 seconds"):
        publish(hang, alert, SHORT)


def test_a_receiver_that_never_accepts_is_a_failed_alert(alert):
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        address = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        try:
            with pytest.raises(AlertFailed, match=r"within 0\.2 seconds"):
                WebhookAlerter(f"http://127.0.0.1:{address[1]}/", SECRET, timeout_seconds=SHORT).publish(alert)
        finally:
            for filler in fillers:
                filler.close()


def test_an_answer_that_drips_ends_at_the_deadline_although_each_byte_is_in_time(alert):
    ten_seconds = b"x" * 2000
    with pytest.raises(AlertFailed, match=r"within 0\.2 seconds"):
        publish(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", ten_seconds + b"\r\n\r\n"), alert, SHORT)


def test_a_body_that_drips_after_a_success_is_not_waited_for(alert):
    publish(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", b"x" * 2000), alert, LONG)


def test_a_head_over_64_kb_is_not_read_to_its_end(alert):
    padded = [f"X-{number}: {'y' * 1000}" for number in range(90)]
    publish(status("200 OK", *padded), alert)


def test_a_head_without_end_is_a_failed_alert(alert):
    endless = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000
    with pytest.raises(AlertFailed, match="could not be reached"):
        publish(lambda connection, stopped: connection.sendall(endless), alert)


def test_an_answer_that_is_no_http_is_a_failed_alert(alert):
    with pytest.raises(AlertFailed, match="BadStatusLine"):
        publish(lambda connection, stopped: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), alert)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_trusted_receiver_is_told_over_tls(tls, certificate, monkeypatch, alert):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Receiver(status("200 OK"), tls) as receiver:
        alerter(receiver, scheme="https").publish(alert)

    assert len(receiver.requests) == 1


def test_a_receiver_with_an_untrusted_certificate_is_told_nothing(tls, alert):
    with Receiver(status("200 OK"), tls) as receiver, pytest.raises(AlertFailed, match="SSLCertVerificationError"):
        alerter(receiver, scheme="https").publish(alert)

    assert receiver.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/alerts",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "https://user:word@example.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://bücher.example/",
        "https://[::1/",
    ],
)
def test_what_is_no_web_address_is_refused_at_once(url):
    with pytest.raises(BadSettings, match="HITL_ALERTS"):
        WebhookAlerter(url, SECRET)


def test_a_webhook_without_a_secret_is_refused_at_once():
    with pytest.raises(BadSettings, match="shared secret"):
        WebhookAlerter("https://example.com/", "")


def test_a_name_never_shows_a_secret_in_the_address():
    name = WebhookAlerter("https://example.com/T0/secretpart", SECRET).name

    assert name.startswith("webhook:example.com#")
    assert "secretpart" not in name


def test_names_tell_two_addresses_of_one_host_apart():
    assert WebhookAlerter("https://h.example/a", SECRET).name != WebhookAlerter("https://h.example/b", SECRET).name


def test_a_receiver_on_this_machine_is_well():
    assert WebhookAlerter("http://127.0.0.1:9/", SECRET).check() == []


def test_alerts_that_travel_unencrypted_are_said():
    [sentence] = WebhookAlerter("http://192.0.2.1/", SECRET).check()

    assert "use https" in sentence


def test_a_host_that_nobody_knows_is_said():
    [sentence] = WebhookAlerter(f"https://{'a' * 64}.invalid/", SECRET).check()

    assert "is not known" in sentence
