"""The files of the simulator's page: small, self-contained, and fit for a strict content policy."""

import re
from pathlib import Path

import pytest

from tests.web.test_files import Tags

ROOT = Path(__file__).parents[2]
WEB = ROOT / "local" / "messenger" / "web"
IMPORT = re.compile(r'(?:^|\n)import (?:[^";]* from )?"([^"]+)"')


def place(address):
    """The file that an address, as the page sees it, leads to."""
    area, _, name = address.partition("/")
    return ROOT / "chalicelib" / "web" / name if area == "assets" else WEB.parent / address


@pytest.mark.parametrize("path", sorted(WEB.glob("*.js")), ids=lambda path: path.name)
def test_a_module_imports_files_that_are_there_and_makes_no_markup_or_code_of_text(path):
    source = path.read_text(encoding="utf-8")

    for name in IMPORT.findall(source):
        assert name.startswith(("./", "../../assets/"))
        assert (place(name.removeprefix("../../")) if name.startswith("..") else WEB / name).is_file()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


def test_the_page_has_nothing_inline_and_every_address_leads_to_a_file():
    page = Tags((WEB / "index.html").read_text(encoding="utf-8"))

    for tag, attrs in page.found:
        assert tag != "style"
        assert tag != "script" or attrs.get("src")
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        for address in filter(None, (attrs.get("href"), attrs.get("src"))):
            assert place(address.removeprefix("simulator/")).is_file()


def test_no_file_is_longer_than_300_lines_and_no_picture_larger_than_10_kb():
    for path in [*WEB.iterdir(), *(ROOT / "local" / "messenger").glob("*.py")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 300, path
    assert all(path.stat().st_size <= 10_000 for path in (WEB.parent / "media").iterdir())
