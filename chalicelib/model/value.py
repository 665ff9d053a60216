"""The base of everything we keep: immutable, strict about names, compact as JSON."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # a valid time on the first or last day there is, in another zone
        raise ValueError("must lie in the years 1 to 9999, in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment, aware and in UTC."""


def known(values: tuple[str, ...], otherwise: str | None) -> BeforeValidator:
    """Reads a kept word that only a later release knows as `otherwise`, so that a roll-out hides no row from anybody."""
    return BeforeValidator(lambda word: word if word in values else otherwise)


class Value(BaseModel):
    """An immutable value; an unknown field is an error."""

    # of so many kinds a cold start needs a few: each is made ready when it is first used, which threads may do at once
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def but(self, **changes: Any) -> Self:
        """A copy with these fields changed; the new values are not validated again."""
        return self.model_copy(update=changes)


class Kept(Value):
    """A value as the store holds it: an unknown field is dropped, so that an older version reads a newer one's rows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> str:
        """Compact JSON without the fields that hold their default."""
        return self.model_dump_json(exclude_defaults=True)


def stamp(at: datetime) -> str:
    """The instant as fixed-width text that sorts by time: `2026-11-22T20:40:12.123456Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
