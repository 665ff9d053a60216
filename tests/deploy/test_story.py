"""The package deployed as CloudFormation would, to an emulator of AWS that runs its functions."""

import json
import platform
import shutil
import sys
import urllib.request

import boto3
import pytest

from tests.conftest import missing
from tests.deploy.conftest import run_package
from tests.emulators.ministack import PROGRAM

PUBLIC_URL = "https://chat.example.com"
STACK = "hitl-story"
SCHEDULED = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "0"}
SCHEDULED |= {"time": "2026-11-22T20:40:12Z", "region": "eu-central-1", "resources": [], "detail": {}}


class Stack:
    """A deployed stack, as its users and its subscribers meet it."""

    def __init__(self, address, outputs):
        self.address = address
        self.outputs = outputs
        self.site = f"{address}/restapis/{outputs['RestAPIId']}/hitl/_user_request_"

    def client(self, service):
        return boto3.client(service, endpoint_url=self.address)

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.site + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def visitor(self, name):
        """A way to write as a new visitor; returns everything that can be read after it."""
        token = json.loads(self.call("POST", "/api/webchat/visitors", {"name": name}))["token"]

        def write(message_id, text):
            self.call("POST", "/api/webchat/messages", {"id": message_id, "text": text}, token)
            return json.loads(self.call("GET", "/api/webchat/messages?after=0", token=token))

        return write

    def subscriber(self):
        """A queue subscribed to the alerts."""
        queue = self.client("sqs").create_queue(QueueName="subscriber")["QueueUrl"]
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        topic = self.outputs["AlertTopicArn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])

        def receive():
            answer = self.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)
            return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

        return receive


@pytest.fixture(scope="module")
def native_package(tmp_path_factory, project):
    """As the package fixture, but for this machine's processor, on which the emulator runs the functions."""
    if sys.platform != "linux":
        missing("Linux, for which the functions are packaged,")
    out = tmp_path_factory.mktemp("native")
    copy = out / "project"
    shutil.copytree(project, copy)
    config = json.loads((copy / ".chalice/config.json").read_text())
    config["lambda_architecture"] = "arm64" if platform.machine() == "aarch64" else "x86_64"
    (copy / ".chalice/config.json").write_text(json.dumps(config))
    done = run_package(out, "--project", copy)
    if "could not be downloaded" in done.stderr:
        missing("a package index, or the wheels from an earlier run,")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def stack(ministack, native_package):
    if not list(PROGRAM.parent.parent.glob("lib/python*/site-packages/samtranslator")):
        missing("aws-sam-translator (.venv-ministack/bin/pip install -r requirements-ministack.txt)")
    s3 = boto3.client("s3", endpoint_url=ministack)
    s3.create_bucket(Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.upload_file(str(native_package / "deployment.zip"), "uploads", "deployment.zip")
    template = json.loads((native_package / "template.json").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://uploads/deployment.zip"
    del template["Resources"]["WebsocketAPIDeployment"]  # the one kind of resource that the emulator does not know
    del template["Resources"]["WebsocketAPIStage"]["Properties"]["DeploymentId"]
    s3.put_object(Bucket="uploads", Key="template.json", Body=json.dumps(template).encode())
    cloudformation = boto3.client("cloudformation", endpoint_url=ministack)
    cloudformation.create_stack(
        StackName=STACK,
        TemplateURL=f"{ministack}/uploads/template.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": "AlertEmail", "ParameterValue": "ann@example.com"},
            {"ParameterKey": "PublicUrl", "ParameterValue": PUBLIC_URL},
        ],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    [made] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    yield Stack(ministack, {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]})
    cloudformation.delete_stack(StackName=STACK)


def test_the_deployed_pages_are_served(stack):
    assert b"<html" in stack.call("GET", "/admin")


def test_who_asks_the_deployed_bot_for_a_human_is_heard_by_subscribers(stack):
    receive = stack.subscriber()
    stack.visitor("Ann")("m1", "HITL_START")

    [alert] = receive()
    assert alert["Subject"] == "[hitl] Ann wants to talk to a human"
    [link] = [line for line in alert["Message"].split("\n") if line.startswith("https://")]
    assert link.startswith(f"{PUBLIC_URL}/admin#session=webchat%3A")


def test_the_deployed_bot_is_silent_while_paused(stack):
    write = stack.visitor("Bob")
    before = write("m1", "HITL_START")
    after = write("m2", "hello?")

    assert after["state"]["paused"]
    assert [entry["content"]["text"] for entry in after["entries"][len(before["entries"]) :]] == ["hello?"]


def test_the_deployed_sweep_runs(stack):
    answer = stack.client("lambda").invoke(FunctionName=f"{STACK}-sweep", Payload=json.dumps(SCHEDULED))

    assert (answer["StatusCode"], answer.get("FunctionError")) == (200, None)


def test_an_e_mail_address_is_subscribed(stack):
    listed = stack.client("sns").list_subscriptions_by_topic(TopicArn=stack.outputs["AlertTopicArn"])["Subscriptions"]

    assert "ann@example.com" in [subscription["Endpoint"] for subscription in listed]
