"""Every error raised on purpose, one sentence each. `handlers/responses.py` maps each to one HTTP status."""


class HitlError(Exception):
    """The root of all errors that hitl raises on purpose; the text is safe to show to the caller."""


class Malformed(HitlError):
    """The request cannot be understood; the text says which part and what was expected."""


class NotSignedIn(HitlError):
    """No credential was given, or it is unknown, expired or revoked."""


class Forbidden(HitlError):
    """The credential is good, but its role may not do this."""


class SessionNotFound(HitlError):
    """No session has this id."""


class EntryNotFound(HitlError):
    """The session has no entry with this number."""


class NotificationNotFound(HitlError):
    """No alert has this id."""


class ParkedNotFound(HitlError):
    """Nothing is parked under this id."""


class RouteNotFound(HitlError):
    """Nothing answers at this path."""


class AlreadyClaimed(HitlError):
    """Another agent was first; the text names them."""


class IdReused(HitlError):
    """The id was used before for another content."""


class NothingToRetry(HitlError):
    """The message was neither refused nor lost; the text says what became of it, or that it may have arrived."""


class MediaRefused(HitlError):
    """A picture or an attachment is not fetched: not from there, not so large, or it does not come."""


class TooLarge(HitlError):
    """A text, an entry or a request is over its limit."""


class TooFast(HitlError):
    """A visitor writes faster than is allowed."""


class Conflict(HitlError):
    """The head was changed by somebody else since it was loaded: load and decide again."""


class Duplicate(HitlError):
    """An entry with one of the commit's ids is in the log already.

    `entry` is the stored one (an `Entry`; typed loosely, since errors stand below the model).
    """

    def __init__(self, entry: object) -> None:
        super().__init__("an entry with this id exists already")
        self.entry = entry


class StoreBusy(HitlError):
    """The store did not answer in time or refused for load; whether the commit happened is not known."""


class IssuerBusy(HitlError):
    """Who vouches for agents does not answer, and what it answered before is too old."""


class AlertFailed(HitlError):
    """An alerter could not publish; it is tried again later."""


class BotFailed(HitlError):
    """The bot raised, or what it returned is no turn."""


class BadSettings(HitlError):
    """The environment is not usable; the text lists every mistake."""
