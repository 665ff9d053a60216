"""The matrix notices bugs: each of these desks and stores does all it should as long as nothing fails."""

import pytest

from tests.fakes.world import World
from tests.matrix import broken
from tests.matrix.run import Matrix
from tests.matrix.use_cases import USE_CASES

PLANTED = (
    (broken.HeadThenEntries, "a message that the bot does not want", "I2 the numbers are [], the head says 1"),
    (broken.SettledFirst, "a visitor wants a human", "I6 mail was never told of alert"),
    (broken.AnsweredBeforehand, "a message that the bot does not want", "I1 u:asked was told and is not in the log"),
    (broken.TurnNobodyTakesOver, "a message that the bot answers", "I5 a turn is left"),
    (broken.TurnGivenUpAtOnce, "a message that the bot answers", '"trigger": "failure"'),
)


@pytest.mark.parametrize(("build", "name", "complaint"), PLANTED, ids=lambda part: getattr(part, "__name__", None))
def test_the_matrix_finds_a_planted_bug(build: type[World], name: str, complaint: str):
    matrix = Matrix(next(case for case in USE_CASES if case.name == name), build)

    assert matrix.undisturbed(broken.loose_memory) == [], "without a fault, nothing is to be seen"
    assert complaint in "\n".join(matrix.all(broken.loose_memory).failures)
