"""The organisation itself by JSON: how it is reached and billed, and how many licences it has."""

from typing import Annotated

from msgspec import Meta, Struct

from relay.accounts.rules import Licence
from relay.api.calls import Asked, NoBody, NoQuery, call
from relay.api.organization import Number
from relay.api_keys.rules import Scope
from relay.organization.details import FIELDS, Details
from relay.organization.logo import Logos
from relay.organization.queries import Stock
from relay.organization.rules import MAX_TOTAL
from relay.organization.service import Organisation

Total = Annotated[int, Meta(ge=0, le=MAX_TOTAL)] | None


class DetailsShown(Struct, frozen=True, kw_only=True):
    """How the organisation is reached and billed. An edit names `version`, or the ETag in If-Match."""

    name: str
    contact_details: str
    billing_details: str
    version: int


class DetailsEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts to change. Texts that are left out do not change."""

    name: str | None = None
    contact_details: str | None = None
    billing_details: str | None = None
    version: Number | None = None


class LicencesShown(Struct, frozen=True, kw_only=True):
    """Licences of each kind: the total, and how many are in use. `total` null is unlimited."""

    licences: dict[Licence, Stock]
    version: int


class LicencesEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new number of licences, null for no limit. Kinds that are left out do not change."""

    totals: dict[Licence, Total]
    version: Number | None = None


class DetailsApi:
    """The calls."""

    def __init__(self, details: Details, organisation: Organisation, logos: Logos) -> None:
        self._logos = logos
        self._details = details
        self._organisation = organisation

    @call("GET", "/organisation/details", Scope.ORGANISATION_READ)
    async def show_details(self, asked: Asked[NoQuery, NoBody]) -> DetailsShown:
        """Return the contact and billing details of the organisation. For master administrators."""
        shown = await self._details.show(asked.actor, asked.now)
        return DetailsShown(
            name=shown.name,
            contact_details=shown.contact_details,
            billing_details=shown.billing_details,
            version=shown.version,
        )

    @call("PATCH", "/organisation/details", Scope.ORGANISATION_WRITE)
    async def edit_details(self, asked: Asked[NoQuery, DetailsEdit]) -> DetailsShown:
        """Change the contact and billing details of the organisation. For master administrators."""
        named = {field: getattr(asked.body, field) for field in FIELDS}
        values = {field: text for field, text in named.items() if text is not None}
        await self._details.save(asked.actor, asked.version(asked.body.version), values, asked.now)
        return await self.show_details(Asked(asked.request, NoQuery(), NoBody(), asked.now, asked.caller))

    @call("PUT", "/organisation/logo", Scope.ORGANISATION_WRITE)
    async def set_logo(self, asked: Asked[NoQuery, bytes]) -> None:
        """Show a picture (PNG, JPG or WEBP) as the organisation's logo; for master administrators."""
        await self._logos.save(asked.actor, "logo", asked.body, asked.now)

    @call("DELETE", "/organisation/logo", Scope.ORGANISATION_WRITE)
    async def remove_logo(self, asked: Asked[NoQuery, NoBody]) -> None:
        """Show no logo any more; for master administrators."""
        await self._logos.remove(asked.actor, asked.now)

    @call("GET", "/organisation/licences", Scope.ORGANISATION_READ)
    async def show_licences(self, asked: Asked[NoQuery, NoBody]) -> LicencesShown:
        """Return the number of licences, and how many are in use."""
        found = await self._organisation.licence_totals(asked.actor, asked.now)
        return LicencesShown(licences=dict(found.of), version=found.version)

    @call("PATCH", "/organisation/licences", Scope.ORGANISATION_WRITE)
    async def set_licences(self, asked: Asked[NoQuery, LicencesEdit]) -> LicencesShown:
        """Change the number of licences. For master administrators."""
        version = asked.version(asked.body.version)
        await self._organisation.set_licence_totals(asked.actor, version, asked.body.totals, asked.now)
        return await self.show_licences(Asked(asked.request, NoQuery(), NoBody(), asked.now, asked.caller))
