"""The Markdown that `make bench` leaves for the README."""

from pathlib import Path

import pytest

from bench.report import COSTS_BEGIN, COSTS_END, Budget, Part, Table, at_most, markdown, pasted, with_costs

SPEED = Table("Reads", ("what", "ms"), [("a list", "1.0"), ("a log", "2.0")], notes=["On disk."])
COST = Table("Units", ("what", "units"), [("a list", "30")], section="What it costs")


def test_tables_stand_below_the_heading_of_their_section_with_the_place_of_measuring():
    told = markdown([Part([SPEED]), Part([COST])], "Measured here.")

    assert told.splitlines() == [
        "## Speed",
        "Measured here.",
        "",
        "**Reads**",
        "",
        "| what | ms |",
        "|---|---|",
        "| a list | 1.0 |",
        "| a log | 2.0 |",
        "",
        "On disk.",
        "",
        "## What it costs",
        "Measured here.",
        "",
        "**Units**",
        "",
        "| what | units |",
        "|---|---|",
        "| a list | 30 |",
    ]


def test_a_promise_that_is_not_kept_stands_out():
    told = markdown([Part([SPEED], [Budget("fast", "slow", kept=False), Budget("small", "small", kept=True)])], "")

    assert "| fast | slow | **no** |" in told
    assert "| small | small | yes |" in told


def test_a_number_on_its_limit_keeps_it_and_one_above_does_not():
    assert at_most("ratio", 1.5, 1.5).kept
    assert not at_most("ratio", 1.51, 1.5).kept


def test_a_report_takes_the_place_of_the_one_before_in_the_readme():
    readme = "# hitl\n\n## Speed\nold\n\n## What it costs\nold\n\n## Limits\n- one\n"

    assert pasted(readme, "## Speed\nnew\n") == "# hitl\n\n## Speed\nnew\n\n## Limits\n- one\n"


@pytest.mark.parametrize("readme", ["# hitl\n\n## Limits\n", "# hitl\n\n## Speed\nold\n"])
def test_a_readme_without_the_places_is_left_alone(readme):
    with pytest.raises(ValueError, match="Speed"):
        pasted(readme, "## Speed\nnew\n")


def test_a_part_alone_is_no_report_for_the_readme():
    with pytest.raises(ValueError, match="Speed"):
        pasted("\n## Speed\nold\n\n## Limits\n", "## What it costs\n")


def test_the_readme_has_the_places():
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    assert "new" in pasted(readme, "## Speed\nnew\n")


DOLLARS = Table("US dollars a month", ("what", "US dollars"), [("alarms", "1.70")], section="What it costs")


def test_the_page_about_deploying_gets_the_dollars_and_nothing_else_and_so_each_time():
    page = f"# Page\n\n{COSTS_BEGIN}\nold\n{COSTS_END}\n\nThe rest.\n"

    once = with_costs(page, [Part([SPEED, COST, DOLLARS])], "Measured here.")
    assert with_costs(once, [Part([SPEED, COST, DOLLARS])], "Measured here.") == once
    assert once == (
        f"# Page\n\n{COSTS_BEGIN}\nMeasured here.\n\n**US dollars a month**\n\n"
        "| what | US dollars |\n|---|---|\n| alarms | 1.70 |\n\n"
        f"{COSTS_END}\n\nThe rest.\n"
    )


def test_a_page_without_a_place_for_costs_is_left_alone():
    with pytest.raises(ValueError, match="costs stand between"):
        with_costs("# Page\n", [Part([DOLLARS])], "")


def test_the_page_about_deploying_has_a_place_for_costs():
    page = (Path(__file__).parents[2] / "docs/deploy.md").read_text(encoding="utf-8")

    assert "US dollars a month" in with_costs(page, [Part([DOLLARS])], "")
