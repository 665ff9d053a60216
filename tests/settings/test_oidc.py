"""Who vouches for agents, as it is set."""

import pytest

from chalicelib.errors import BadSettings
from chalicelib.settings import OIDCSettings, read_settings

ISSUER = "https://login.example.com"
GOOD = {"HITL_OIDC_ISSUER": ISSUER, "HITL_OIDC_CLIENT_ID": "hitl", "HITL_PUBLIC_URL": "https://chat.example.com"}


def test_without_settings_nobody_vouches_for_agents():
    assert read_settings({}).oidc == OIDCSettings()
    assert OIDCSettings().issuer == ""


def test_an_issuer_and_a_client_are_enough():
    assert read_settings(GOOD).oidc == OIDCSettings(
        ISSUER, "hitl", "groups", "agent", "supervisor", "openid profile email"
    )


def test_all_of_it_can_be_set():
    given = {
        "HITL_OIDC_GROUPS": "cognito:groups",
        "HITL_OIDC_AGENT_GROUP": "Help desk",
        "HITL_OIDC_SUPERVISOR_GROUP": "Heads",
        "HITL_OIDC_SCOPE": "openid  offline_access",
    }

    assert read_settings(GOOD | given).oidc == OIDCSettings(
        ISSUER, "hitl", "cognito:groups", "Help desk", "Heads", "openid offline_access"
    )


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example.com/",
        "https://login.example.com/realms/x",
        "https://login.example.com:8443/realms/x",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC",
        "http://127.0.0.1:8080",
        "http://localhost:8080/x",
    ],
)
def test_an_issuer_is_kept_to_the_letter(issuer):
    assert read_settings(GOOD | {"HITL_OIDC_ISSUER": issuer}).oidc.issuer == issuer


@pytest.mark.parametrize(
    ("variable", "given"),
    [
        ("HITL_OIDC_ISSUER", "login.example.com"),
        ("HITL_OIDC_ISSUER", "http://login.example.com"),
        ("HITL_OIDC_ISSUER", "http://127.0.0.1.example.com"),
        ("HITL_OIDC_ISSUER", "https://login.example.com?x=1"),
        ("HITL_OIDC_ISSUER", "https://login.example.com#x"),
        ("HITL_OIDC_ISSUER", "https://ann:xyzzy@login.example.com"),
        ("HITL_OIDC_ISSUER", "https://"),
        ("HITL_OIDC_ISSUER", "https:///x"),
        ("HITL_OIDC_ISSUER", "https://login.example.com:abc"),
        ("HITL_OIDC_ISSUER", "https://login.example.com:99999"),
        ("HITL_OIDC_ISSUER", "http://localhost:99999"),
        ("HITL_OIDC_ISSUER", "https://[::1"),
        ("HITL_OIDC_ISSUER", "https://caf\u00e9.example.com"),
        ("HITL_OIDC_CLIENT_ID", "two words"),
        ("HITL_OIDC_GROUPS", "two words"),
        ("HITL_PUBLIC_URL", "chat.example.com"),
        ("HITL_OIDC_SCOPE", "profile email"),
        ("HITL_OIDC_SCOPE", "openid caf\u00e9"),
    ],
)
def test_a_bad_value_is_told_with_the_variable_and_an_example(variable, given):
    with pytest.raises(BadSettings) as refused:
        read_settings(GOOD | {variable: given})

    [sentence] = str(refused.value).splitlines()  # one mistake, one sentence
    assert sentence.startswith(f"{variable}: ")
    assert "for example" in sentence
    assert "xyzzy" not in sentence


def test_a_bad_public_address_is_not_called_missing_too():
    with pytest.raises(BadSettings) as refused:
        read_settings(GOOD | {"HITL_PUBLIC_URL": "chat.example.com"})

    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["HITL_PUBLIC_URL"]


@pytest.mark.parametrize("missing", GOOD)
def test_one_of_what_belongs_together_is_not_enough(missing):
    with pytest.raises(BadSettings, match=f"^{missing}: needed with"):
        read_settings({name: value for name, value in GOOD.items() if name != missing})


def test_agents_sign_in_on_encrypted_pages_or_on_this_machine():
    """Browsers have no cryptography for others, and a code would go in the clear."""
    for here in ("http://127.0.0.1:8000", "http://localhost:8000"):
        assert read_settings(GOOD | {"HITL_PUBLIC_URL": here}).public_url == here
    with pytest.raises(BadSettings, match=r"^HITL_PUBLIC_URL: must be https with HITL_OIDC_ISSUER"):
        read_settings(GOOD | {"HITL_PUBLIC_URL": "http://chat.example.com"})
    with pytest.raises(BadSettings, match=r"^HITL_PUBLIC_URL: must be https"):
        read_settings(GOOD | {"HITL_PUBLIC_URL": "http://localhost.example.com"})
