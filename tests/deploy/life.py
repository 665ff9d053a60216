"""The life of an installation, from `make deploy` to `make undeploy` and back, and what was seen of it."""

import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local import story
from local.messenger import server
from local.messenger.courier import over_http
from local.messenger.people import Person
from local.messenger.platform import Platform
from local.messenger.state import APP_ID, PAGE_ID
from local.story import Client
from tests.deploy.checkout import Checkout
from tests.deploy.deployed import Deployed, eventually
from tests.handlers.meta import APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN

STACK = "hitl-dev"
AGENT = "ann@example.com"
PUBLIC_URL = "https://chat.example.com"
PARKED = "/api/botpress-hitl/parked"
MESSENGER = {
    "HITL_MESSENGER_PAGES": f'{{"{PAGE_ID}": "{PAGE_TOKEN}"}}',
    "HITL_MESSENGER_APP_SECRETS": APP_SECRET,
    "HITL_MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
    "HITL_MESSENGER_APP_IDS": APP_ID,
}
POISON = "poison"
RECEIVING = "    def receive(self, happening: Happening) -> None:\n"
BROKEN = RECEIVING + f'        if "{POISON}" in repr(happening):\n            raise KeyError\n'
"""A bug, at the very place where the worker takes what it got."""

Seen = dict[str, Any]


def live(folder: Path, address: str) -> Seen:
    """All of it; returns what was seen, as values that JSON can hold."""
    platform = Platform(app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, page_token=PAGE_TOKEN, echo="after")
    with server.running(platform) as graph:
        checkout = Checkout(folder / "hitl", address, {"HITL_GRAPH_URL": graph})
        return Life(checkout, platform, address).live()


