"""What may be called how."""

import re

from scripts.deploying.errors import DeployFailed

LONGEST_STAGE = 32
"""The tightest limit is that of a queue, 80 characters: `hitl-<stage>-InboxDeadLetters-<13 of CloudFormation's>.fifo`."""

_STAGE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_RESERVED = ("amazon", "aws", "cognito")
"""What Cognito does not allow in the name of a page to sign in."""

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def stack_of(stage: str) -> str:
    """The stack of a stage. Raises DeployFailed when something in it could not be called so."""
    if not _STAGE.fullmatch(stage) or len(stage) > LONGEST_STAGE:
        raise DeployFailed(
            f"STAGE has 1 to {LONGEST_STAGE} small letters, digits and hyphens, and begins and ends without a hyphen:"
            f" {stage!r} cannot be one."
        )
    if reserved := [word for word in _RESERVED if word in stage]:
        raise DeployFailed(f"STAGE must not contain {reserved[0]}, which Cognito allows in no address.")
    return f"hitl-{stage}"


def address_of(agent: str) -> str:
    """The agent's e-mail address. Raises DeployFailed when it is none."""
    if not _ADDRESS.fullmatch(agent):
        raise DeployFailed(f"AGENT is an e-mail address, for example AGENT=ann@example.com: {agent!r} is none.")
    return agent
