"""What must last: masks, thermometers, disinfectant; and the places that are disinfected."""

from typing import Literal

from returnsim.scenario.quantities import (
    AtLeastOne,
    Count,
    Flag,
    Labelled,
    Name,
    NonNegative,
    Sourced,
)


class Supply(Labelled, Sourced):
    """One item of stock and what uses it up."""

    kind: Literal["mask", "thermometer", "disinfectant", "soap", "glove", "other"]
    """What a rulebook's floors recognise it by."""
    unit_zh: Name
    """Counted in (Chinese)."""
    unit_en: Name
    """Counted in (English)."""
    on_hand: NonNegative
    """In the store now."""
    lead_time_days: Count
    """Calendar days from order to delivery."""
    price: NonNegative
    """Price of one unit [yuan]."""
    whole_units: Flag = True
    """Whether only whole units can be bought."""
    per_pupil_day: NonNegative = 0.0
    """Used by each pupil on campus, each day."""
    per_staff_day: NonNegative = 0.0
    """Used by each member of staff on campus, each day."""
    per_check: NonNegative = 0.0
    """Used by each check at a gate or a door."""
    per_round_m2: NonNegative = 0.0
    """Used by each disinfection round, for each square metre."""
    cover_days: Count = 0
    """School days that the opening stock should last, by the planner's own wish."""

    @property
    def used_up(self) -> bool:
        """Whether anything uses it up."""
        return any((self.per_pupil_day, self.per_staff_day, self.per_check, self.per_round_m2))


class Zone(Labelled, Sourced):
    """A kind of place that is disinfected in rounds."""

    kind: Literal["campus", "gate", "canteen", "toilet", "refuse", "dormitory", "classroom"]
    """What a rulebook's frequencies recognise it by."""
    area_m2: NonNegative
    """Surface treated in one round."""
    rounds_per_day: AtLeastOne
    """Rounds on a school day."""
    work: Literal["disinfection", "ventilation"] = "disinfection"
    """What a round does."""
    closes: tuple[Name, ...] = ()
    """Gates, canteens, dormitories and buildings that nobody enters while a crew works here."""
