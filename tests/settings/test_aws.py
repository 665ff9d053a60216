"""Clients of AWS' services, made without boto3."""

import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from botocore.config import Config

from chalicelib import aws

ROOT = Path(__file__).parents[2]
MADE = """
import sys
from botocore.config import Config
from chalicelib import aws

aws.client("dynamodb", Config())
print("boto3" in sys.modules)
"""


@pytest.mark.parametrize("service", aws.SERVICES)
def test_a_client_is_the_one_that_botocore_makes(service):
    theirs = botocore.session.get_session().create_client(service)
    ours = aws.client(service, Config())

    assert ours.meta.service_model.metadata == theirs.meta.service_model.metadata
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert sorted(ours.meta.method_to_api_mapping) == sorted(theirs.meta.method_to_api_mapping)


def test_a_client_is_of_the_region_that_it_is_asked_for():
    assert aws.client("sns", Config(), "ap-southeast-2").meta.region_name == "ap-southeast-2"


def test_a_client_is_of_the_environments_region_otherwise(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")

    assert aws.client("dynamodb", Config()).meta.region_name == "sa-east-1"


def test_a_cold_start_does_without_boto3():
    command = [sys.executable, "-c", MADE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
