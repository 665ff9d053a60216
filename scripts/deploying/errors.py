"""What goes wrong while deploying, in words for the operator."""

from collections.abc import Iterable

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

_UNKNOWN = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


class DeployFailed(Exception):
    """What is wrong and what to do, for the operator."""


def code(error: ClientError) -> str:
    """What AWS calls it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def words(error: ClientError) -> str:
    """What AWS says about it."""
    return str(error.response.get("Error", {}).get("Message", "")).strip() or code(error)


def in_words(error: BotoCoreError | ClientError) -> str:
    """An answer, or none, of AWS that nobody expected."""
    if isinstance(error, NoRegionError):
        return "No region is set: for example `export AWS_DEFAULT_REGION=eu-central-1`."
    if isinstance(error, ProfileNotFound):
        return f"{error}; correct AWS_PROFILE."
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return (
            "AWS does not know who you are: set up credentials, for example AWS_PROFILE,"
            " or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if not isinstance(error, ClientError):
        return f"AWS cannot be asked: {error}"
    if code(error) in _UNKNOWN:
        return f"AWS does not take these credentials ({code(error)}): they are over, or mistyped. Get new ones."
    if code(error) in _REFUSED:
        return f"These credentials may not do {error.operation_name}: {words(error)}"
    return f"AWS refused {error.operation_name} ({code(error)}): {words(error)}"


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with secrets taken out, since AWS repeats in its complaints what it was given."""
    for secret in sorted((one for one in secrets if one), key=len, reverse=True):
        text = text.replace(secret, "(not shown)")
    return text
