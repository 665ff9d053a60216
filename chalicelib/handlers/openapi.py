"""The HTTP interface described by its own models, as OpenAPI 3.1."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.handlers import persons, shapes, signin_shapes
from chalicelib.model.views import SessionView

BASE = "/api/botpress-hitl"
CHAT = "/api/webchat"
WEBHOOKS = "/api/webhooks"
SIGNIN = "/api/signin"
Who = Literal["supervisor", "agent", "anyone of ours", "visitor", "platform", "nobody"]


@dataclass(frozen=True)
class Operation:
    """One route: who may call it, what it takes and gives; an `answer` that is no JSON is named by its media type."""

    method: str
    path: str
    name: str
    summary: str
    who: Who
    answer: type[BaseModel] | Literal["text/plain", "*/*"]
    body: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    status: int = 200


RETRY_AFTER: dict[str, Any] = {
    "Retry-After": {"description": "Seconds after which it may be tried again.", "schema": {"type": "string"}}
}
RENEWED: dict[str, Any] = {
    "Hitl-Visitor-Token": {
        "description": "A fresh token, when the one that came is a day old: to be used from now on.",
        "schema": {"type": "string"},
    }
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "paused": {
        "type": "string",
        "enum": ["true", "false"],
        "description": "false leaves the paused ones out; a page may then be short, and its cursor still leads on",
    },
    "onlyPaused": {
        "type": "string",
        "enum": ["true", "false"],
        "description": "true as paused=true; false asks for all",
    },
    "assignee": {"type": "string"},
    "q": {"type": "string", "description": "not together with other filters"},
    "cursor": {"type": "string", "description": "from the page before; any other is refused"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
    "after": {"type": "integer", "minimum": 0, "maximum": 10**12},
    "before": {"type": "integer", "minimum": 0, "maximum": 10**12, "description": "not together with after"},
    "hub.mode": {"type": "string", "description": "subscribe"},
    "hub.verify_token": {"type": "string"},
    "hub.challenge": {"type": "string", "description": "what to answer, if the token is ours"},
}

PATH: dict[str, dict[str, Any]] = {
    "seq": {"type": "integer", "minimum": 0, "maximum": 10**12},
    "number": {"type": "integer", "minimum": 0, "maximum": 10**12, "description": "from 0"},
}
"""What parts of paths are, where it is not text."""

_SESSION = f"{BASE}/sessions/{{session}}"
_COMMAND = (404, 413)

OPERATIONS = (
    Operation(
        "GET", f"{BASE}/sessions", "listSessions", "Sessions, by latest activity or longest waiting", "anyone of ours",
        shapes.SessionsAnswer, query=("paused", "onlyPaused", "assignee", "q", "cursor", "limit"),
    ),
    Operation(
        "GET", _SESSION, "readSession", "A session and part of its log", "anyone of ours",
        shapes.LogAnswer, query=("after", "before", "limit"), refusals=(404,),
    ),
    Operation(
        "POST", f"{_SESSION}/pause", "pause", "Silence the bot", "anyone of ours",
        SessionView, shapes.PauseRequest, refusals=_COMMAND,
    ),
    Operation(
        "POST", f"{_SESSION}/unpause", "unpause", "Let the bot speak again", "anyone of ours",
        SessionView, shapes.Nothing, refusals=_COMMAND,
    ),
    Operation(
        "POST", f"{_SESSION}/message", "say", "Say something as the agent, or as the bot", "anyone of ours",
        shapes.MessageAnswer, shapes.MessageRequest, refusals=(*_COMMAND, 409),
    ),
    Operation(
        "POST", f"{_SESSION}/entries/{{seq}}/retry", "retry", "Send a message that was not delivered", "agent",
        shapes.EntryAnswer, shapes.RetryRequest, refusals=(*_COMMAND, 409),
    ),
    Operation(
        "GET", f"{_SESSION}/entries/{{seq}}/media/{{number}}", "readMedia", "A picture or attachment of an entry", "agent",
        "*/*", refusals=(404,),
    ),
    Operation(
        "GET", f"{_SESSION}/picture", "readPicture", "The user's profile picture", "agent", "*/*", refusals=(404,),
    ),
    Operation(
        "POST", f"{_SESSION}/claim", "claim", "Take the session over", "agent",
        SessionView, shapes.ClaimRequest, refusals=(*_COMMAND, 409),
    ),
    Operation(
        "POST", f"{_SESSION}/release", "release", "Give the session back to all agents", "agent",
        SessionView, shapes.Nothing, refusals=(*_COMMAND, 409),
    ),
    Operation(
        "POST", f"{_SESSION}/note", "note", "Leave a note for other agents", "agent",
        shapes.MessageAnswer, shapes.NoteRequest, refusals=(*_COMMAND, 409),
    ),
    Operation(
        "POST", f"{_SESSION}/typing", "typing", "The agent is typing", "agent",
        SessionView, shapes.Nothing, refusals=_COMMAND,
    ),
    Operation(
        "POST", f"{_SESSION}/read", "markRead", "The agents have read up to a number", "agent",
        SessionView, shapes.ReadRequest, refusals=_COMMAND,
    ),
    Operation(
        "DELETE", _SESSION, "erase", "Erase the person, with all that is kept about them", "supervisor",
        persons.ReceiptAnswer, refusals=(404,), status=202,
    ),
    Operation(
        "GET", f"{_SESSION}/export", "export", "All that is kept about the person, a part at a time", "supervisor",
        persons.ExportAnswer, query=("after", "limit"), refusals=(404,),
    ),
    Operation(
        "GET", f"{BASE}/parked", "listParked", "What could not be processed, oldest first", "supervisor",
        shapes.ParkedAnswer, query=("cursor", "limit"),
    ),
    Operation(
        "POST", f"{BASE}/parked/{{parked}}/replay", "replayParked", "Try what is parked again", "supervisor",
        shapes.ReplayAnswer, shapes.Nothing, refusals=_COMMAND,
    ),
    Operation(
        "DELETE", f"{BASE}/parked/{{parked}}", "dropParked", "Delete what is parked", "supervisor",
        shapes.DroppedAnswer, refusals=(404,),
    ),
    Operation(
        "GET", f"{BASE}/notifications", "listNotifications", "Alerts, newest first", "agent",
        shapes.NotificationsAnswer, query=("cursor", "limit"),
    ),
    Operation(
        "POST", f"{BASE}/notifications/{{notification}}/read", "readNotification", "Mark one as read", "agent",
        shapes.UnreadAnswer, shapes.Nothing, refusals=_COMMAND,
    ),
    Operation(
        "POST", f"{BASE}/notifications/{{notification}}/archive", "archiveNotification", "Take one off the list", "agent",
        shapes.UnreadAnswer, shapes.Nothing, refusals=_COMMAND,
    ),
    Operation(
        "POST", f"{BASE}/notifications/read", "readAllNotifications", "Mark all as read", "agent",
        shapes.UnreadAnswer, shapes.Nothing, refusals=(413,),
    ),
    Operation("GET", f"{BASE}/me", "me", "Who the token belongs to", "anyone of ours", shapes.MeAnswer),
    Operation(
        "POST", f"{CHAT}/visitors", "visit", "A new visitor", "nobody",
        shapes.VisitorAnswer, shapes.VisitorRequest, refusals=(413,),
    ),
    Operation(
        "POST", f"{CHAT}/messages", "visitorSay", "The visitor says something", "visitor",
        shapes.VisitorEntryAnswer, shapes.VisitorMessageRequest, refusals=(404, 409, 413, 429),
    ),
    Operation(
        "GET", f"{CHAT}/messages", "follow", "What came after a number", "visitor",
        shapes.FollowAnswer, query=("after", "limit"),
    ),
    Operation(
        "POST", f"{CHAT}/postback", "press", "The visitor presses a button", "visitor",
        shapes.VisitorEntryAnswer, shapes.PostbackRequest, refusals=(404, 409, 413, 429),
    ),
    Operation(
        "POST", f"{CHAT}/human", "askForAHuman", "The visitor wants a human", "visitor",
        shapes.StateAnswer, shapes.Nothing, refusals=(413,),
    ),
    Operation(
        "POST", f"{CHAT}/bot", "backToTheBot", "The visitor goes back to the bot before anybody has come", "visitor",
        shapes.StateAnswer, shapes.Nothing, refusals=(409, 413),
    ),
    Operation(
        "POST", f"{CHAT}/typing", "visitorTyping", "The visitor is typing", "visitor",
        shapes.StateAnswer, shapes.Nothing, refusals=(413,),
    ),
    Operation(
        "POST", f"{CHAT}/read", "visitorRead", "The visitor has read up to a number", "visitor",
        shapes.StateAnswer, shapes.ReadRequest, refusals=(413,),
    ),
    Operation(
        "GET", f"{WEBHOOKS}/messenger", "verifyMessenger", "Facebook asks whether we know the verify token", "nobody",
        "text/plain", query=("hub.mode", "hub.verify_token", "hub.challenge"), refusals=(403,),
    ),
    Operation(
        "POST", f"{WEBHOOKS}/messenger", "deliverMessenger", "Facebook tells what happened; 200 once it is kept", "platform",
        "text/plain", shapes.MessengerDelivery, refusals=(403, 413),
    ),
    Operation("GET", SIGNIN, "howToSignIn", "Where agents sign in", "nobody", signin_shapes.SigninAnswer),
    Operation(
        "POST", f"{SIGNIN}/token", "redeemCode", "The tokens for the code that the issuer gave the page", "nobody",
        signin_shapes.TokensAnswer, signin_shapes.CodeRequest, refusals=(401, 403, 404, 413, 429),
    ),
    Operation(
        "POST", f"{SIGNIN}/refresh", "refreshTokens", "New tokens for those that end soon", "nobody",
        signin_shapes.TokensAnswer, signin_shapes.RefreshRequest, refusals=(401, 403, 404, 413, 429),
    ),
    Operation(
        "POST", f"{SIGNIN}/revoke", "revokeToken", "End a refresh token, for who signs out", "nobody",
        signin_shapes.RevokedAnswer, signin_shapes.RefreshRequest, refusals=(401, 404, 413, 429),
    ),
    Operation("GET", "/api/health", "health", "That the function runs", "nobody", shapes.HealthAnswer),
)  # fmt: skip


@cache
def describe() -> dict[str, Any]:
    """The document of `/openapi.json`."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(shapes.Refusal, "serialization")]
    for operation in OPERATIONS:
        if not isinstance(operation.answer, str):
            models.append((operation.answer, "serialization"))
        if operation.body is not None:
            models.append((operation.body, "validation"))
    refs, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hitl", "version": "0.1.0", "description": "A human in the chatbot's loop."},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "agent": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `manage.py token create`, or an id token of the issuer.",
                },
                "visitor": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of `POST /api/webchat/visitors`.",
                },
                "platform": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Hub-Signature-256",
                    "description": "The body signed with an app secret; the credential is of each request.",
                },
            },
        },
    }


