"""What was erased is not in SQLite's file either, nor in its journal."""

from pathlib import Path

from chalicelib.model.entry import Unsent
from chalicelib.model.erasing import erase
from chalicelib.store.sql import SQLStore
from tests.store import making
from tests.store.making import SESSION

WORD = "xyzzy"
NEIGHBOUR = "webchat:neighbour"


def in_the_files(folder: Path) -> bool:
    return any(WORD.encode() in file.read_bytes() for file in folder.iterdir())


def test_no_word_of_an_erased_person_can_be_found_in_the_file(tmp_path: Path):
    store = SQLStore(f"sqlite:///{tmp_path}/hitl.db")
    store.prepare()
    for _ in range(10):
        making.change(
            store, SESSION, making.says(WORD, name=WORD), making.alerts(text=WORD), making.remembers(said=WORD)
        )
        making.change(store, NEIGHBOUR, making.says("Hello"))
    before = in_the_files(tmp_path)
    last = making.change(store, SESSION, lambda draft: erase(draft, by="ann")).cut
    deleted = store.erase(SESSION, through=last, limit=500)
    store.scrub()

    assert (before, deleted, in_the_files(tmp_path)) == (True, True, False)
    assert len(making.log(store, NEIGHBOUR)) == 10
    store.close()


def test_no_word_of_a_message_taken_back_can_be_found_in_the_file(tmp_path: Path):
    store = SQLStore(f"sqlite:///{tmp_path}/hitl.db")
    store.prepare()
    for number in range(60):
        words = f"{WORD} " * (number * 31 % 23 + 1)
        making.change(store, SESSION, making.says(words), making.alerts(text=words), making.says("Hello"))
    heard = making.log(store, SESSION)
    unsent = [entry.but(content=Unsent()) if WORD in entry.said else entry.but(vendor_id="m_1") for entry in heard]
    before = in_the_files(tmp_path)
    for first in range(0, len(heard), 40):
        head = making.change(store, SESSION, lambda draft: draft.set(last_message=None))
        after = head.but(rev=head.rev + 1, attempt=making.fresh("r"))
        store.commit(head, after, (), unsent[first : first + 40])
    store.scrub()

    assert (before, in_the_files(tmp_path)) == (True, False)
    assert making.log(store, SESSION) == unsent
    store.close()
