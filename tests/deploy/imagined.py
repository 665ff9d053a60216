"""A stack as CloudFormation would make it, imagined: names for what it makes, and the template's references resolved."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

REGION = "eu-central-1"
ACCOUNT = "123456789012"
_NOTHING = object()
"""What `AWS::NoValue` leaves."""


class Unresolved(LookupError):
    """A reference to what the template does not make."""


@dataclass(frozen=True)
class Stack:
    """A template with parameters. `name` is the stack's."""

    template: dict[str, Any]
    parameters: dict[str, str] = field(default_factory=dict)
    name: str = "hitl-dev"

    def variables(self, function: str) -> dict[str, str]:
        """What a function finds in its environment."""
        common = self.template["Globals"]["Function"]["Environment"]["Variables"]
        own = self.template["Resources"][function]["Properties"].get("Environment", {}).get("Variables", {})
        resolved: dict[str, str] = self.resolve({**common, **own})
        return resolved

    def statements(self, role: str) -> list[dict[str, Any]]:
        """What a role may do, its resources as lists of ARNs."""
        [policy] = self.template["Resources"][role]["Properties"]["Policies"]
        resolved = self.resolve(policy["PolicyDocument"]["Statement"])
        return [one | {"Resource": _listed(one["Resource"]), "Action": _listed(one["Action"])} for one in resolved]

    def made(self) -> set[str]:
        """The resources whose conditions hold."""
        resources = self.template["Resources"].items()
        return {name for name, item in resources if "Condition" not in item or self.holds(item["Condition"])}

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template does."""
        return bool(self._test(self.template["Conditions"][condition]))

    def resolve(self, value: Any) -> Any:
        """The value without functions of CloudFormation. Raises Unresolved."""
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": name}:
                return self.reference(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self.attribute(name, attribute)
            case {"Fn::If": [condition, yes, no]}:
                return self.resolve(yes if self.holds(condition) else no)
            case {"Fn::Sub": [text, names]}:
                return self._filled(text, self.resolve(names))
            case {"Fn::Sub": text}:
                return self._filled(text, {})
            case {"Fn::Join": [between, parts]}:
                return between.join(self.resolve(parts))
        resolved = {name: self.resolve(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not _NOTHING}

    def reference(self, name: str) -> Any:
        """What `Ref` stands for."""
        pseudo = {
            "AWS::StackName": self.name,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NOTHING,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template["Parameters"]:
            return self.parameters.get(name, self.template["Parameters"][name]["Default"])
        kind, physical = self._physical(name)
        match kind:
            case "AWS::SNS::Topic":
                return self.attribute(name, "Arn")
            case "AWS::SQS::Queue":
                return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{physical}"
        return physical

    def attribute(self, name: str, attribute: str) -> str:
        """What `Fn::GetAtt` stands for."""
        kind, physical = self._physical(name)
        known = {
            ("AWS::DynamoDB::Table", "Arn"): f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{physical}",
            ("AWS::SNS::Topic", "Arn"): f"arn:aws:sns:{REGION}:{ACCOUNT}:{physical}",
            ("AWS::SQS::Queue", "Arn"): f"arn:aws:sqs:{REGION}:{ACCOUNT}:{physical}",
            ("AWS::SQS::Queue", "QueueName"): physical,
            ("AWS::CloudFront::Distribution", "DomainName"): "d111111abcdef8.cloudfront.net",
            ("AWS::Serverless::Function", "Arn"): f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{physical}",
            ("AWS::IAM::Role", "Arn"): f"arn:aws:iam::{ACCOUNT}:role/{physical}",
        }
        if (kind, attribute) not in known:
            raise Unresolved(f"{name}.{attribute}")
        return known[kind, attribute]

    def _physical(self, name: str) -> tuple[str, str]:
        """The kind of a resource and the name it has in the account."""
        if name not in self.made():
            raise Unresolved(name)
        resource = self.template["Resources"][name]
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function":
                return resource["Type"], self.resolve(properties["FunctionName"])
            case "AWS::SQS::Queue":
                return resource["Type"], f"{self.name}-{name}.fifo"
            case "AWS::Cognito::UserPool":
                return resource["Type"], f"{REGION}_{name}"
        return resource["Type"], f"{self.name}-{name}"

    def _filled(self, text: str, names: dict[str, str]) -> str:
        def known(found: re.Match[str]) -> str:
            name = found[1]
            if name in names:
                return names[name]
            resource, _, attribute = name.partition(".")
            return self.attribute(resource, attribute) if attribute else str(self.reference(name))

        return re.sub(r"\$\{([^}!]+)\}", known, text)

    def _test(self, condition: Any) -> bool:
        match condition:
            case {"Fn::Equals": [one, other]}:
                return bool(self.resolve(one) == self.resolve(other))
            case {"Fn::Not": [one]}:
                return not self._test(one)
            case {"Fn::And": parts}:
                return all(map(self._test, parts))
            case {"Condition": name}:
                return self.holds(name)
        raise Unresolved(json.dumps(condition))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
