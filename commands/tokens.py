"""Tokens of agents, supervisors and programs."""

import secrets
from datetime import UTC, datetime

from chalicelib.handlers.auth import digest
from chalicelib.model.text import clean_name
from chalicelib.store.base import Role, Store, Token


def create(store: Store, name: str, role: Role, picture_url: str | None = None) -> tuple[Token, str]:
    """A new token, and its secret text, which is nowhere kept. `picture_url`: the face that Messenger's users see."""
    secret = f"hitl_{secrets.token_urlsafe(32)}"
    token = Token(
        id=secrets.token_hex(4),
        name=clean_name(name),
        role=role,
        created_at=datetime.now(UTC),
        picture_url=picture_url,
    )
    store.add_token(digest(secret), token)
    return token, secret


def listing(store: Store) -> str:
    """All tokens, one a line: id, role, when it was made, name."""
    lines = [
        f"{token.id}  {token.role:10}  {token.created_at:%Y-%m-%d %H:%M}  {token.name}" for token in store.tokens()
    ]
    return (
        "\n".join(lines) or "There are no tokens. Make one: .venv/bin/python manage.py token create NAME --role agent"
    )
