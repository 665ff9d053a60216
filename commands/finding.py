"""What a look at an installation finds."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at, what is wrong with it (nothing: all is well), and what may be meant so."""

    subject: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """In one word."""
        return "PROBLEM" if self.problems else "warning" if self.warnings else "ok"


def listing(findings: Iterable[Finding]) -> str:
    """All findings, and below each what is to be done."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.verdict:8} {finding.subject}")
        lines += [f"         {sentence}" for sentence in (*finding.problems, *finding.warnings)]
    return "\n".join(lines)
