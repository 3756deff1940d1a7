"""The figure of the whole return: what is on it, in both languages."""

import pytest
from builders import a_plan, a_scenario, a_supply

from returnsim.experiment.study import Study, Summary
from returnsim.experiment.whole_return import run_return
from returnsim.plan.plan import Opening
from returnsim.report.return_figure import return_figure, return_image


@pytest.fixture(scope="module")
def summary() -> Summary:
    names = [f"supply {n}" for n in range(4)]
    school = a_scenario(supplies=[a_supply(name=name, en=None, zh=None) for name in names])
    stock = [
        Opening(supply=names[0], order=5, reorder_point=40, order_up_to=90),
        *(Opening(supply=name, order=900) for name in names[1:]),
    ]
    return run_return(Study(school, a_plan(school, stock=stock), 1, 3))


def test_people_come_first_and_then_every_supply(summary: Summary) -> None:
    figure = return_figure(summary, "en")
    assert [p.title for p in figure.panels[:2]] == ["People on campus", "supply 0 (pieces)"]
    assert len(figure.panels) == 5
    assert figure.panels[0].marks == (0, 7)
    assert (figure.panels[1].level, figure.panels[1].level_text) == (40, "reorder at 40")
    assert figure.panels[2].level is None
    assert [len(p.median) for p in figure.panels] == [24] * 5
    assert figure.panels[1].median[:2] == (95, 85)
    assert "0.0%" in figure.panels[2].note


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_drawing_says_it_in_words(summary: Summary, lang: str) -> None:
    svg = return_image(return_figure(summary, lang), lang).decode("utf-8")
    wanted = {
        "zh": ("在校人数", "supply 0（只）", "天数"),
        "en": ("People on campus", "supply 0 (pieces)", "days after"),
    }
    for words in wanted[lang]:
        assert words in svg
    assert svg == return_image(return_figure(summary, lang), lang).decode("utf-8")