class Life:
    def __init__(self, checkout: Checkout, platform: Platform, address: str) -> None:
        self.checkout = checkout
        self.platform = platform
        self.address = address
        self.seen: Seen = {}

    def live(self) -> Seen:
        self.deploy()
        self.answer()
        self.talk()
        self.poison()
        self.upgrade()
        self.undeploy()
        self.deploy_again()
        return self.seen

    def make(self, what: str, *arguments: str, **exported: str) -> str:
        """What it printed; it must succeed."""
        done = self.checkout.make(what, "STAGE=dev", *arguments, **exported)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deploy(self) -> None:
        """With a bug in the code, and a first token made by the very command that is printed."""
        self.checkout.change("chalicelib/desk/receiver.py", RECEIVING, BROKEN)
        told = self.make("deploy", f"EMAIL={AGENT}", f"AGENT={AGENT}", f"PUBLIC_URL={PUBLIC_URL}", **MESSENGER)
        self.stack = Deployed(self.address, STACK)
        made = self.checkout.shell(told.partition("shown once:\n\n")[2].partition("\n\n")[0])
        assert made.returncode == 0, made.stderr
        self.token = made.stdout.split()[-1]
        pool = {"UserPoolId": self.stack.outputs["UserPoolId"], "Username": AGENT}
        groups = self.stack.client("cognito-idp").admin_list_groups_for_user(**pool)["Groups"]
        topic = self.stack.outputs["AlertTopicArn"]
        listed = self.stack.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        self.seen["deploy"] = {
            "said": told,
            "groups": [group["GroupName"] for group in groups],
            "mailed": [one["Endpoint"] for one in listed],
            "page": self._page(),
        }

    def _page(self) -> str:
        with urllib.request.urlopen(f"{self.stack.site}/admin", timeout=20) as answer:
            return str(answer.read().decode())

    @property
    def agent(self) -> Client:
        return self.stack.agent(self.token)

    def answer(self) -> None:
        """The guide's story on the web chat."""
        receive = self.stack.subscriber()
        told: list[str] = []
        story.play(self.stack.site, self.token, told.append)
        [session] = self.agent.get("/api/botpress-hitl/sessions")["sessions"]
        self.session = session["id"]
        self.seen["guide"] = {
            "told": told,
            "alerts": eventually(receive, "an alert"),
            "sweep": self.stack.sweep(),
            "log": self.stack.said(self.agent, self.session),
        }

    def talk(self) -> None:
        """On Messenger, by signed deliveries and the queue."""
        self.platform.courier.deliver = over_http(f"{self.stack.site}/api/webhooks/messenger")  # known only now
        user = self.platform.user()
        user.says("Hello")
        [delivery, *_] = self.platform.pump()
        forged = Platform(app_secret="somebody-elses", deliver=self.platform.courier.deliver)
        forged.user().says("Forged")
        [refused, *_] = forged.pump()
        eventually(self.platform.sent, "an answer on Messenger")
        self.seen["messenger"] = {
            "statuses": [delivery.statuses, refused.statuses],
            "sent": user.reads,
            "log": self.stack.said(self.agent, session_of(user)),
        }

    def poison(self) -> None:
        """One that breaks the code, until it is parked; received five times, by the worker at first and at last.

        The worker lets more and more time pass between its tries, more than a minute in all. So that nobody waits for that,
        it is switched off after its first try, and somebody who then does nothing asks the queue until four were counted.
        """
        user = self.platform.add_user("Paul")
        user.says(POISON)
        self.platform.pump()
        eventually(lambda: self.stack.receives() == [1] and not self.stack.visible(), "a first try")
        self.stack.let_the_worker(work=False)
        parked = [len(self._parked())]
        eventually(self._received_four_times, "four receives")
        receives = self.stack.receives()
        parked.append(len(self._parked()))
        self.stack.let_the_worker(work=True)
        [one] = eventually(self._parked, "a parked delivery")
        eventually(lambda: self.stack.waiting() == 0, "an empty queue")
        self.seen["poison"] = {
            "receives": receives,
            "parked": parked,
            "found": one,
            "dead": self.stack.dead_letters(),
            "session": session_of(user),
        }

    def _received_four_times(self) -> bool:
        if self.stack.receives() != [4]:
            self.stack.take()
            return False
        return True

    def _parked(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.agent.get(PARKED)["parked"]
        return found

    def upgrade(self) -> None:
        """To code without the bug, while messages of two users wait; then what was parked is tried again."""
        users = [self.platform.user(), self.platform.add_user("Bob")]
        self.stack.let_the_worker(work=False)
        for number in range(3):
            for user in users:
                user.says(f"waiting {number}")
        statuses = [one.statuses for one in self.platform.pump()]
        waiting = [self.stack.waiting()]
        self.checkout.change("chalicelib/desk/receiver.py", BROKEN, RECEIVING)
        self.checkout.change("chalicelib/bot.py", "You said:", "You have said:")
        before = self.stack.parameters
        told = self.make("deploy", "OPERATOR_EMAIL=ops@example.com")
        waiting.append(self.stack.waiting())
        self.stack = Deployed(self.address, STACK)
        self.stack.let_the_worker(work=True)
        eventually(lambda: self.stack.waiting() == 0, "an empty queue")
        self.platform.pump()
        [parked] = self._parked()
        replayed = self.agent.post(f"{PARKED}/{quote(parked['id'], safe='')}/replay")
        self.seen["upgrade"] = {
            "said": told,
            "statuses": statuses,
            "waiting": waiting,
            "changed": [name for name, value in self.stack.parameters.items() if before[name] != value],
            "logs": [self.stack.said(self.agent, session_of(user)) for user in users],
            "replayed": replayed,
            "left": self._parked(),
            "poisoned": self.stack.said(self.agent, self.seen["poison"]["session"]),
        }

    def undeploy(self) -> None:
        eventually(lambda: self.stack.waiting() == 0, "an empty queue")  # else nothing would be deleted
        items = [self.stack.items()]
        told = self.make("undeploy")
        items.append(self.stack.items())
        stacks = self.stack.client("cloudformation").describe_stacks()["Stacks"]
        functions = self.stack.client("lambda").list_functions()["Functions"]
        self.seen["undeploy"] = {
            "said": told,
            "items": items,
            "table": self.stack.outputs["TableName"],
            "users": self.stack.outputs["UserPoolId"],
            "stacks": [one["StackName"] for one in stacks],
            "functions": [one["FunctionName"] for one in functions],
        }

    def deploy_again(self) -> None:
        told = self.make("deploy", f"AGENT={AGENT}")
        self.stack = Deployed(self.address, STACK)
        self.seen["again"] = {
            "said": told,
            "table": self.stack.outputs["TableName"],
            "users": self.stack.outputs["UserPoolId"],
            "log": self.stack.said(self.agent, self.session),
        }


def session_of(user: Person) -> str:
    return f"messenger:{PAGE_ID}.{user.psid}"
