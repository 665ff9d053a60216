"""Two Pages of the simulated platform."""

from chalicelib import wiring

TOKEN, OTHER_TOKEN = "the-token-of-the-lamp-shop", "the-token-of-the-sofa-shop"
SECRET, VERIFY = "simulated-app-secret", "simulated-verify-token"
OTHER = "1002003005"
"""A second Page, listed first, so that its failures have something to stop."""


def stop(page, reason="Meta blocked it.", *, policy=False):
    wiring.desk().accounts.stop(f"messenger:{page}", reason, policy=policy)
    wiring.forget()
