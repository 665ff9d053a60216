"""Who looks after a session."""

from chalicelib.errors import AlreadyClaimed
from chalicelib.model.draft import Draft
from chalicelib.model.entry import AgentDetail, Author
from chalicelib.model.pausing import pause
from chalicelib.model.session import Owner


def claim(draft: Draft, agent: Author, *, force: bool = False) -> None:
    """Assign the session to the agent and pause it if needed; twice is a no-op.

    Raises AlreadyClaimed, naming the assignee, when it is another's and `force` is not set.
    """
    owner = draft.after.assignee
    if owner is not None and owner.id != agent.id and not force:
        raise AlreadyClaimed(f"{owner.name} has already taken this conversation over.")
    if not draft.after.paused:
        pause(draft, trigger="agent", by=agent)
    if owner is None or owner.id != agent.id:
        draft.add("claimed", agent, AgentDetail(agent.id, agent.name))
        draft.set(assignee=Owner(id=agent.id, name=agent.name))


def release(draft: Draft, agent: Author, *, force: bool = False) -> None:
    """Give the session back to all agents, still paused; a no-op when nobody has it.

    Raises AlreadyClaimed when it is another's and `force` is not set.
    """
    owner = draft.after.assignee
    if owner is None:
        return
    if owner.id != agent.id and not force:
        raise AlreadyClaimed(f"{owner.name} has taken this conversation over.")
    draft.add("released", agent, AgentDetail(owner.id, owner.name))
    draft.set(assignee=None)
