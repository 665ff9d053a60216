"""The page for operators names every alarm that can go off and every number that is measured."""

import json
import re

from chalicelib.metrics import METRICS
from tests.deploy.conftest import ROOT

PAGE = (ROOT / "docs/operations.md").read_text()


def test_every_alarm_is_explained_and_no_other():
    templates = [json.loads(path.read_text()) for path in (ROOT / ".chalice").glob("resources*.json")]
    resources = [one for template in templates for one in template["Resources"].values()]
    alarms = {
        one["Properties"]["AlarmName"]["Fn::Sub"] for one in resources if one.get("Type") == "AWS::CloudWatch::Alarm"
    }
    table = PAGE[PAGE.index("| alarm |") : PAGE.index("## What is parked")]

    assert alarms
    assert {
        name.replace("hitl-dev", "${AWS::StackName}") for name in re.findall(r"`(hitl-dev-[a-z-]+)`", table)
    } == alarms


def test_every_number_is_explained_as_the_code_does():
    rows = [line for line in PAGE.splitlines() if re.match(r"\| `[A-Z]", line)]

    assert rows == [f"| `{name}` | {metric.by or ''} | {metric.meaning} |" for name, metric in METRICS.items()]


def test_every_link_within_the_page_leads_somewhere():
    headings = {
        re.sub(r"[^a-z -]", "", line[3:].lower()).replace(" ", "-")
        for line in PAGE.splitlines()
        if line.startswith("## ")
    }

    assert set(re.findall(r"\]\(#([a-z-]+)\)", PAGE)) <= headings
