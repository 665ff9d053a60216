"""The calls around sending: who a user is, personas, a Page's greeting and menu, its subscription, its token."""

from typing import Any

from local.messenger.checks import check_button, units
from local.messenger.errors import GraphError, bad
from local.messenger.state import FIELDS, Page, Persona, World

Answer = dict[str, Any]

PROFILE_FIELDS = (
    "get_started",
    "greeting",
    "persistent_menu",
    "ice_breakers",
    "commands",
    "whitelisted_domains",
    "account_linking_url",
)
PROFILE_CALLS = 10
PROFILE_CALLS_MS = 600_000
PERSONA_NAME = 50
GREETING = 160
MENU = 20
MENU_TITLE = 30
ICE_BREAKERS = 4


def names(given: Any) -> list[str]:
    """A list of names, given as one or with commas between them."""
    listed = given if isinstance(given, list) else str(given or "").split(",")
    return [str(name).strip() for name in listed if str(name).strip()]


def permissions(page: Page) -> Answer:
    """What the Page's token may do."""
    return {"data": [{"permission": scope, "status": "granted"} for scope in page.scopes]}


def debug_token(world: World, given: dict[str, Any]) -> Answer:
    """What a token is."""
    asked = str(given.get("input_token", ""))
    page = next((page for page in world.pages.values() if page.token == asked), None)
    if page is None or not page.token_alive:
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    return {
        "data": {
            "app_id": world.app_id,
            "type": "PAGE",
            "is_valid": True,
            "profile_id": page.id,
            "expires_at": page.token_ends_at,
            "scopes": page.scopes,
        }
    }


def user_profile(world: World, page: Page, psid: str, given: dict[str, Any]) -> Answer:
    """Name and picture; an empty object where the app may not know them."""
    thread = world.threads[psid]
    if thread.page_id != page.id:
        raise GraphError(100, 33)
    if not page.profiles_readable:
        return {}
    known = {
        "first_name": thread.first_name,
        "last_name": thread.last_name,
        "name": f"{thread.first_name} {thread.last_name}".strip(),
        "profile_pic": thread.picture_url,
    }
    asked = names(given.get("fields")) or ["name"]
    return {**{name: known[name] for name in asked if known.get(name)}, "id": psid}


def page_fields(world: World, page: Page, given: dict[str, Any]) -> Answer:
    """What a Page says of itself."""
    status = {
        "hop_v2": world.routing,
        "msgr_multi_app": world.routing,
        "ig_multi_app": False,
    }
    known = {"name": page.name, "messaging_feature_status": status}
    return {**{name: known[name] for name in names(given.get("fields")) or ["name"] if name in known}, "id": page.id}


def subscribed_apps(world: World, page: Page, method: str, given: dict[str, Any]) -> Answer:
    """Subscribe our app to fields of the Page, list it, or end that."""
    if method == "GET":
        if not page.subscribed:
            return {"data": []}
        return {"data": [{"id": world.app_id, "name": "hitl", "subscribed_fields": sorted(page.subscribed)}]}
    if method == "DELETE":
        page.subscribed = set()
    elif method == "POST":
        fields = names(given.get("subscribed_fields"))
        unknown = [name for name in fields if name not in FIELDS]
        if unknown or not fields:
            raise bad(f"Param subscribed_fields must be of {', '.join(FIELDS)}.")
        page.subscribed = set(fields)
    else:
        raise GraphError(100, 33)
    world.accept(f"{method} subscribed_apps", None, page.id, given)
    return {"success": True}


def personas(world: World, page: Page, method: str, given: dict[str, Any]) -> Answer:
    """Make one, or list them."""
    if method == "GET":
        known = [persona for persona in world.personas.values() if persona.page_id == page.id]
        return {"data": [_persona(one) for one in known], "paging": {"cursors": {"before": "b", "after": "a"}}}
    name, picture = given.get("name"), given.get("profile_picture_url")
    if not isinstance(name, str) or not name.strip() or units(name) > PERSONA_NAME:
        raise bad(f"param name must be a text of 1 to {PERSONA_NAME} characters.")
    if not isinstance(picture, str) or not picture.startswith(("https://", "http://")):
        raise bad("param profile_picture_url must be a valid URL.")
    persona = Persona(world.id(), page.id, name, picture)
    world.personas[persona.id] = persona
    world.accept("POST personas", None, page.id, given, persona.id)
    return {"id": persona.id}


