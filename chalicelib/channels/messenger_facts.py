"""What Messenger tells about a user beside their messages, as facts; never codes or tokens, and far below 8 kB."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from chalicelib.channels.messenger_keys import Json, items, mapping, text

_ANSWERS = 5
_SHORT = 150
_LONG = 500


def facts(event: Mapping[str, Json]) -> dict[str, JsonValue]:
    """All that the event tells, from wherever it stands in it."""
    nested = [mapping(event.get(name)).get("referral") for name in ("message", "postback")]
    found = {
        "referral": _referral(next((one for one in [event.get("referral"), *nested] if one), None)),
        "opted_in": _chosen(event.get("optin"), "ref", "type", "title", "payload"),
        "account_linked": _linked(event.get("account_linking")),
        "lead": _lead(event.get("lead")),
        "hop_context": _chosen(event.get("hop_context"), "app_id", "metadata"),
    }
    return {name: value for name, value in found.items() if value not in (None, {})}


def _referral(value: Json) -> JsonValue:
    referral = mapping(value)
    context = mapping(referral.get("ads_context_data"))
    known = _chosen(referral, "ref", "source", "type", "ad_id", "referer_uri")
    return {**known, **_chosen(context, "ad_title", "post_id", "product_id")}


def _linked(value: Json) -> JsonValue:
    status = mapping(value).get("status")
    return {"linked": True, "unlinked": False}.get(status) if isinstance(status, str) else None


def _lead(value: Json) -> JsonValue:
    answers = [mapping(one) for one in items(mapping(value).get("data"))][:_ANSWERS]
    return {_bounded(one["question"]): _bounded(one.get("answer")) for one in answers if text(one.get("question"))}


def _chosen(value: Json, *names: str) -> dict[str, JsonValue]:
    given = mapping(value)
    return {name: _bounded(given[name], _LONG if name == "ref" else _SHORT) for name in names if text(given.get(name))}


def _bounded(value: Json, limit: int = _SHORT) -> str:
    """The text, cut so that it has `limit` bytes as JSON."""
    words = text(value)[:limit]
    while len(json.dumps(words)) > limit + 2:
        words = words[: len(words) * 9 // 10]
    return words
