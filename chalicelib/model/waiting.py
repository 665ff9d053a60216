"""How long a user has been waiting for a human, and when agents are told again."""

from datetime import datetime

from chalicelib.model.draft import Draft


def start_waiting(draft: Draft, since: datetime) -> None:
    """The user waits for a human from `since` on, unless they were waiting already."""
    if draft.after.waiting_since is None:
        draft.set(waiting_since=since, escalations=0)
        plan_next_alert(draft)


def stop_waiting(draft: Draft) -> None:
    """A human answered, or the pause is over."""
    draft.set(waiting_since=None, next_alert_at=None, escalations=0)


def plan_next_alert(draft: Draft) -> None:
    """Set the time of the next alert about a user who is still waiting; none once the last step was reached."""
    steps = draft.policy.escalate_after
    since, done = draft.after.waiting_since, draft.after.escalations
    draft.set(next_alert_at=since + steps[done] if since is not None and done < len(steps) else None)
