"""The pages' files: small, self-contained, and fit for a strict content policy."""

import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chalicelib.handlers.pages import sent, without_comments

WEB = Path(__file__).parents[2] / "chalicelib" / "web"
AREAS = ["admin", "parked", "signin", "webchat"]
IMPORT = re.compile(r'(?:^|\n)(?:import|export) (?:[^";]* from )?"([^"]+)"')


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def own_files(*suffixes: str) -> list[Path]:
    return [path for path in sorted(WEB.rglob("*")) if path.suffix in suffixes and path.parent.name != "vendor"]


def imports(path: Path) -> list[Path]:
    """What a module imports itself."""
    found = IMPORT.findall(path.read_text(encoding="utf-8"))
    assert all(name.startswith(("./", "../")) for name in found), (
        "a bare name needs an import map, which the policy blocks"
    )
    return [(path.parent / name).resolve() for name in found]


def closure(path: Path) -> set[Path]:
    """Everything a module imports, and what that imports."""
    seen: set[Path] = set()
    left = [path]
    while left:
        fresh = [found for found in imports(left.pop()) if found not in seen]
        seen.update(fresh)
        left.extend(fresh)
    return seen


def index(area: str) -> Tags:
    return Tags((WEB / area / "index.html").read_text(encoding="utf-8"))


def assets(area: str) -> list[str]:
    """The addresses a page names."""
    return [
        attrs.get("href") or attrs.get("src") or ""
        for _, attrs in index(area).found
        if "href" in attrs or "src" in attrs
    ]


@pytest.mark.parametrize("area", AREAS)
def test_every_address_of_a_page_is_relative_and_leads_to_a_file(area):
    named = assets(area)

    assert all(re.fullmatch(r"assets/[a-z]+/[a-z0-9.-]+", address) for address in named)
    assert all((WEB / address.removeprefix("assets/")).is_file() for address in named)


@pytest.mark.parametrize("area", AREAS)
def test_a_page_has_no_inline_script_style_or_handler(area):
    for tag, attrs in index(area).found:
        assert tag != "style"
        assert tag != "script" or attrs.get("src")
        assert not [name for name in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("area", AREAS)
def test_a_page_asks_at_once_for_every_module_it_will_import(area):
    preloaded = {
        (WEB / (attrs["href"] or "").removeprefix("assets/")).resolve()
        for _, attrs in index(area).found
        if attrs.get("rel") == "modulepreload"
    }

    assert preloaded == closure(WEB / area / "main.js")


def test_the_agents_page_weighs_at_most_60_kb_gzipped_in_all():
    files = [WEB / address.removeprefix("assets/") for address in assets("admin")] + [WEB / "admin" / "index.html"]

    assert sum(len(gzip.compress(sent(path))) for path in files) <= 60_000


def test_the_web_chats_script_weighs_at_most_25_kb_gzipped():
    main = WEB / "webchat" / "main.js"
    script = b"".join(sent(path) for path in sorted({main, *closure(main)}))

    assert len(gzip.compress(script)) <= 25_000


def test_what_is_sent_has_the_same_lines_but_for_comments():
    for path in own_files(".js", ".css"):
        lines = path.read_text(encoding="utf-8").split("\n")
        left = sent(path).decode().split("\n")
        gone = [line.strip() for line, kept in zip(lines, left, strict=True) if line != kept]

        assert not [kept for line, kept in zip(lines, left, strict=True) if kept not in (line, "")], path
        assert all(line == "" or line.startswith(("//", "/*", "*")) for line in gone), path
        assert not [line for line in left if re.match(r" *(// |\* |/\*(?!.*\*/ \())", line)], path


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a();\n  // why\nb();", "a();\n\nb();"),
        ("/**\n * What it is.\n */\nexport class A {}", "\n\n\nexport class A {}"),
        ("/* one */\n/* two */ c();\n/* three */", "\n/* two */ c();\n"),
        ('d("// no comment"); // one behind code', 'd("// no comment"); // one behind code'),
        ("const e = /** @type {any} */ (f);\n", "const e = /** @type {any} */ (f);\n"),
        ("/* a * star **/\ng { margin: 0 }", "\ng { margin: 0 }"),
        ("/* never closed\nh();", "/* never closed\nh();"),
    ],
)
def test_comments_that_have_their_lines_for_themselves_are_not_sent(source, left):
    assert without_comments(source) == left


def test_no_module_turns_text_into_markup_or_code():
    for path in own_files(".js"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source), (
            path
        )


def test_no_file_is_longer_than_350_lines():
    for path in own_files(".js", ".css", ".html"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 350, path


def test_the_vendored_module_is_the_one_whose_sum_is_written_beside_it():
    path = WEB / "vendor" / "preact.js"

    assert hashlib.sha256(path.read_bytes()).hexdigest() == path.with_name("preact.js.sha256").read_text().split()[0]
