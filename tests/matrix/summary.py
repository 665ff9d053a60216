"""How large the crash matrix was, told at the end of a test run, of all its processes."""

import pytest

STRUCK = "struck"


def tell(terminalreporter: pytest.TerminalReporter) -> None:
    sizes: dict[str, list[int]] = {}
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, value in report.user_properties:
            if name == STRUCK:
                ring, *counts = value
                size = sizes.setdefault(ring, [0, 0, 0, 0, 0])
                for number, count in enumerate((1, *counts)):
                    size[number] += count
    if not sizes:
        return
    terminalreporter.write_sep("=", "crash matrix")
    in_all = [
        max(size[0] for size in sizes.values()),
        *(sum(size[part] for size in sizes.values()) for part in (1, 2, 3, 4)),
    ]
    for ring, (cases, calls, runs, whole, failures) in [*sorted(sizes.items()), ("in all", in_all)]:
        terminalreporter.write_line(
            f"{ring}: {cases} use cases, {calls} calls struck, {runs} of {whole} runs, {failures} failures"
        )
