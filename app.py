"""The Chalice app: registers the routes and names the functions."""

from typing import Any

from chalice.app import CloudWatchEvent, Rate, SQSEvent, WebsocketEvent

from chalicelib.handlers import inbox as worker
from chalicelib.handlers import (
    jobs,
    logs,
    media,
    messenger,
    notifications,
    pages,
    parked,
    realtime,
    sessions,
    signin,
    webchat,
)
from chalicelib.handlers.application import Application

logs.configure_on_lambda()
app = Application(app_name="hitl")
app.experimental_feature_flags.update(["WEBSOCKETS"])  # Chalice has them only so
app.register_blueprint(sessions.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(notifications.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(parked.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(media.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(webchat.routes, url_prefix="/api/webchat")
app.register_blueprint(messenger.routes, url_prefix="/api/webhooks")
app.register_blueprint(signin.routes, url_prefix="/api")
app.register_blueprint(pages.routes)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    """Do what is due; every minute."""
    jobs.sweep(getattr(event.context, "aws_request_id", None))


@app.on_sqs_message(queue_arn="arn:aws:sqs:::inbox", batch_size=10)  # the template says which queue
def inbox(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    """Take what webhooks have put into the queue."""
    return worker.work(event.to_dict(), event.context)


@app.on_ws_connect()
def connect(event: WebsocketEvent) -> dict[str, Any]:  # noqa: ARG001 - Chalice calls it so
    """Let a socket in, or not."""
    return realtime.connect()
