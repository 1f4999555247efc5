"""Cases over time and over the ground."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from detector.types import GeoPoint
from service.domain.cases import Period
from service.domain.trends import Dated, trends

WEEK = Period(date(2026, 11, 23), date(2026, 11, 29), ZoneInfo("Asia/Shanghai"))
HERE = GeoPoint(31.23, 121.47)
MONDAY_2350 = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)  # 23:50 in the city
TUESDAY_0010 = datetime(2026, 11, 23, 16, 10, tzinfo=UTC)  # 00:10 of the next day there


def seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def a_case(key: str = "litter", place: GeoPoint | None = HERE, **moments: datetime) -> Dated:
    lat, lon = (place.lat, place.lon) if place else (None, None)
    reported_s, closed_s = (seconds(moments.get(name)) for name in ("reported_at", "closed_at"))
    return Dated(key, reported_s, closed_s, lat, lon)


def test_a_day_is_the_citys_and_what_lies_outside_of_the_period_is_not_counted() -> None:
    early = datetime(2026, 11, 20, tzinfo=UTC)
    cases = [a_case(reported_at=one) for one in (MONDAY_2350, TUESDAY_0010, early)]
    cases.append(a_case("illegal_ad", reported_at=TUESDAY_0010, closed_at=TUESDAY_0010))
    found = trends(cases, WEEK, 0).courses
    assert [one.key for one in found] == ["litter", "illegal_ad"]
    assert found[0].reported == (1, 1, 0, 0, 0, 0, 0)
    assert found[1].closed == (0, 1, 0, 0, 0, 0, 0)


def test_those_of_no_group_stand_last_however_many_they_are() -> None:
    cases = [a_case("", reported_at=MONDAY_2350), a_case("", reported_at=MONDAY_2350), a_case(reported_at=MONDAY_2350)]
    assert [one.key for one in trends(cases, WEEK, 0).courses] == ["litter", ""]


def test_an_hour_of_the_week_is_the_citys_monday_first() -> None:
    cases = [a_case(reported_at=MONDAY_2350), a_case(reported_at=TUESDAY_0010), a_case()]
    table = trends(cases, WEEK, 0).hours
    assert (len(table), {len(row) for row in table}) == (7, {24})
    assert (table[0][23], table[1][0], sum(map(sum, table))) == (1, 1, 2)


def test_places_a_few_metres_apart_are_one_thick_spot_and_the_thickest_comes_first() -> None:
    here = [GeoPoint(31.230001, 121.470001), GeoPoint(31.230011, 121.470021), GeoPoint(31.24, 121.48)]
    found = trends([a_case(reported_at=MONDAY_2350, place=place) for place in here], WEEK, 10).thick
    assert [one.count for one in found] == [2, 1]
    assert found[0].place.lat == (here[0].lat + here[1].lat) / 2
    assert trends([a_case(reported_at=MONDAY_2350, place=None)], WEEK, 10).thick == []
