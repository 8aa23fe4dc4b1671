"""Learning phases: they end with enough results in a week, and begin again with a significant edit."""

from datetime import timedelta
from decimal import Decimal

from tests.sandbox.worlds import PLATFORM, Source, line, run, world

from adsandbox import learning
from adsandbox.delivery import Budget
from adsandbox.learning import Asked, Stage


def _stage(made, since, **more):
    return learning.of(made, Asked(PLATFORM, since, lambda row: row.line.group_id == "g", **more)).stage


def test_enough_results_within_a_week_end_it():
    made = world()
    since = made.clock.now()
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    assert _stage(made, since) is Stage.LEARNING
    run(made, days=6)
    assert _stage(made, since) is Stage.LEARNED


def test_what_has_few_results_stays_limited_when_the_week_is_over():
    made = world()
    since = made.clock.now()
    Source(made, line(budgets=(Budget("b", Decimal(5)),)))
    run(made, days=6)
    assert _stage(made, since) is Stage.LEARNING
    run(made, days=30)
    assert _stage(made, since) is Stage.LIMITED, "50 results in five weeks are not 50 in one"


def test_an_edit_begins_it_again():
    made = world()
    since = made.clock.now()
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    run(made, days=10)
    assert _stage(made, since) is Stage.LEARNED
    edited = made.clock.now()
    run(made, hours=3)
    assert _stage(made, edited) is Stage.LEARNING


def test_goals_without_conversions_learn_by_clicks():
    made = world()
    since = made.clock.now()
    Source(made, line(converts=False, budgets=(Budget("b", Decimal(200)),)))
    run(made, days=3)
    assert _stage(made, since) is Stage.LEARNING
    assert _stage(made, since, by_clicks=True) is Stage.LEARNED


def test_other_ads_do_not_count():
    made = world()
    since = made.clock.now()
    Source(made, line(group_id="other", budgets=(Budget("b", Decimal(2000)),)))
    run(made, days=6)
    assert _stage(made, since) is Stage.LEARNING
    assert _stage(made, since - timedelta(days=7)) is Stage.LIMITED


def test_results_are_counted_as_far_as_they_are_known():
    made = world()
    since = made.clock.now() - timedelta(hours=1)
    asked = Asked(PLATFORM, since, lambda row: True)
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    assert learning.of(made, asked).shown is False
    run(made, days=3)
    early = learning.of(made, asked)
    assert early.shown
    assert early.results == sum(total.conversions for total in made.delivery.grouped(PLATFORM, lambda *_: 0).values())
