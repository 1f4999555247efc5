"""Campaigns: kept, changed by those who saw the latest version, listed."""

from sqlalchemy import Connection, insert, select, update

from service.domain.campaigns import Campaign
from service.errors.papers import CampaignChanged, CampaignUnknown
from service.store.paper_tables import campaigns
from service.store.places import Row

_PLAIN = ("id", "version", "name", "purpose", "first", "last", "target", "by", "created_at", "ended_at")
_SETS = ("conditions", "grids", "units", "streets")


class Campaigns:
    """Rows of `campaigns`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, campaign: Campaign) -> None:
        """Keep a new one."""
        self._connection.execute(insert(campaigns).values(**_columns(campaign)))

    def change(self, campaign: Campaign) -> None:
        """Write the next version; CampaignChanged if somebody was faster, CampaignUnknown if it is not there."""
        where = (campaigns.c.id == campaign.id, campaigns.c.version == campaign.version - 1)
        if self._connection.execute(update(campaigns).where(*where).values(**_columns(campaign))).rowcount != 1:
            raise CampaignChanged(version=self.get(campaign.id).version, wanted=campaign.version - 1)

    def find(self, campaign_id: str) -> Campaign | None:
        """The campaign of that id, None if there is none."""
        row = self._connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).mappings().first()
        return _campaign(row) if row else None

    def get(self, campaign_id: str) -> Campaign:
        """The campaign of that id; CampaignUnknown if there is none."""
        campaign = self.find(campaign_id)
        if campaign is None:
            raise CampaignUnknown(id=campaign_id)
        return campaign

    def page(self, limit: int = 50, before: str | None = None) -> list[Campaign]:
        """Campaigns, newest first; `before` is the id of the last one on the page before."""
        query = select(campaigns).order_by(campaigns.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(campaigns.c.id < before)
        return [_campaign(row) for row in self._connection.execute(query).mappings()]


def _columns(campaign: Campaign) -> dict[str, object]:
    plain = {name: getattr(campaign, name) for name in _PLAIN}
    return plain | {name: sorted(getattr(campaign, name)) for name in _SETS}


def _campaign(row: Row) -> Campaign:
    plain = {name: row[name] for name in _PLAIN}
    conditions, grids, units, streets = (frozenset(row[name]) for name in _SETS)
    return Campaign(**plain, conditions=conditions, grids=grids, units=units, streets=streets)