def _described(operation: Operation, refs: Mapping[Any, Any]) -> dict[str, Any]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    statuses = {*operation.refusals, 503} | (set() if operation.path.startswith(WEBHOOKS) else {400, 415})
    if operation.who not in ("platform", "nobody"):
        statuses.add(401)
    if operation.who in ("supervisor", "agent", "anyone of ours"):
        statuses.add(403)
    done: dict[str, Any]
    if isinstance(operation.answer, str):
        done = {"description": "Done", "content": {operation.answer: {}}}
    else:
        done = _content("Done", refs[operation.answer, "serialization"])
    if operation.who == "visitor":
        done["headers"] = RENEWED
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": PATH.get(name, {"type": "string"})}
                for name in names
            ),
            *(
                {"name": name, "in": "query", "allowEmptyValue": True, "schema": PARAMETERS[name]}
                for name in operation.query
            ),
        ],
        "responses": {
            str(operation.status): done,
            **{str(status): _refused(status, refs[shapes.Refusal, "serialization"]) for status in sorted(statuses)},
        },
    }
    if operation.who != "nobody":
        scheme = operation.who if operation.who in ("visitor", "platform") else "agent"
        described["security"] = [{scheme: []}]
    if operation.body is not None:
        schema = refs[operation.body, "validation"]
        described["requestBody"] = {
            "required": _says_something(operation.body),
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _says_something(body: type[BaseModel]) -> bool:
    """Whether `{}`, which is what no body counts as, is refused."""
    return issubclass(body, shapes.MessageRequest) or any(field.is_required() for field in body.model_fields.values())


def _refused(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    described = _content("Refused", schema)
    if status in (429, 503):
        described["headers"] = RETRY_AFTER
    return described


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
