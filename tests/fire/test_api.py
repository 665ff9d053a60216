"""The description, thrown at the running server by everybody: what is sent fits it or does not, what comes back does."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fire.place import WAIT_SECONDS, Place, Talk, Watch, is_refusal
from tests.handlers.table import CALLERS, ROUTES, Caller, Route

pytestmark = pytest.mark.uncounted

WALK = [
    pytest.param(route, caller, id=f"{route} by {caller}") for route in ROUTES if route.described for caller in CALLERS
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]

MORE_IS_ASKED = {
    "listSessions": "filters that exclude each other, and cursors that were given out",
    "readSession": "after and before exclude each other",
    "listNotifications": "cursors that were given out",
    "listParked": "cursors that were given out",
    "pause": "an end that lies in the future",
    "say": "content that an agent can send",
    "visitorSay": "content that a visitor can send",
}
"""Operations that refuse some of what fits their description, and what JSON Schema cannot say of it."""

CONFIG = {"generation": {"with-security-parameters": False, "allow-extra-parameters": False}}
"""Who asks is said by the test alone; parameters that nobody knows are ignored, as everywhere."""


@pytest.fixture(scope="module")
def description(burning_place: Place) -> BaseSchema:
    return schemathesis.openapi.from_url(
        f"{burning_place.url}/openapi.json", config=SchemathesisConfig.from_dict(CONFIG)
    )


@pytest.fixture
def client() -> Iterator[requests.Session]:
    with requests.Session() as client:
        client.trust_env = False
        yield client


def cases(operation: APIOperation, route: Route, talk: Talk) -> st.SearchStrategy[Any]:
    """Requests that fit the description and such that do not, to what exists and to what does not."""
    known = {"session": talk.session, "notification": talk.notification, "seq": "1", "number": "0"}
    ours = {name: value for name, value in known.items() if f"{{{name}}}" in route.path}
    wrong = route.path != "/api/health"  # nothing can be said to it, so nothing wrong either
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if wrong else [GenerationMode.POSITIVE]
    given_paths = [ours, ours, None] if ours else [None]
    return st.one_of(
        [operation.as_strategy(generation_mode=mode, path_parameters=path) for path in given_paths for mode in modes]
    )


def formless(body: object) -> bool:
    """Bytes in place of JSON: they may be none, or JSON by chance, so that to refuse them is not always right."""
    return isinstance(body, bytes)


@pytest.mark.parametrize(("route", "caller"), WALK)
def test_whatever_is_sent_is_answered_as_described_and_done_only_for_those_who_may(
    place: Place,
    watch: Watch,
    description: BaseSchema,
    client: requests.Session,
    route: Route,
    caller: Caller,
):
    operation = description[route.path][route.method.lower()]
    allowed = caller in route.allowed
    talk = place.talk()
    token = place.token(caller, talk)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    more = str(operation.definition.raw["operationId"]) in MORE_IS_ASKED
    checks = CHECKS if more or not allowed else [*CHECKS, positive_data_acceptance]
    answered: Counter[int] = Counter()
    watch.changed()

    @examples(
        max_examples=30 if allowed else 10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # what fails is shown as it was sent; to shrink it would send it again and again
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operation, route, talk))
    def throw(case: Any):
        answer = case.call(base_url=place.url, session=client, headers=headers, timeout=WAIT_SECONDS)
        answered[answer.status_code] += 1
        fitting = [check for check in checks if check is not negative_data_rejection or not formless(case.body)]
        case.validate_response(answer, checks=fitting, headers=headers)
        if answer.status_code >= 400:
            assert is_refusal(answer.headers["content-type"][0], answer.text), answer.text
            assert not watch.changed(), (answer.status_code, answer.text)
        watch.changed()

    throw()

    if allowed:
        assert answered[route.success], answered
    else:
        assert answered.keys() == {route.refusal(caller)[0]}, answered
