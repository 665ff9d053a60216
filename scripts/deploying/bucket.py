"""Where the code and the template lie for CloudFormation to fetch."""

import hashlib
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from scripts.deploying.account import Account
from scripts.deploying.errors import DeployFailed, code, words

_OTHER_REGION = {"301", "PermanentRedirect"}
_MISSING = {"404", "NoSuchBucket", "NoSuchKey", "NotFound"}
_FORBIDDEN = {"403", "AccessDenied", "Forbidden"}


class Bucket:
    """A bucket of this account, made when it is not there: the one given, or one of our own.

    Whoever knows an account's number can guess the name and take it first, so a bucket that answers is not enough: a
    stranger's would hold the code that the functions run. Raises DeployFailed.
    """

    def __init__(self, account: Account, given: str | None) -> None:
        self.name = given or f"hitl-deploy-{account.number}-{account.region}"
        self._account = account
        self._s3 = account.client("s3")
        self._owner = {"Bucket": self.name, "ExpectedBucketOwner": account.number}
        if not self._is_there():
            self._make()
        if not given:  # again each time, since the last run may have been cut off
            self._s3.put_public_access_block(
                **self._owner,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            )

    def put(self, prefix: str, content: bytes, suffix: str) -> str:
        """The key of this content; it is uploaded unless it is there, since a key says what is in it."""
        key = f"{prefix}/{hashlib.sha256(content).hexdigest()[:40]}{suffix}"
        if not self._holds(key):
            self._s3.put_object(**self._owner, Key=key, Body=content)
        return key

    def address(self, key: str) -> str:
        """Where CloudFormation finds it."""
        return f"{self._s3.meta.endpoint_url}/{self.name}/{key}"

    def _holds(self, key: str) -> bool:
        try:
            self._s3.head_object(**self._owner, Key=key)
        except ClientError as error:
            if code(error) in _MISSING | _FORBIDDEN:  # forbidden: not there, for those who may not list
                return False
            raise
        return True

    def _is_there(self) -> bool:
        try:
            answer = self._s3.head_bucket(**self._owner)
        except ClientError as error:
            if code(error) in _MISSING:
                return False
            if code(error) in _OTHER_REGION:
                raise self._elsewhere(_region(error.response)) from error
            if code(error) in _FORBIDDEN:
                raise DeployFailed(
                    f"The bucket {self.name} is not one of account {self._account.number}, or these credentials may not use"
                    " it: name one of yours with BUCKET=."
                ) from error
            raise
        if (region := _region(answer)) not in (None, self._account.region):
            raise self._elsewhere(region)
        return True

    def _elsewhere(self, region: str | None) -> DeployFailed:
        """Functions are made only from a bucket in their own region."""
        return DeployFailed(
            f"The bucket {self.name} is in {region or 'another region'}, and functions in {self._account.region} need one"
            " there: name another one with BUCKET=."
        )

    def _make(self) -> None:
        constraint: dict[str, Any] = (
            {}
            if self._account.region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": self._account.region}}
        )
        try:
            self._s3.create_bucket(Bucket=self.name, **constraint)
        except ClientError as error:
            if code(error) == "BucketAlreadyExists":
                raise DeployFailed(
                    f"The bucket {self.name} is somebody else's, who could change what is uploaded to it: name one of yours"
                    " with BUCKET=."
                ) from error
            if code(error) != "BucketAlreadyOwnedByYou":
                raise DeployFailed(
                    f"Account {self._account.number} has no bucket {self.name}, and it cannot be made: {words(error)}"
                ) from error
        self._s3.put_bucket_encryption(
            **self._owner,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
        self._account.say(f"Made the bucket {self.name} for uploads.")


def _region(response: Any) -> str | None:
    """Where a bucket is, as S3 tells it with most answers."""
    region: str | None = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
    return region


def upload(bucket: Bucket, stack: str, template: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The template with the places in the bucket of what it names in the folder."""
    placed: dict[str, str] = {}
    resources = dict(template["Resources"])
    for name, resource in resources.items():
        local = resource.get("Properties", {}).get("CodeUri")
        if resource["Type"] == "AWS::Serverless::Function" and isinstance(local, str):
            if local not in placed:
                placed[local] = bucket.put(stack, (folder / local).read_bytes(), Path(local).suffix)
            properties = resource["Properties"] | {"CodeUri": f"s3://{bucket.name}/{placed[local]}"}
            resources[name] = resource | {"Properties": properties}
    return template | {"Resources": resources}
