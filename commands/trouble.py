"""What went wrong, in words for the operator."""

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import HitlError
from scripts.deploying import errors

Trouble = HitlError | BotoCoreError | ClientError


def in_words(trouble: Trouble) -> str:
    """A sentence, with the reason that a database's driver or AWS gave, which callers of the API are not told."""
    if not isinstance(trouble, HitlError):
        return errors.in_words(trouble)
    if isinstance(trouble.__cause__, BotoCoreError | ClientError):
        return f"{trouble} ({errors.in_words(trouble.__cause__)})"
    reason = str(getattr(trouble.__cause__, "orig", "")).strip()  # a driver names the server, never the password
    sentence = str(trouble) or type(trouble).__name__
    return f"{sentence} ({reason.splitlines()[0]})" if reason else sentence
