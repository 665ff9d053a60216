"""The Chalice app made safe for threads."""

import threading
from typing import Any

from chalice import Chalice
from chalice.app import Request


class Application(Chalice):
    """A Chalice app whose current request belongs to the thread that serves it.

    Chalice keeps one current request for the whole process, which is right on Lambda; a local server with threads would
    answer one caller with another's credentials.
    """

    def __init__(self, **options: Any) -> None:
        self._serving = threading.local()
        super().__init__(**options)

    @property
    def current_request(self) -> Request | None:
        """The request that this thread serves, None outside a request."""
        return getattr(self._serving, "request", None)

    @current_request.setter
    def current_request(self, request: Request | None) -> None:
        self._serving.request = request
