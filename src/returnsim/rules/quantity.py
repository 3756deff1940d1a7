"""The quantities that clauses can be about, each with its unit and what it is a number of."""

from enum import StrEnum


class Quantity(StrEnum):
    """Something that is measured, in a simulated day or in the plan itself.

    The value is the name in rulebooks and in JSON; `unit` and `scope` say the rest.
    """

    # people on a simulated day
    PLANNED = "planned"
    ABSENT = "absent"
    ARRIVED = "arrived"
    SEATED = "seated"
    ISOLATED = "isolated"
    TURNED_AWAY = "turned_away"
    STILL_INSIDE = "still_inside"
    STUCK_DAYS = "stuck_days"
    UNAPPROVED_INSIDE = "unapproved_inside"
    HELD_INSIDE = "held_inside"
    # the gates on a simulated day
    CROWDED_DAYS = "crowded_days"
    LONG_WAIT_DAYS = "long_wait_days"
    LONGEST_QUEUE = "longest_queue"
    MINUTES_CROWDED = "minutes_crowded"
    MEAN_WAIT = "mean_wait"
    LONGEST_WAIT = "longest_wait"
    CLEARED = "cleared"
    BUSY_SHARE = "busy_share"
    MIXING = "mixing"
    # the rest of a simulated day
    QUEUE_METRES = "queue_metres"
    METRES_SHORT = "metres_short"
    PERSON_MINUTES_CROWDED = "person_minutes_crowded"
    SOJOURN = "sojourn"
    DENSITY = "density"
    MOST_SEATED = "most_seated"
    COPRESENCE = "copresence"
    MEALS_MISSED = "meals_missed"
    PARENTS_WAITING = "parents_waiting"
    PARENTS_CROWDED_DAYS = "parents_crowded_days"
    CHECKS_OWED = "checks_owed"
    CHECKS_DONE = "checks_done"
    CHECKS_MISSED = "checks_missed"
    ROUNDS_DONE = "rounds_done"
    ROUNDS_MISSED = "rounds_missed"
    ROUNDS_IN_USE = "rounds_in_use"
    LANE_MINUTES_LOST = "lane_minutes_lost"
    ISOLATION_LOAD = "isolation_load"
    # classes on a simulated day
    SEATED_BY_BELL = "seated_by_bell"
    # checks on a simulated day
    CHECKED_AT_GATE = "checked_at_gate"
    CHECKED_AT_DOOR = "checked_at_door"
    ALARMS_RECHECKED = "alarms_rechecked"
    FALSE_ALARMS = "false_alarms"
    FEVERS_FOUND = "fevers_found"
    FEVERS_MISSED = "fevers_missed"
    CHECKS = "checks"
    ISOLATION_FULL_DAYS = "isolation_full_days"
    RECHECK_QUEUE = "recheck_queue"
    RECHECK_FULL_DAYS = "recheck_full_days"
    # supplies
    DAILY_USE = "daily_use"
    DAYS_OF_COVER = "days_of_cover"
    MASKS_PER_PERSON = "masks_per_person"
    THERMOMETERS_PER_CLASS = "thermometers_per_class"
    # the days of the whole return
    ON_CAMPUS = "on_campus"
    KEPT_HOME = "kept_home"
    REFUSED_WITHOUT = "refused_without"
    LANES_LOST = "lanes_lost"
    REPORTS_OWED = "reports_owed"
    REPORTS_MADE = "reports_made"
    FOLLOW_UPS_OWED = "follow_ups_owed"
    FOLLOW_UPS_MADE = "follow_ups_made"
    STOCK_ON_HAND = "stock_on_hand"
    STOCK_ON_ORDER = "stock_on_order"
    HANDED_OUT = "handed_out"
    UNMET = "unmet"
    DELIVERED = "delivered"
    COVER_LEFT = "cover_left"
    STOCK_OUT = "stock_out"
    # certain from the plan
    EXAM_GRADES_LATE = "exam_grades_late"
    KINDERGARTENS_EARLY = "kindergartens_early"
    DAYS_BETWEEN_BATCHES = "days_between_batches"
    BATCHES = "batches"
    MOST_RETURNING = "most_returning"
    SCHOOL_DAYS_APART = "school_days_apart"
    BOARDERS_OBSERVED = "boarders_observed"
    OBSERVATION_LEFT = "observation_left"
    SLOTS_SHARED_BY_BATCHES = "slots_shared_by_batches"
    DAYS_OBSERVED_AT_HOME = "days_observed_at_home"
    DAYS_OF_NOTICE = "days_of_notice"
    APPROVALS_MISSING = "approvals_missing"
    DAYS_AFTER_WRITTEN_NOTICE = "days_after_written_notice"
    DISINFECTION_DAYS_BEFORE = "disinfection_days_before"
    ROUNDS_PER_DAY = "rounds_per_day"
    TIMES_PER_DAY = "times_per_day"
    DONE_OF_OWED = "done_of_owed"

    @property
    def unit(self) -> str:
        """Unit of the number, a key of the table ``unit`` of the wording."""
        return UNITS[self]

    @property
    def is_risk(self) -> bool:
        """Whether it is a share of days or of returns, judged by a bound on a proportion."""
        return self in RISKS


