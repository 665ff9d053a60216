"""What a handler may not do."""

from chalicelib.bots.script import ScriptBot
from chalicelib.model.turning import UnpauseIt
from tests.fakes.world import World


def test_a_handler_that_returns_something_has_not_understood_and_fails():
    bot = ScriptBot()
    bot.otherwise(lambda event, hitl: [UnpauseIt()])
    world = World(bot=bot)
    world.user_says()

    assert world.head.pause is not None
    assert world.head.pause.trigger == "failure"
