"""CloudFront, API Gateway and the sockets: what stands between the world and the functions."""

import json
import re

import pytest

import app
from chalicelib import errors
from chalicelib.handlers.application import REQUEST_ID
from chalicelib.handlers.responses import RETRY_AFTER, STATUSES
from tests.deploy.imagined import Stack

DOMAIN = {"DomainName": "chat.example.com", "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a"}
NAMELESS = {"DEFAULT_4XX"}
"""Answers whose status is the gateway's: there are several."""


@pytest.fixture
def stack(package):
    return Stack(package.template)


def distribution(package, **given):
    config = package.function("Distribution")["DistributionConfig"]
    return Stack(package.template, given).resolve(config)


def gateway_answers(package):
    return package.function("RestAPI")["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]


def body(answer, said='"a message"'):
    """As the gateway fills it."""
    [template] = answer["responseTemplates"].values()
    return json.loads(template.replace("$context.error.messageString", said))


def test_any_answer_may_be_bytes_whatever_the_client_accepts(package):
    """API Gateway compares only the first type of Accept with this list, and gives base64 to everybody else."""
    definition = package.function("RestAPI")["DefinitionBody"]

    assert definition["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert "/api/health" in definition["paths"]


def test_the_api_calls_its_function_by_the_name_it_has(package, stack):
    """Were it referred to, the function could not be told of the address in front of the API."""
    paths = package.function("RestAPI")["DefinitionBody"]["paths"]
    called = {
        method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for path in paths.values()
        for method in path.values()
    }

    function = stack.attribute("APIHandler", "Arn")

    assert [stack.resolve({"Fn::Sub": uri}) for uri in called] == [
        f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{function}/invocations"
    ]
    assert "APIHandler" not in json.dumps(package.function("RestAPI"))


def test_what_the_gateway_answers_by_itself_has_our_shape(package):
    for answer in gateway_answers(package).values():
        assert answer["responseTemplates"].keys() == {"application/json"}
        assert body(answer).keys() == {"Code", "Message"}
        assert answer["responseParameters"]["gatewayresponse.header.Cache-Control"] == "'no-store'"
        assert answer["responseParameters"][f"gatewayresponse.header.{REQUEST_ID}"] == "context.requestId"
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= gateway_answers(package).keys()


def test_what_the_gateway_answers_by_itself_has_the_status_that_its_code_has_elsewhere(package):
    for name, answer in gateway_answers(package).items():
        status = STATUSES[getattr(errors, body(answer)["Code"])]
        if name not in NAMELESS:
            assert int(answer["statusCode"]) == status, name
        told = answer["responseParameters"].get("gatewayresponse.header.Retry-After")
        assert told == (f"'{RETRY_AFTER[status]}'" if status in RETRY_AFTER else None), name


def test_a_path_that_nothing_answers_at_is_said_as_the_app_says_it(package):
    told = app.app({"requestContext": {"resourcePath": "/nowhere", "httpMethod": "GET"}}, None)

    assert body(gateway_answers(package)["MISSING_AUTHENTICATION_TOKEN"]) == json.loads(told["body"])


def test_the_api_takes_so_many_requests_and_no_more(package, stack):
    [settings] = stack.resolve(package.function("RestAPI")["MethodSettings"])

    assert settings == {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingRateLimit": 500,
        "ThrottlingBurstLimit": 1000,
    }


def test_one_address_serves_pages_and_api_from_the_stage(package, stack):
    config = distribution(package)
    [origin] = config["Origins"]
    targets = {
        config["DefaultCacheBehavior"]["TargetOriginId"],
        *(one["TargetOriginId"] for one in config["CacheBehaviors"]),
    }

    assert targets == {origin["Id"]}
    assert origin["DomainName"] == f"{stack.reference('RestAPI')}.execute-api.eu-central-1.amazonaws.com"
    assert origin["OriginPath"] == f"/{package.function('RestAPI')['StageName']}"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginReadTimeout"] > package.function("APIHandler")["Timeout"]


def test_nothing_goes_over_the_wire_in_clear(package):
    config = distribution(package)
    policies = [one["ViewerProtocolPolicy"] for one in (config["DefaultCacheBehavior"], *config["CacheBehaviors"])]

    assert set(policies) <= {"https-only", "redirect-to-https"}
    assert config["HttpVersion"] == "http2and3"


def test_the_api_is_never_cached_and_gets_all_but_the_host(package):
    [api] = distribution(package)["CacheBehaviors"]
    routes = [route for route in app.app.routes if any(method != "GET" for method in app.app.routes[route])]

    assert api["PathPattern"] == "/api/*"
    assert all(route.startswith("/api/") for route in routes)
    assert {"POST", "DELETE", "GET"} <= set(api["AllowedMethods"])
    assert api["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's CachingDisabled
    assert api["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AWS's AllViewerExceptHostHeader


def test_no_refusal_is_kept_for_the_next_who_asks(package):
    """CloudFront would keep these for ten seconds, also of what is never cached, and give one caller's to another."""
    kept = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in distribution(package)["CustomErrorResponses"]}

    assert kept == dict.fromkeys((404, 405, 414, 500, 501, 502, 503, 504), 0)


def test_pages_are_cached_as_their_own_headers_say(package):
    assert distribution(package)["DefaultCacheBehavior"]["CachePolicyId"] == "hitl-dev-PageCachePolicy"
    policy = package.function("PageCachePolicy")["CachePolicyConfig"]

    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    parts = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert parts["CookiesConfig"] == {"CookieBehavior": "none"}
    assert parts["HeadersConfig"] == {"HeaderBehavior": "none"}  # with a Host of ours, API Gateway answers nobody


def test_without_a_domain_cloudfronts_own_is_used(package):
    config = distribution(package)

    assert "Aliases" not in config
    assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "AddressRecord" not in Stack(package.template).made()


def test_a_domain_of_ones_own_comes_with_its_certificate(package):
    config = distribution(package, **DOMAIN)
    stack = Stack(package.template, DOMAIN)

    assert config["Aliases"] == ["chat.example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == DOMAIN["CertificateArn"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert stack.resolve(package.template["Outputs"]["PublicURL"]["Value"]) == "https://chat.example.com"
    assert stack.variables("APIHandler")["HITL_PUBLIC_URL"] == "https://chat.example.com"
    assert "AddressRecord" not in stack.made()


def test_a_domain_without_its_certificate_is_not_left_out_quietly(package):
    """CloudFront refuses a name that its own certificate does not prove, and the deployment fails with that sentence."""
    config = distribution(package, DomainName="chat.example.com")

    assert config["Aliases"] == ["chat.example.com"]
    assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}


def test_a_zone_of_ones_own_gets_the_name(package):
    stack = Stack(package.template, DOMAIN | {"HostedZoneId": "Z1"})
    records = [package.function(name) for name in sorted({"AddressRecord", "AddressRecordV6"} & stack.made())]

    assert [record["Type"] for record in records] == ["A", "AAAA"]
    for record in records:
        target = stack.resolve(record["AliasTarget"])
        assert stack.resolve(record["Name"]) == "chat.example.com"
        assert target == {"DNSName": "d111111abcdef8.cloudfront.net", "HostedZoneId": "Z2FDTNDATAQYW2"}


@pytest.mark.parametrize("given", [{}, DOMAIN, {"PublicUrl": "https://x.example"}])
def test_the_functions_name_the_address_that_the_outputs_show(package, given):
    stack = Stack(package.template, given)
    shown = stack.resolve(package.template["Outputs"]["PublicURL"]["Value"])

    assert {stack.variables(name)["HITL_PUBLIC_URL"] for name in ("APIHandler", "Inbox", "Sweep")} == {shown}


def test_nothing_refers_in_a_circle(package):
    """From the functions to CloudFront to the API, and not back."""
    resources = package.template["Resources"]

    def uses(name):
        text = json.dumps(resources[name])
        found = re.findall(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)', text)
        return {one for match in found for one in match if one in resources}

    def walk(name, path):
        assert name not in path, " -> ".join((*path, name))
        for one in uses(name):
            walk(one, (*path, name))

    for function in package.of_type("AWS::Serverless::Function"):
        walk(function, ())


def test_a_socket_is_opened_for_nobody_yet(package):
    asked = {"requestContext": {"apiId": "a", "stage": "hitl", "connectionId": "c", "domainName": "d"}}
    routes = [item["Properties"]["RouteKey"] for item in package.of_type("AWS::ApiGatewayV2::Route").values()]

    assert app.connect(asked, None) == {"statusCode": 403}
    assert routes == ["$connect"]


def test_the_sockets_stage_is_the_apis(package, stack):
    stage = package.function("WebsocketAPIStage")["StageName"]

    assert stage == package.function("RestAPI")["StageName"]
    assert stack.resolve(package.template["Outputs"]["WebsocketURL"]["Value"]).endswith(f"/{stage}")
