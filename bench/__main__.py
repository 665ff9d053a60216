"""`make bench`: all parts, or those that `make bench ARGS="closed reads"` names, as Markdown, which `build/bench.md` keeps."""

import argparse
import sys

from bench.machine import told
from bench.parts import PARTS, run_apart
from bench.report import markdown, pasted, with_costs
from bench.server import ROOT


def main() -> int:
    """The exit status: 1 when a budget is not kept."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure this machine; no names: everything.")
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--readme", action="store_true", help="put what was found into README.md; only with all parts")
    parser.add_argument("--docs", action="store_true", help="put the costs into docs/deploy.md; only with that part")
    given = parser.parse_args()
    names = given.parts or list(PARTS)
    if given.readme and given.parts:
        parser.error("the README tells all parts: --readme goes without names")
    if unknown := [name for name in names if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    if given.docs and "costs" not in names:
        parser.error("docs/deploy.md tells the costs: --docs goes with that part")
    where = told()
    parts = []
    for name in [name for name in PARTS if name in names]:
        print(f"{name} ...", file=sys.stderr, flush=True)
        parts.append(run_apart(name))
    report = markdown(parts, where)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "bench.md").write_text(report, encoding="utf-8")
    if given.readme:
        readme = ROOT / "README.md"
        readme.write_text(pasted(readme.read_text(encoding="utf-8"), report), encoding="utf-8")
    if given.docs:
        page = ROOT / "docs" / "deploy.md"
        page.write_text(with_costs(page.read_text(encoding="utf-8"), parts, where), encoding="utf-8")
    print(report)
    return 0 if all(budget.kept for part in parts for budget in part.budgets) else 1


if __name__ == "__main__":
    sys.exit(main())
