"""An account of AWS inside this process, behind boto3's own clients, which check what they are asked and page as ever.

What matters to a deployment is as AWS has it and emulators have not: owners of buckets, states of a stack, and an order of
events that a test can choose. Time passes when `pause` is called, one step of what CloudFormation does at each call.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.wire import REGION, wire

ACCOUNT = "123456789012"
STRANGER = "999999999999"
SITE = "https://d111111abcdef8.cloudfront.net"
TABLE = "hitl-dev-SessionTable-1ABC"
POOL = "eu-central-1_Abc"
INBOX, DEAD_LETTERS = (f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}.fifo" for name in ("inbox", "dead"))
UNCHANGED = "The submitted information didn't contain changes. Submit different information to create a change set."

Event = tuple[str, str, str, str]
"""Logical id, type, status, reason."""


def refused(code: str, message: str = "", status: int = 400, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, "HTTPStatus": status, **more}, "fake")


@dataclass
class S3Bucket:
    owner: str = ACCOUNT
    region: str = REGION
    objects: dict[str, bytes] = field(default_factory=dict)
    private: bool = False
    encrypted: bool = False


@dataclass
class Stack:
    name: str
    status: str
    parameters: dict[str, str] = field(default_factory=dict)
    template: str = ""
    outputs: bool = True
    id: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    coming: list[list[Event]] = field(default_factory=list)
    """What CloudFormation will do, a list for each step of time."""

    def __post_init__(self) -> None:
        self.id = self.id or f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.name}/{uuid.uuid4()}"

    def happen(self, events: list[Event]) -> None:
        for name, kind, status, reason in events:
            mine = name == self.name
            told = {
                "StackId": self.id,
                "StackName": self.name,
                "EventId": uuid.uuid4().hex,
                "LogicalResourceId": name,
                "PhysicalResourceId": self.id if mine else f"{name}-1",
                "ResourceType": kind,
                "ResourceStatus": status,
                **({"ResourceStatusReason": reason} if reason else {}),
            }
            self.events.insert(0, told)
            if mine:
                self.status = status

    def of(self, status: str, reason: str = "") -> Event:
        """An event of the stack itself."""
        return self.name, "AWS::CloudFormation::Stack", status, reason


class FakeAWS:
    """`calls`: all that was asked, by operation. `denied`: operations that these credentials may not do."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.denied: dict[str, ClientError] = {}
        self.buckets: dict[str, S3Bucket] = {}
        self.stacks: dict[str, Stack] = {}
        self.gone: list[Stack] = []
        self.tables: dict[str, dict[str, Any]] = {}
        self.pools: dict[str, str] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[dict[str, Any]]] = {POOL: []}
        """Of each user pool that is there."""
        self.restorable = True
        self.queues: dict[str, int] = {INBOX: 0, DEAD_LETTERS: 0}
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = [
            {"Action": "Add", "LogicalResourceId": "SessionTable", "ResourceType": "AWS::DynamoDB::Table"}
        ]
        self.fate: list[list[Event]] | None = None
        """What the next operation on a stack does; None: all goes well."""
        self.pauses = 0
        self.session = wire()
        self.session.answering = self

    def pause(self, seconds: float) -> None:
        """Time passes."""
        assert seconds > 0
        self.pauses += 1
        for stack in [*self.stacks.values(), *self.gone]:
            if stack.coming:
                stack.happen(stack.coming.pop(0))
                if stack.status == "DELETE_COMPLETE" and self.stacks.get(stack.name) is stack:
                    self.gone.append(self.stacks.pop(stack.name))
        for made in self.change_sets.values():
            made["Status"] = made["Becomes"]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == operation]

    def answer(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        """As boto3 wants it parsed."""
        self.calls.append((operation, given))
        try:
            if operation in self.denied:
                raise self.denied[operation]
            return getattr(self, f"do_{operation}")(**given) or {}
        except ClientError as error:
            return dict(error.response)

    def do_GetCallerIdentity(self) -> dict[str, Any]:  # noqa: N802 - operations are called as AWS calls them
        return {"Account": ACCOUNT, "Arn": "arn", "UserId": "u"}

    # S3

    def _bucket(self, name: str, owner: str) -> S3Bucket:
        bucket = self.buckets.get(name)
        if bucket is None:
            raise refused("404", "Not Found", 404)
        if bucket.owner != owner:
            raise refused("403", "Forbidden", 403)
        return bucket

    def do_HeadBucket(self, *, Bucket: str, ExpectedBucketOwner: str) -> dict[str, Any]:  # noqa: N802, N803
        """Also of another region: boto3 goes where it is sent."""
        return {"Headers": {"x-amz-bucket-region": self._bucket(Bucket, ExpectedBucketOwner).region}}

    def do_CreateBucket(self, *, Bucket: str, CreateBucketConfiguration: dict[str, str]) -> None:  # noqa: N802, N803
        assert CreateBucketConfiguration == {"LocationConstraint": REGION}
        if Bucket in self.buckets:
            raise refused("BucketAlreadyExists", "The requested bucket name is not available.", 409)
        self.buckets[Bucket] = S3Bucket()

    def do_PutPublicAccessBlock(self, *, Bucket: str, ExpectedBucketOwner: str, **more: Any) -> None:  # noqa: N802, N803
        settings = more["PublicAccessBlockConfiguration"]
        self._bucket(Bucket, ExpectedBucketOwner).private = len(settings) == 4 and all(settings.values())

    def do_PutBucketEncryption(self, *, Bucket: str, ExpectedBucketOwner: str, **_: Any) -> None:  # noqa: N802, N803
        self._bucket(Bucket, ExpectedBucketOwner).encrypted = True

    def do_HeadObject(self, *, Bucket: str, ExpectedBucketOwner: str, Key: str) -> None:  # noqa: N802, N803
        if Key not in self._bucket(Bucket, ExpectedBucketOwner).objects:
            raise refused("404", "Not Found", 404)

    def do_PutObject(self, *, Bucket: str, ExpectedBucketOwner: str, Key: str, Body: bytes) -> None:  # noqa: N802, N803
        self._bucket(Bucket, ExpectedBucketOwner).objects[Key] = bytes(Body)

    # DynamoDB and Cognito

    def do_ListTables(self, **_: Any) -> dict[str, Any]:  # noqa: N802
        return {"TableNames": sorted(self.tables)}

    def do_DescribeTable(self, *, TableName: str) -> dict[str, Any]:  # noqa: N802, N803
        if TableName not in self.tables:
            raise refused("ResourceNotFoundException", "not found")
        return {"Table": self.tables[TableName]}

    def do_DescribeContinuousBackups(self, *, TableName: str) -> dict[str, Any]:  # noqa: N802, N803
        if TableName not in {*self.tables, TABLE}:  # the latter is the stack's own
            raise refused("TableNotFoundException", "not found")
        told = {"PointInTimeRecoveryStatus": "ENABLED" if self.restorable else "DISABLED"}
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": told}}

    def do_ListGroups(self, *, UserPoolId: str, **_: Any) -> dict[str, Any]:  # noqa: N802, N803
        if UserPoolId not in self.groups:
            raise refused("ResourceNotFoundException", f"User pool {UserPoolId} does not exist.")
        return {"Groups": self.groups[UserPoolId]}

    def do_CreateGroup(self, *, UserPoolId: str, **group: Any) -> None:  # noqa: N802, N803
        assert group["GroupName"] not in [known["GroupName"] for known in self.groups[UserPoolId]]
        self.groups[UserPoolId].append(group)

    def do_ListUserPools(self, **_: Any) -> dict[str, Any]:  # noqa: N802
        return {"UserPools": [{"Id": pool, "Name": name} for pool, name in self.pools.items()]}

    def do_AdminCreateUser(self, *, UserPoolId: str, Username: str, **more: Any) -> None:  # noqa: N802, N803
        if Username in self.users and more.get("MessageAction") != "RESEND":
            raise refused("UsernameExistsException", "User account already exists")
        known = self.users.setdefault(Username, {"pool": UserPoolId, "status": "FORCE_CHANGE_PASSWORD", "mails": 0})
        known["mails"] += 1
        known.setdefault("attributes", more.get("UserAttributes"))
        known.setdefault("groups", [])

    def do_AdminGetUser(self, *, UserPoolId: str, Username: str) -> dict[str, Any]:  # noqa: N802, N803
        assert self.users[Username]["pool"] == UserPoolId
        return {"Username": Username, "UserStatus": self.users[Username]["status"]}

    def do_AdminAddUserToGroup(self, *, UserPoolId: str, Username: str, GroupName: str) -> None:  # noqa: N802, N803
        assert self.users[Username]["pool"] == UserPoolId
        self.users[Username]["groups"].append(GroupName)

    def do_GetQueueAttributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N802, N803
        """One of what waits is with a worker at this moment."""
        if QueueUrl not in self.queues:
            raise refused("AWS.SimpleQueueService.NonExistentQueue")
        taken = min(1, self.queues[QueueUrl])
        known = (self.queues[QueueUrl] - taken, taken)
        return {"Attributes": {name: str(known["Not" in name]) for name in AttributeNames}}

    # CloudFormation

    def _stack(self, name: str) -> Stack:
        for stack in [*self.stacks.values(), *self.gone]:
            if name == stack.id or (name == stack.name and stack not in self.gone):
                return stack
        raise refused("ValidationError", f"Stack with id {name} does not exist")

    def do_DescribeStacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N802, N803
        stack = self._stack(StackName)
        outputs = {
            "PublicURL": stack.parameters.get("PublicUrl") or SITE,
            "TableName": stack.parameters.get("KeptTable") or TABLE,
            "UserPoolId": stack.parameters.get("KeptUserPool") or POOL,
            "InboxQueueUrl": INBOX,
            "DeadLettersUrl": DEAD_LETTERS,
            "AlertTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{stack.name}-AlertTopic-1ABC",
        }
        told = {
            "StackId": stack.id,
            "StackName": stack.name,
            "StackStatus": stack.status,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()],
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items() if stack.outputs],
        }
        return {"Stacks": [told]}

    def do_CreateChangeSet(self, **given: Any) -> dict[str, Any]:  # noqa: N802
        name = given["StackName"]
        if given["ChangeSetType"] == "CREATE":
            assert name not in self.stacks, "there is a stack of this name"
            self.stacks[name] = Stack(name, "REVIEW_IN_PROGRESS")
        stack = self.stacks[name]
        assert given["ChangeSetType"] == "CREATE" or stack.status.endswith("_COMPLETE")
        new = {
            item["ParameterKey"]: stack.parameters[item["ParameterKey"]]
            if item.get("UsePreviousValue")
            else item["ParameterValue"]
            for item in given["Parameters"]
        }
        same = (new, given["TemplateURL"]) == (stack.parameters, stack.template)
        change_set = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{given['ChangeSetName']}/{uuid.uuid4()}"
        self.change_sets[change_set] = {
            "stack": stack,
            "parameters": new,
            "template": given["TemplateURL"],
            "Status": "CREATE_IN_PROGRESS",
            "Becomes": "FAILED" if same else "CREATE_COMPLETE",
            "StatusReason": UNCHANGED if same else "",
        }
        return {"Id": change_set, "StackId": stack.id}

    def do_DescribeChangeSet(self, *, ChangeSetName: str) -> dict[str, Any]:  # noqa: N802, N803
        made = self.change_sets[ChangeSetName]
        changes = [{"Type": "Resource", "ResourceChange": change} for change in self.changes]
        return {"Status": made["Status"], "StatusReason": made["StatusReason"], "Changes": changes}

    def do_DeleteChangeSet(self, *, ChangeSetName: str) -> None:  # noqa: N802, N803
        del self.change_sets[ChangeSetName]

    def do_ExecuteChangeSet(self, *, ChangeSetName: str) -> None:  # noqa: N802, N803
        made = self.change_sets.pop(ChangeSetName)
        stack: Stack = made["stack"]
        verb = "CREATE" if stack.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        stack.parameters, stack.template = made["parameters"], made["template"]
        self._begin(stack, verb, [("SessionTable", "AWS::DynamoDB::Table", f"{verb}_COMPLETE", "")])

    def do_DeleteStack(self, *, StackName: str) -> None:  # noqa: N802, N803
        stack = self._stack(StackName)
        if stack.status == "REVIEW_IN_PROGRESS":
            self.gone.append(self.stacks.pop(stack.name))
            stack.status = "DELETE_COMPLETE"  # and no event tells
            return
        self._begin(stack, "DELETE", [("SessionTable", "AWS::DynamoDB::Table", "DELETE_SKIPPED", "")])

    def do_DescribeStackEvents(self, *, StackName: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N802, N803
        """Two of a page, so that there are pages."""
        at, events = int(NextToken), self._stack(StackName).events
        more = {"NextToken": str(at + 2)} if at + 2 < len(events) else {}
        return {"StackEvents": events[at : at + 2], **more}

    def _begin(self, stack: Stack, verb: str, work: list[Event]) -> None:
        well = [[stack.of(f"{verb}_IN_PROGRESS", "User Initiated")], work, [stack.of(f"{verb}_COMPLETE")]]
        stack.coming, self.fate = (well if self.fate is None else self.fate), None
