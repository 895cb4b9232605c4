"""The years, quarters and days that a text names: "FY2018", "Q2 of FY24", "July 1st, 2022"."""

import re
from dataclasses import dataclass

NEXT_YEAR, ANOTHER_YEAR = 0.5, 0.3
"""What a document counts whose year is the one after the latest asked for, or an earlier one."""
ANOTHER_SPAN = 0.75
"""What a document of a quarter counts where a year is asked for, and the other way round."""

YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
SHORT_YEAR = re.compile(r"\b(?:FY|CY) ?['’]?(\d\d)\b", re.IGNORECASE)

_OF = r"(?:[ ,_-]|of|the|fiscal|year|FY|CY|['’])*"
QUARTERS = (
    re.compile(
        rf"\b(?:Q([1-4])|([1-4])Q|(first|second|third|fourth)[ -]quarter){_OF}(20\d\d|\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?<!\d)(20\d\d)[ _-]?Q([1-4])\b", re.IGNORECASE),
)
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"({'|'.join(MONTHS)})[a-z]*\.?"
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)? {_MONTH},? (\d{{4}})\b", re.IGNORECASE)
MONTH_FIRST = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE)
ISO_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """What time a text speaks of.

    Attributes:
        years: Every year that it names.
        quarters: Year and number of every quarter.
    """

    years: frozenset[int]
    quarters: frozenset[tuple[int, int]]

    def agreement(self, asked: "Period") -> float:
        """How well a document of this period serves one that is asked for, from 0 to 1.

        A report also holds the figures of the years before its own.
        """
        if not asked.years:
            return 0.0
        if self.quarters & asked.quarters:
            return 1.0
        span = ANOTHER_SPAN if self.quarters or asked.quarters else 1.0
        latest = max(asked.years)
        if latest in self.years:
            return span
        if latest + 1 in self.years:
            return NEXT_YEAR * span
        return ANOTHER_YEAR * span if asked.years & self.years else 0.0


def period_of(text: str) -> Period:
    """The years and quarters that a text names."""
    found = quarters(text)
    return Period(years(text) | {year for year, _ in found}, found)


def years(text: str) -> frozenset[int]:
    """The years that a text names, those of FY18 and FY 2018 too."""
    return frozenset(
        [*map(int, YEAR.findall(text.replace("_", " ")))]
        + [2000 + int(short) for short in SHORT_YEAR.findall(text)]
    )


def quarters(text: str) -> frozenset[tuple[int, int]]:
    """Year and number of every quarter that a text names."""
    number_first, year_first = QUARTERS
    text = text.replace("_", " ")
    found = {(int(year), int(number)) for year, number in year_first.findall(text)}
    for before, behind, ordinal, year in number_first.findall(text):
        number = int(before or behind or ORDINALS[ordinal.lower()])
        found.add((int(year) if len(year) == 4 else 2000 + int(year), number))
    return frozenset(found)


def moments(text: str) -> set[str]:
    """The days and quarters that a text names, each as one word: `2022-07-01`, `2024q2`."""
    text = text.replace("_", " ")
    days = {(year, month, day) for day, month, year in DAY_FIRST.findall(text)}
    days |= {(year, month, day) for month, day, year in MONTH_FIRST.findall(text)}
    written = {
        f"{year}-{MONTHS.index(month.lower()) + 1:02}-{int(day):02}" for year, month, day in days
    }
    return written | set(ISO_DAY.findall(text)) | {f"{year}q{n}" for year, n in quarters(text)}
