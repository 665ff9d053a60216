"""What a line of the log looks like."""

import io
import json
import logging

import pytest

from chalicelib.desk import steps
from chalicelib.handlers.logs import configure, configure_on_lambda
from tests.fakes.logs import logging_kept


@pytest.fixture
def logger():
    """The log of hitl, left as it was found."""
    with logging_kept():
        yield logging.getLogger("chalicelib")


@pytest.fixture
def lines(logger: logging.Logger):
    """The lines written since."""
    stream = io.StringIO()
    configure(stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_its_ids(logger: logging.Logger, lines):
    logger.getChild("desk").warning("the bot failed", extra={"session": "webchat:v1", "seq": 3, "text": "hello"})

    (line,) = lines()
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "chalicelib.desk",
        "message": "the bot failed",
        "session": "webchat:v1",
        "seq": 3,
    }


def test_an_error_is_logged_by_kind_and_place_without_its_words(logger: logging.Logger, lines):
    words = "what the user said"
    try:
        {}[words]
    except KeyError:
        logger.exception("something broke")

    (line,) = lines()
    assert line["error"].startswith("KeyError")
    assert __file__ in line["error"]
    assert words not in json.dumps(line)


def test_configured_twice_each_line_is_written_once(logger: logging.Logger):
    stream = io.StringIO()
    configure(io.StringIO())
    configure(stream)

    logger.error("once")

    assert len(stream.getvalue().splitlines()) == 1


def test_on_lambda_the_log_is_json(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "hitl-api")
    configure_on_lambda()

    logger.error("seen")

    assert json.loads(capsys.readouterr().err)["message"] == "seen"


def test_elsewhere_the_log_is_left_alone(logger: logging.Logger, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    before = list(logger.handlers)

    configure_on_lambda()

    assert logger.handlers == before


@pytest.mark.parametrize("wanted", [True, False])
def test_each_step_of_each_message_is_told_unless_it_is_for_a_terminal(logger: logging.Logger, wanted: bool):
    stream = io.StringIO()
    configure(stream, steps=wanted)

    steps.step(steps.SENT, "webchat:v1", 3, result="sent")
    logger.getChild("desk").warning("the bot failed")
    configure(io.StringIO())

    told = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert told == [steps.SENT, "the bot failed"][not wanted :]
