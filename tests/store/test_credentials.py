"""Tokens, the signing secret, and the store's own upkeep."""

import hashlib

from chalicelib.store.base import Store, Token
from tests.store import making
from tests.store.making import NOW, SESSION, minutes


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def token(token_id: str, *, age: float = 0, name: str = "Ann") -> Token:
    return Token(id=token_id, name=name, role="agent", created_at=NOW - minutes(age))


def test_a_token_is_found_by_its_digest(store: Store):
    kept = token("t1", name="Zoë 👩 \u202e#%")
    store.add_token(digest("a"), kept)

    assert store.token(digest("a")) == kept
    assert store.token(digest("b")) is None
    assert store.token("") is None
    assert store.token(digest("a")[:10]) is None


def test_tokens_are_listed_oldest_first(store: Store):
    assert store.tokens() == []
    for number in (2, 3, 1):
        store.add_token(digest(str(number)), token(f"t{number}", age=number))

    assert [kept.id for kept in store.tokens()] == ["t3", "t2", "t1"]


def test_the_same_digest_replaces_its_token(store: Store):
    store.add_token(digest("a"), token("t1", age=5))
    store.add_token(digest("a"), token("t2"))

    assert store.token(digest("a")) == token("t2")
    assert [kept.id for kept in store.tokens()] == ["t2"]
    assert not store.revoke_token("t1")


def test_a_revoked_token_is_unknown(store: Store):
    store.add_token(digest("a"), token("t1"))
    store.add_token(digest("b"), token("t2"))

    assert store.revoke_token("t1")
    assert store.token(digest("a")) is None
    assert store.token(digest("b")) == token("t2")
    assert [kept.id for kept in store.tokens()] == ["t2"]


def test_revoking_what_is_not_there_is_told(store: Store):
    store.add_token(digest("a"), token("t1"))

    assert not store.revoke_token("t")
    assert store.revoke_token("t1")
    assert not store.revoke_token("t1")


def test_a_token_of_a_later_release_is_read(store: Store):
    class LaterToken(Token):
        scope: str

    store.add_token(digest("a"), LaterToken(**token("t1").model_dump(), scope="everything"))

    assert store.token(digest("a")) == token("t1")
    assert store.tokens() == [token("t1")]


def test_the_first_proposal_is_the_secret_for_ever(store: Store):
    assert store.secret("first") == "first"
    assert store.secret("second") == "first"
    assert store.secret("first") == "first"


def test_a_prepared_store_has_no_complaints(store: Store):
    assert store.check() == []


def test_preparing_again_keeps_everything(store: Store):
    head = making.change(store, SESSION, making.says(), making.alerts())
    store.prepare()

    assert store.check() == []
    assert store.load(SESSION) == head
    assert len(making.log(store, SESSION)) == 2
    assert store.unread() == 1


def test_a_store_may_be_closed_twice(store: Store):
    making.change(store, SESSION, making.says())
    store.close()
    store.close()
