"""The platform's refusals, with its codes and in its shape."""

import json
import secrets
from typing import Any

_STATUS = {1: 500, 2: 503, 4: 403, 3: 403, 10: 403, 200: 403, 368: 403, 551: 403, 1200: 503, 190: 401}
_TRANSIENT = {1, 2, 4, 17, 32, 613, 1200, 80001, 80006}

REFUSALS: dict[tuple[int, int | None], str] = {
    (1, None): "An unknown error occurred",
    (1, 1357046): "An unknown error occurred",
    (2, None): "An unexpected error has occurred. Please retry your request later.",
    (3, None): "(#3) Application does not have the capability to make this API call.",
    (4, None): "(#4) Application request limit reached",
    (10, None): "(#10) Application does not have permission for this action",
    (10, 2018065): "(#10) This message is sent outside of allowed window.",
    (
        10,
        2018108,
    ): "(#10) This Person Cannot Receive Messages: this person isn't receiving messages from you right now.",
    (10, 2018278): "(#10) This message is sent outside of allowed window.",
    (10, 2018300): "(#10) Message failed to send because another app is controlling this thread now.",
    (10, 1893063): "(#10) This Page is restricted from sending messages.",
    (17, None): "(#17) User request limit reached",
    (32, None): "(#32) Page request limit reached",
    (100, None): "(#100) Invalid parameter",
    (100, 33): "Unsupported request. The object does not exist, or cannot be loaded due to missing permissions.",
    (100, 2018001): "(#100) No matching user found",
    (100, 2018008): "(#100) Failed to fetch the file from the url",
    (100, 2018014): "(#100) A sender_action cannot be sent together with a message",
    (100, 2018047): "(#100) Upload attachment failure: the type does not match",
    (100, 2018074): "(#100) Invalid attachment ID",
    (100, 2018109): "(#100) Attachment size exceeds allowable limit",
    (100, 2018218): "(#100) No profile available for this user.",
    (100, 2018247): "(#100) Insufficient permission to access user profile.",
    (100, 2018294): "(#100) Video upload timed out or video corrupted",
    (100, 2018321): "(#100) An automated question flow is running",
    (100, 2534014): "(#100) The requested user cannot be found",
    (100, 2534037): "(#100) Another app is controlling this thread",
    (104, None): "An access token is required to request this resource.",
    (190, None): "Invalid OAuth access token - Cannot parse access token",
    (190, 458): "Error validating access token: The user has not authorized application.",
    (190, 459): "Error validating access token: The session has been invalidated by a checkpoint.",
    (
        190,
        460,
    ): "Error validating access token: The session has been invalidated because the user changed the password.",
    (200, None): "(#200) Requires pages_messaging permission to manage the object",
    (200, 1545041): "(#200) This person isn't available right now.",
    (200, 2018028): "(#200) Cannot message users who are not admins, developers or testers of the app.",
    (368, None): "The action attempted has been deemed abusive or is otherwise disallowed",
    (506, None): "(#506) Duplicate status message",
    (551, None): "(#551) This person isn't available right now.",
    (551, 1545041): "(#551) This person isn't available right now.",
    (613, None): "(#613) Calls to this api have exceeded the rate limit.",
    (613, 2018338): "(#613) Messages to this person have exceeded the rate limit.",
    (1200, None): "(#1200) Temporary send message failure. Please try again later.",
    (2022, None): "(#2022) This Page cannot sell here",
    (2635, None): "(#2635) You are calling a deprecated version of the Graph API.",
    (80001, None): "(#80001) There have been too many calls to this Page account.",
    (80006, None): "(#80006) There have been too many calls to this messenger account.",
    (9000001, None): "(#9000001) This message was deleted",
}
"""What the platform says to each of its codes. Clients must not read the words, so they are only like the platform's."""


class GraphError(Exception):
    """A refusal. `status`: of HTTP, as the platform has it for the code when none is given."""

    def __init__(self, code: int, subcode: int | None = None, message: str = "", *, status: int | None = None) -> None:
        self.code = code
        self.subcode = subcode
        self.message = message or REFUSALS.get((code, subcode)) or REFUSALS.get((code, None)) or f"(#{code}) Refused"
        self.status = status or _STATUS.get(code, 400)
        super().__init__(self.message)

    @property
    def pair(self) -> str:
        """The codes as people write them, such as 10/2018278."""
        return str(self.code) if self.subcode is None else f"{self.code}/{self.subcode}"

    def body(self) -> bytes:
        """The answer's body."""
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in _TRANSIENT:
            error["is_transient"] = True
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return json.dumps({"error": error}).encode()


def bad(words: str) -> GraphError:
    """A wrong parameter."""
    return GraphError(100, None, f"(#100) {words}")