Q = Quantity
UNITS = {
    **dict.fromkeys(Q, "people"),
    **dict.fromkeys(
        (
            Q.CROWDED_DAYS,
            Q.LONG_WAIT_DAYS,
            Q.ISOLATION_FULL_DAYS,
            Q.RECHECK_FULL_DAYS,
            Q.STUCK_DAYS,
            Q.PARENTS_CROWDED_DAYS,
        ),
        "share of days",
    ),
    **dict.fromkeys((Q.MINUTES_CROWDED, Q.MEAN_WAIT, Q.LONGEST_WAIT, Q.SOJOURN), "min"),
    Q.CLEARED: "clock",
    **dict.fromkeys((Q.MIXING, Q.COPRESENCE, Q.PERSON_MINUTES_CROWDED), "person-min"),
    **dict.fromkeys((Q.QUEUE_METRES, Q.METRES_SHORT), "m"),
    Q.DENSITY: "per m2",
    **dict.fromkeys((Q.CHECKS_OWED, Q.CHECKS_DONE, Q.CHECKS_MISSED), "checks"),
    **dict.fromkeys((Q.ROUNDS_DONE, Q.ROUNDS_MISSED, Q.ROUNDS_IN_USE), "rounds"),
    Q.LANE_MINUTES_LOST: "lane-min",
    **dict.fromkeys(
        (Q.BUSY_SHARE, Q.SEATED_BY_BELL, Q.CHECKED_AT_GATE, Q.CHECKED_AT_DOOR), "share"
    ),
    Q.ALARMS_RECHECKED: "share",
    Q.CHECKS: "checks",
    Q.DAILY_USE: "units",
    Q.DAYS_OF_COVER: "days",
    Q.LANES_LOST: "lanes",
    **dict.fromkeys((Q.REPORTS_OWED, Q.REPORTS_MADE), "reports"),
    **dict.fromkeys((Q.FOLLOW_UPS_OWED, Q.FOLLOW_UPS_MADE), "calls"),
    **dict.fromkeys(
        (Q.STOCK_ON_HAND, Q.STOCK_ON_ORDER, Q.HANDED_OUT, Q.UNMET, Q.DELIVERED), "units"
    ),
    Q.COVER_LEFT: "days",
    Q.STOCK_OUT: "share of returns",
    Q.MASKS_PER_PERSON: "per person",
    Q.THERMOMETERS_PER_CLASS: "per class",
    **dict.fromkeys((Q.EXAM_GRADES_LATE, Q.KINDERGARTENS_EARLY), "grades"),
    **dict.fromkeys(
        (
            Q.DAYS_BETWEEN_BATCHES,
            Q.SCHOOL_DAYS_APART,
            Q.OBSERVATION_LEFT,
            Q.DAYS_OBSERVED_AT_HOME,
            Q.DAYS_OF_NOTICE,
            Q.DAYS_AFTER_WRITTEN_NOTICE,
            Q.DISINFECTION_DAYS_BEFORE,
        ),
        "days",
    ),
    Q.BATCHES: "batches",
    Q.SLOTS_SHARED_BY_BATCHES: "slots",
    Q.APPROVALS_MISSING: "papers",
    Q.ROUNDS_PER_DAY: "per day",
    Q.TIMES_PER_DAY: "per day",
    Q.DONE_OF_OWED: "share",
}
RISKS = frozenset(q for q in Q if UNITS[q] in ("share of days", "share of returns"))
OF_GRADES = (Q.SCHOOL_DAYS_APART, Q.BOARDERS_OBSERVED, Q.OBSERVATION_LEFT)
"""Quantities whose place names grades, with a building before them where it is of one."""
CERTAIN = frozenset(
    {
        Q.MASKS_PER_PERSON,
        Q.THERMOMETERS_PER_CLASS,
        Q.EXAM_GRADES_LATE,
        Q.KINDERGARTENS_EARLY,
        Q.DAYS_BETWEEN_BATCHES,
        Q.BATCHES,
        Q.MOST_RETURNING,
        *OF_GRADES,
        Q.SLOTS_SHARED_BY_BATCHES,
        Q.DAYS_OBSERVED_AT_HOME,
        Q.DAYS_OF_NOTICE,
        Q.APPROVALS_MISSING,
        Q.DAYS_AFTER_WRITTEN_NOTICE,
        Q.DISINFECTION_DAYS_BEFORE,
        Q.ROUNDS_PER_DAY,
        Q.TIMES_PER_DAY,
    }
)
"""Quantities that follow from the plan alone."""
