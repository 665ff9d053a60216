"""Where the package lies for CloudFormation to fetch: a bucket that is nobody else's."""

import hashlib
import json

import pytest

from tests.deploy.fake_aws import ACCOUNT, REGION, STRANGER, FakeAWS, S3Bucket, refused
from tests.deploy.operator import Operator

OURS = f"hitl-deploy-{ACCOUNT}-{REGION}"


@pytest.fixture
def aws():
    return FakeAWS()


@pytest.fixture
def operator(aws, built, capsys):
    return Operator(aws, str(built.out), capsys)


def test_a_bucket_is_made_once_and_is_private_and_encrypted(operator, aws):
    operator.deploys()
    operator.deploys()

    assert list(aws.buckets) == [OURS]
    assert (aws.buckets[OURS].private, aws.buckets[OURS].encrypted) == (True, True)
    assert len(aws.asked("CreateBucket")) == 1


def test_a_bucket_that_an_earlier_run_left_open_is_closed(operator, aws):
    aws.buckets[OURS] = S3Bucket()
    operator.deploys()

    assert aws.buckets[OURS].private


def test_a_given_bucket_is_used_as_it_is(operator, aws):
    aws.buckets["mine"] = S3Bucket()
    operator.deploys("--bucket", "mine")

    assert list(aws.buckets) == ["mine"]
    assert aws.buckets["mine"].objects
    assert not aws.buckets["mine"].private


@pytest.mark.parametrize("given", [[], ["--bucket", "theirs"]])
def test_nothing_is_uploaded_to_a_strangers_bucket(operator, aws, given):
    aws.buckets = {name: S3Bucket(owner=STRANGER) for name in (OURS, "theirs")}
    complained = operator.fails(*given)

    name = given[-1] if given else OURS
    assert complained.startswith(f"The bucket {name} is not one of account {ACCOUNT}")
    assert not any(bucket.objects for bucket in aws.buckets.values())
    assert aws.stacks == {}


def test_a_bucket_that_a_stranger_takes_at_the_last_moment_is_not_used(operator, aws):
    aws.denied["CreateBucket"] = refused("BucketAlreadyExists", "not available", 409)

    assert f"The bucket {OURS} is somebody else's" in operator.fails()


def test_a_bucket_that_cannot_be_made_is_said_with_the_reason(operator, aws):
    aws.denied["CreateBucket"] = refused("TooManyBuckets", "You have attempted to create more buckets than allowed")

    assert operator.fails() == (
        f"Account {ACCOUNT} has no bucket {OURS}, and it cannot be made:"
        " You have attempted to create more buckets than allowed\n"
    )


def test_a_bucket_in_another_region_is_no_use_to_functions(operator, aws):
    aws.buckets["mine"] = S3Bucket(region="us-west-2")

    assert operator.fails("--bucket", "mine").startswith(
        "The bucket mine is in us-west-2, and functions in eu-central-1"
    )


def test_a_bucket_that_only_says_that_it_is_elsewhere_is_no_use_either(operator, aws):
    headers = {"x-amz-bucket-region": "us-west-2"}
    aws.denied["HeadBucket"] = refused("301", "Moved Permanently", 301, Headers=headers)

    assert operator.fails("--bucket", "mine").startswith(
        "The bucket mine is in us-west-2, and functions in eu-central-1"
    )


def test_what_is_uploaded_is_called_by_what_is_in_it(operator, aws, built):
    operator.deploys()

    code = (built.out / "deployment.zip").read_bytes()
    [key] = [key for key in aws.buckets[OURS].objects if key.endswith(".zip")]
    assert key == f"hitl-dev/{hashlib.sha256(code).hexdigest()[:40]}.zip"
    assert aws.buckets[OURS].objects[key] == code


def test_what_is_there_is_not_uploaded_again(operator, aws):
    operator.deploys()
    operator.deploys()

    assert len(aws.asked("PutObject")) == 2  # code and template


def test_the_stack_is_made_of_what_was_uploaded(operator, aws, built):
    operator.deploys()

    objects = aws.buckets[OURS].objects
    [template] = [key for key in objects if key.endswith(".json")]
    [asked] = aws.asked("CreateChangeSet")
    assert asked["TemplateURL"] == f"https://s3.{REGION}.amazonaws.com/{OURS}/{template}"
    resources = json.loads(objects[template])["Resources"]
    code = {resources[name]["Properties"]["CodeUri"] for name in built.of_type("AWS::Serverless::Function")}
    assert code == {f"s3://{OURS}/{key}" for key in objects if key.endswith(".zip")}


def test_the_template_goes_by_the_bucket_as_it_is_too_long_for_a_request(operator, aws, package):
    operator.deploys()

    assert (package.out / "template.json").stat().st_size > 51_200
    assert ["TemplateBody" in asked for asked in aws.asked("CreateChangeSet")] == [False]


def test_every_request_about_a_bucket_names_its_owner(operator, aws):
    operator.deploys()

    about = [given for _, given in aws.calls if "Bucket" in given and "CreateBucketConfiguration" not in given]
    assert len(about) > 4
    assert {given["ExpectedBucketOwner"] for given in about} == {ACCOUNT}
