"""What the platform refuses of a message because of how it is made, whoever it is for. Lengths count UTF-16 units."""

from typing import Any
from urllib.parse import urlsplit

from local.messenger.errors import GraphError, bad

TEXT_BELOW = 2000
METADATA_BELOW = 1000
QUICK_REPLIES = 13
TITLE = 20
PAYLOAD = 1000
BUTTONS = 3
BUTTON_TEXT = 640
CARDS = 10
CARD_TITLE = 80

TYPES = ("RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY")
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
RETIRED = ("CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE")
_ONE_OF = ("text", "attachment", "attachments", "sticker_id")
_MEDIA = ("image", "video", "audio", "file")


def units(text: str) -> int:
    """How long the platform takes a text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check(body: dict[str, Any]) -> None:
    """Raises GraphError for a request to send that could be accepted for nobody."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict) or not isinstance(recipient.get("id"), str | int):
        raise bad("param recipient must be non-empty.")
    if "sender_action" in body:
        _check_action(body)
        return
    message = body.get("message")
    if not isinstance(message, dict) or not message:
        raise bad("param message must be non-empty.")
    _check_type(body)
    if body.get("notification_type", "REGULAR") not in ("REGULAR", "SILENT_PUSH", "NO_PUSH"):
        raise bad("param notification_type has an unknown value.")
    _check_control(body.get("thread_control"))
    _check_message(message)


def _check_action(body: dict[str, Any]) -> None:
    if {"message", "tag", "thread_control"} & body.keys():
        raise GraphError(100, 2018014)
    action = body["sender_action"]
    if action not in ACTIONS:
        raise bad("param sender_action has an unknown value.")
    payload = body.get("payload")
    if action in ("react", "unreact") and not (isinstance(payload, dict) and _text(payload.get("message_id"))):
        raise bad("param payload[message_id] must be non-empty.")
    if action == "react" and not _text(body["payload"].get("reaction")):
        raise bad("param payload[reaction] must be non-empty.")


def _check_type(body: dict[str, Any]) -> None:
    kind, tag = body.get("messaging_type"), body.get("tag")
    if kind is None:
        raise bad("The parameter messaging_type is required.")
    if kind not in TYPES:
        raise bad("param messaging_type has an unknown value.")
    if kind == "UTILITY":
        raise bad("UTILITY needs an approved template.")
    if (kind == "MESSAGE_TAG") != (tag is not None):
        raise bad("A tag goes with the messaging_type MESSAGE_TAG, and with no other.")
    if tag in RETIRED:
        raise bad(f"The tag {tag} is no longer supported.")
    if tag == "CUSTOMER_FEEDBACK":
        raise bad("CUSTOMER_FEEDBACK goes with the feedback template only.")
    if tag not in (None, "HUMAN_AGENT"):
        raise bad("param tag has an unknown value.")


def _check_control(control: Any) -> None:
    if control is not None and not (isinstance(control, dict) and control.get("control_type") in ("pass", "release")):
        raise bad("param thread_control has an unknown value.")


def _check_message(message: dict[str, Any]) -> None:
    if sum(name in message for name in _ONE_OF) != 1:
        raise bad("A message has one of text, attachment, attachments and sticker_id.")
    if "metadata" in message:
        _limit("message[metadata]", message["metadata"], METADATA_BELOW - 1)
    if "text" in message:
        _limit("message[text]", message["text"], TEXT_BELOW - 1)
    if "attachment" in message:
        _check_attachment(message["attachment"])
    for attachment in _list("message[attachments]", message.get("attachments", [{}]), 30):
        if attachment:
            _check_attachment(attachment)
    replies = message.get("quick_replies")
    if replies is not None:
        for reply in _list("message[quick_replies]", replies, QUICK_REPLIES):
            _check_quick_reply(reply)


def _check_quick_reply(reply: Any) -> None:
    kind = _dict("quick_reply", reply).get("content_type")
    if kind in ("user_phone_number", "user_email"):
        return
    if kind != "text":
        raise bad("quick_reply[content_type] has an unknown value.")
    _limit("quick_reply[title]", reply.get("title"), TITLE)
    _limit("quick_reply[payload]", reply.get("payload"), PAYLOAD)


def _check_attachment(attachment: Any) -> None:
    kind = _dict("attachment", attachment).get("type")
    payload = _dict("attachment[payload]", attachment.get("payload"))
    if kind == "template":
        _check_template(payload)
    elif kind not in _MEDIA:
        raise bad("attachment[type] has an unknown value.")
    elif "attachment_id" in payload:
        raise GraphError(100, 2018074)
    elif not _is_url(payload.get("url")):
        raise GraphError(100, 2018008)


def _check_template(payload: dict[str, Any]) -> None:
    kind = payload.get("template_type")
    if kind == "button":
        _limit("payload[text]", payload.get("text"), BUTTON_TEXT)
        _check_buttons(payload.get("buttons"))
    elif kind == "generic":
        for card in _list("payload[elements]", payload.get("elements"), CARDS):
            _check_card(_dict("element", card))
    else:
        raise bad("payload[template_type] has an unknown value.")


def _check_card(card: dict[str, Any]) -> None:
    _limit("element[title]", card.get("title"), CARD_TITLE)
    if card.get("subtitle") is not None:
        _limit("element[subtitle]", card["subtitle"], CARD_TITLE)
    if not any(card.get(name) for name in ("subtitle", "image_url", "buttons", "default_action")):
        raise bad("An element has at least one field besides its title.")
    if card.get("image_url") is not None and not _is_url(card["image_url"]):
        raise bad("element[image_url] must be a valid URL.")
    if "buttons" in card:
        _check_buttons(card["buttons"])


def _check_buttons(buttons: Any) -> None:
    for button in _list("buttons", buttons, BUTTONS):
        check_button(button)


def check_button(button: Any, *, title: int = TITLE) -> None:
    """Raises GraphError for a button, or an action of a menu, that is none."""
    kind = _dict("button", button).get("type")
    _limit("button[title]", button.get("title"), title)
    if kind == "postback":
        _limit("button[payload]", button.get("payload"), PAYLOAD)
    elif kind == "web_url":
        if not _is_url(button.get("url")):
            raise bad("button[url] must be a valid URL.")
    elif kind != "phone_number" or not _text(button.get("payload")):
        raise bad("button[type] has an unknown value.")


def _limit(name: str, value: Any, most: int) -> None:
    if not _text(value):
        raise bad(f"param {name} must be a non-empty text.")
    if units(value) > most:
        raise bad(f"Length of param {name} must be less than or equal to {most}.")


def _list(name: str, value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise bad(f"param {name} must have 1 to {most} members.")
    return value


def _dict(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad(f"param {name} must be an object.")
    return value


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
