"""The agents' accounts and the page they sign in on."""

import re

import pytest

from tests.deploy.imagined import Stack


@pytest.fixture
def stack(package):
    return Stack(package.template)


def test_agents_sign_in_with_their_address_and_nobody_signs_up(package):
    pool = package.function("UserPool")

    assert pool["UsernameAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def test_there_are_the_two_roles_that_agents_have(package):
    groups = package.of_type("AWS::Cognito::UserPoolGroup")

    assert {group["Properties"]["GroupName"] for group in groups.values()} == {"agent", "supervisor"}


def test_the_page_has_no_secret_and_uses_codes(package, stack):
    """With a code, not a token, in the address; the page proves that it asked, by PKCE."""
    client = stack.resolve(package.function("UserPoolClient"))

    assert not client["GenerateSecret"]
    assert client["AllowedOAuthFlowsUserPoolClient"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["AllowedOAuthScopes"] == ["openid", "profile", "email"]
    assert (client["IdTokenValidity"], client["TokenValidityUnits"]["IdToken"]) == (1, "hours")
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_a_password_is_given_to_the_hosted_page_and_to_nothing_else(package):
    assert package.function("UserPoolClient")["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]


@pytest.mark.parametrize(
    ("given", "site"),
    [
        ({}, "https://d111111abcdef8.cloudfront.net"),
        ({"DomainName": "chat.example.com"}, "https://chat.example.com"),
        ({"PublicUrl": "https://x.example/hitl"}, "https://x.example/hitl"),
    ],
)
def test_who_has_signed_in_comes_back_to_the_pages(package, given, site):
    client = Stack(package.template, given).resolve(package.function("UserPoolClient"))

    assert (client["CallbackURLs"], client["LogoutURLs"]) == ([f"{site}/signin"], [f"{site}/admin"])


def test_the_hosted_page_has_a_name_that_nobody_else_has(package, stack):
    domain = stack.resolve(package.function("UserPoolDomain")["Domain"])

    assert domain == "hitl-dev-123456789012"
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", domain)
    assert stack.resolve(package.template["Outputs"]["SignInURL"]["Value"]) == (
        "https://hitl-dev-123456789012.auth.eu-central-1.amazoncognito.com"
    )


def test_the_outputs_are_what_the_api_is_told(package, stack):
    outputs, variables = package.template["Outputs"], stack.variables("APIHandler")

    assert stack.resolve(outputs["Issuer"]["Value"]) == variables["HITL_OIDC_ISSUER"]
    assert stack.resolve(outputs["UserPoolClientId"]["Value"]) == variables["HITL_OIDC_CLIENT_ID"]