def persona(world: World, page: Page, persona_id: str, method: str) -> Answer:
    """Show one, or let it go; what it said keeps its name."""
    known = world.personas[persona_id]
    if known.page_id != page.id:
        raise GraphError(100, 33)
    if method == "GET":
        return _persona(known)
    if method != "DELETE":
        raise GraphError(100, 33)
    del world.personas[persona_id]
    world.accept("DELETE persona", None, page.id, {"id": persona_id})
    return {"success": True}


def messenger_profile(world: World, page: Page, method: str, given: dict[str, Any]) -> Answer:
    """Set, show and remove what a user meets before the first word, and the menu."""
    if method == "GET":
        asked = [name for name in names(given.get("fields")) if name in page.profile]
        return {"data": [{name: page.profile[name] for name in asked}] if asked else []}
    now = world.clock.now()
    page.profile_calls = [at for at in page.profile_calls if now - at < PROFILE_CALLS_MS]
    if len(page.profile_calls) >= PROFILE_CALLS:
        raise GraphError(613)
    page.profile_calls.append(now)
    if method == "DELETE":
        gone = names(given.get("fields"))
        if not gone or any(name not in PROFILE_FIELDS for name in gone):
            raise bad("param fields must name fields of the profile.")
        if "get_started" in gone and "persistent_menu" in page.profile and "persistent_menu" not in gone:
            raise bad("A persistent menu needs a get started button.")
        for name in gone:
            page.profile.pop(name, None)
    elif method == "POST":
        page.profile |= _checked(page, given)
    else:
        raise GraphError(100, 33)
    world.accept(f"{method} messenger_profile", None, page.id, given)
    return {"result": "success"}


def user_menu(world: World, page: Page, given: dict[str, Any]) -> Answer:
    """A menu for one user, which shows at once."""
    thread = world.threads.get(str(given.get("psid", "")))
    if thread is None or thread.page_id != page.id:
        raise GraphError(100, 2018001)
    _check_menu(given.get("persistent_menu"))
    thread.menu = given["persistent_menu"]
    world.accept("POST custom_user_settings", thread, page.id, given)
    return {"result": "success"}


def _checked(page: Page, given: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in given.items() if name in PROFILE_FIELDS}
    if not fields:
        raise bad("A profile has at least one field.")
    if "get_started" in fields and not (
        isinstance(fields["get_started"], dict) and fields["get_started"].get("payload")
    ):
        raise bad("param get_started[payload] must be non-empty.")
    for greeting in fields.get("greeting", []):
        if not 0 < units(str(greeting.get("text", ""))) <= GREETING:
            raise bad(f"A greeting has 1 to {GREETING} characters.")
    if len(fields.get("ice_breakers", [])) > ICE_BREAKERS:
        raise bad(f"There are at most {ICE_BREAKERS} ice breakers.")
    if "persistent_menu" in fields:
        if not ("get_started" in fields or "get_started" in page.profile):
            raise GraphError(100, 2018145, "(#100) You must set a Get Started button if you also wish to use a menu.")
        _check_menu(fields["persistent_menu"])
    return fields


def _check_menu(menus: Any) -> None:
    if not isinstance(menus, list) or not menus:
        raise bad("param persistent_menu must be a list.")
    for menu in menus:
        actions = menu.get("call_to_actions", []) if isinstance(menu, dict) else None
        if actions is None or len(actions) > MENU:
            raise bad(f"A menu has at most {MENU} actions.")
        for action in actions:
            check_button(action, title=MENU_TITLE)


def _persona(persona: Persona) -> Answer:
    return {"name": persona.name, "profile_picture_url": persona.picture_url, "id": persona.id}
