import io
from dataclasses import replace

import pytest

from chalicelib.alerts.log import LogAlerter
from chalicelib.errors import AlertFailed


def test_an_alert_is_one_line_with_its_link(alert):
    stream = io.StringIO()
    LogAlerter(stream).publish(alert)

    assert stream.getvalue() == (
        "ALERT info: Ann wants to talk to a human https://hitl.example/admin#session=webchat%3Aabc\n"
    )


def test_control_characters_do_not_reach_the_terminal(alert):
    stream = io.StringIO()
    LogAlerter(stream).publish(replace(alert, text="a\x1b[2J\r\nb"))

    assert stream.getvalue().startswith("ALERT info: a [2J b https://")


def test_a_terminal_without_unicode_shows_escapes(alert):
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii", write_through=True) as stream:
        LogAlerter(stream).publish(replace(alert, text="王"))
        shown = raw.getvalue()

    assert shown.startswith(b"ALERT info: \\u738b https://")


def test_without_a_stream_it_is_standard_error(alert, capsys):
    LogAlerter().publish(alert)

    assert capsys.readouterr().err.startswith("ALERT info: Ann")


def test_a_closed_stream_is_a_failed_alert(alert):
    stream = io.StringIO()
    stream.close()

    with pytest.raises(AlertFailed, match="could not be written"):
        LogAlerter(stream).publish(alert)


def test_a_terminal_needs_no_setting_up():
    assert LogAlerter().check() == []
