"""The first agent, who then lets others in."""

from botocore.exceptions import ClientError

from scripts.deploying.account import Account
from scripts.deploying.errors import code

GROUP = "supervisor"


def invite(account: Account, pool: str, address: str) -> str:
    """Let somebody in as a supervisor; returns what became of it. Twice is once, but who never signed in is mailed again.

    Cognito mails a first password, valid for a week, which is replaced when it is used.
    """
    cognito = account.client("cognito-idp")
    who = {"UserPoolId": pool, "Username": address}
    try:
        cognito.admin_create_user(
            **who,
            UserAttributes=[{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
        told = f"{address} is a supervisor now; AWS mails a first password, which is valid for a week."
    except ClientError as error:
        if code(error) != "UsernameExistsException":
            raise
        if cognito.admin_get_user(**who)["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            cognito.admin_create_user(**who, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
            told = f"{address} is a supervisor, and is mailed a first password again, since none was used yet."
        else:
            told = f"{address} is a supervisor, and signs in with the password as before."
    cognito.admin_add_user_to_group(**who, GroupName=GROUP)
    return told
