"""The Chalice app: registers the routes and names the functions."""

from chalice.app import CloudWatchEvent, Rate, SQSEvent

from chalicelib.handlers import inbox as worker
from chalicelib.handlers import jobs, logs, media, messenger, notifications, pages, parked, sessions, webchat
from chalicelib.handlers.application import Application

logs.configure_on_lambda()
app = Application(app_name="hitl")
app.register_blueprint(sessions.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(notifications.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(parked.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(media.routes, url_prefix="/api/botpress-hitl")
app.register_blueprint(webchat.routes, url_prefix="/api/webchat")
app.register_blueprint(messenger.routes, url_prefix="/api/webhooks")
app.register_blueprint(pages.routes)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:
    """Do what is due; every minute."""
    jobs.sweep(getattr(event.context, "aws_request_id", None))


@app.on_sqs_message(queue="hitl-inbox.fifo", batch_size=10)
def inbox(event: SQSEvent) -> dict[str, list[dict[str, str]]]:
    """Take what webhooks have put into the queue."""
    return worker.work(event.to_dict(), event.context)
