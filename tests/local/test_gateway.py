"""Events as API Gateway makes them, and answers as it gives them back."""

import base64
import json

import pytest

from local.gateway import Gateway

JSON = [("Content-Type", "application/json")]


class App:
    """Answers what the test says, and keeps the events."""

    def __init__(self):
        self.events = []
        self.answer = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "hello"}

    def __call__(self, event, context):
        self.events.append(event)
        return self.answer


@pytest.fixture
def app():
    return App()


@pytest.fixture
def gateway(app):
    routes = {"/": {"GET"}, "/a/{id}": {"GET", "POST"}, "/a/read": {"POST"}, "/a/{id}/b/{seq}": {"GET"}}
    return Gateway(app, routes, routes)


def event_of(gateway, app, method="GET", path="/a/1", query="", headers=(), body=b""):
    gateway.handle(method, path, query, list(headers), body)
    return app.events[-1]


def refusal(answer):
    assert dict(answer.headers)["Content-Type"] == "application/json"
    assert json.loads(answer.body).keys() == {"Code", "Message"}
    return answer.status, json.loads(answer.body)["Code"]


def test_a_path_parameter_stays_encoded(gateway, app):
    event = event_of(gateway, app, path="/a/webchat%3Aabc%2Fd/b/7")

    assert event["pathParameters"] == {"id": "webchat%3Aabc%2Fd", "seq": "7"}
    assert event["resource"] == event["requestContext"]["resourcePath"] == "/a/{id}/b/{seq}"
    assert event["path"] == event["requestContext"]["path"] == "/a/webchat%3Aabc%2Fd/b/7"


def test_query_values_are_decoded(gateway, app):
    event = event_of(gateway, app, query="q=Ann%20L%C3%A9e&cursor=a%2Bb%3D&plus=a+b")

    assert event["queryStringParameters"] == {"q": "Ann Lée", "cursor": "a+b=", "plus": "a b"}


def test_a_value_given_twice_is_there_twice_and_the_last_one_counts(gateway, app):
    event = event_of(gateway, app, query="limit=1&limit=2&empty=")

    assert event["multiValueQueryStringParameters"] == {"limit": ["1", "2"], "empty": [""]}
    assert event["queryStringParameters"] == {"limit": "2", "empty": ""}


def test_a_header_given_twice_is_there_twice_and_the_last_one_counts(gateway, app):
    event = event_of(gateway, app, headers=[("x-a", "1"), ("x-a", "2"), ("x-b", "3")])

    assert event["multiValueHeaders"] == {"x-a": ["1", "2"], "x-b": ["3"]}
    assert event["headers"] == {"x-a": "2", "x-b": "3"}


def test_what_is_not_there_is_null(gateway, app):
    event = event_of(gateway, app, path="/")

    nothing = {name for name, value in event.items() if value is None}
    assert nothing == {
        "pathParameters",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
        "body",
    }


@pytest.mark.parametrize("query", ["q=%ff%fe", "=&&;=", "%zz=%", "\x7f"])
def test_a_query_that_is_no_text_makes_an_event_all_the_same(gateway, app, query):
    assert gateway.handle("GET", "/a/1", query, [], b"").status == 200


def test_a_body_travels_in_base64(gateway, app):
    event = event_of(gateway, app, method="POST", headers=JSON, body=b'{"text": "\xff"}')

    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b'{"text": "\xff"}'


def test_a_plain_path_is_tried_before_one_with_parameters(gateway, app):
    assert event_of(gateway, app, method="POST", path="/a/read")["resource"] == "/a/read"


@pytest.mark.parametrize("path", ["/nothing", "/a", "/a/1/b", "/a/1/b/2/c", "/%2e%2e/app.py", "/A/1"])
def test_a_path_that_nobody_serves_is_a_404_in_our_shape(gateway, app, path):
    answer = gateway.handle("GET", path, "", [], b"")

    assert refusal(answer) == (404, "RouteNotFound")
    assert app.events == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "BREW"])
def test_a_method_that_the_path_does_not_answer_is_a_405_that_names_the_others(gateway, app, method):
    answer = gateway.handle(method, "/a/1", "", [], b"")

    assert refusal(answer) == (405, "MethodNotAllowed")
    assert "GET, POST" in json.loads(answer.body)["Message"]
    assert dict(answer.headers)["Allow"] == "GET, POST"
    assert app.events == []


def test_head_is_asked_as_get(gateway, app):
    answer = gateway.handle("HEAD", "/a/1", "", [], b"")

    assert app.events[-1]["httpMethod"] == "GET"
    assert answer.status == 200


def test_head_of_a_path_that_is_only_posted_to_is_a_405(gateway, app):
    assert refusal(gateway.handle("HEAD", "/a/read", "", [], b"")) == (405, "MethodNotAllowed")


def test_an_answer_keeps_status_headers_and_text(gateway, app):
    app.answer = {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain; charset=utf-8", "Retry-After": 1},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "héllo",
    }

    answer = gateway.handle("GET", "/a/1", "", [], b"")

    assert (answer.status, answer.body) == (201, "héllo".encode())
    assert answer.headers == [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Retry-After", "1"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]


def test_an_answer_in_base64_is_bytes(gateway, app):
    app.answer = {"statusCode": 200, "body": base64.b64encode(b"\x00\xff").decode(), "isBase64Encoded": True}

    assert gateway.handle("GET", "/a/1", "", [], b"").body == b"\x00\xff"


def test_an_answer_without_headers_and_body_is_empty(gateway, app):
    app.answer = {"statusCode": 204, "headers": None, "body": None}

    answer = gateway.handle("GET", "/a/1", "", [], b"")

    assert (answer.status, answer.headers, answer.body) == (204, [], b"")
