# SPDX-License-Identifier: Apache-2.0
"""Reports, made by an auditor and journalled: for a partner's inspector, and for the public."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from comity.api.desk import desk_of, done
from comity.api.operations import post
from comity.api.places import AgreementPath, agreement_of, refuse_own_party
from comity.api.shapes import Anything, Digest, Reply, reply
from comity.basis.ids import digest_of, parse_party_id
from comity.flows.reports.files import report_files
from comity.flows.reports.inspector import inspect
from comity.flows.reports.public import public_report
from comity.flows.reports.public_page import public_page
from comity.front.archives import TAR, tar_of
from comity.signin.permissions import Permission

_TAG: Final = ["registers"]


class InspectorBody(Struct, forbid_unknown_fields=True):
    """The partner whose inspector the report is for."""

    party: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9-]{0,31}$")]


class YearBody(Struct, forbid_unknown_fields=True):
    """The year to count, in UTC."""

    year: Annotated[int, Meta(ge=1970, le=9998)]


class PublicReportReply(Reply, tag_field="schema", tag="comity/report-public/1", kw_only=True):
    """A year in counts, as JSON and as a page; `openings` are to be kept, not published."""

    sha256: Digest
    report: Anything
    page: str
    openings: Anything


@post(
    "/agreements/{agreement:str}/reports/inspector",
    summary="Report to a partner's inspector",
    tags=_TAG,
    status_code=HTTP_200_OK,
)
async def for_inspector(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[InspectorBody]
) -> Stream:
    """Give a tar of who saw each item of the partner's, and where its copies are, with proof."""
    desk = desk_of(request, Permission.JOURNAL_READ)
    party = parse_party_id(data.party, "party")
    refuse_own_party(desk, (party,))
    found = done(await inspect(desk.context, agreement_of(agreement), party, desk.person))
    name = f"report-{party}"
    headers = {"content-disposition": f'attachment; filename="{name}.tar"'}
    return Stream(tar_of(name, report_files(found)), media_type=TAR, headers=headers)


@post("/reports/public", summary="Report to the public", tags=_TAG, status_code=HTTP_200_OK)
async def for_public(
    request: Request[Any, Any, Any], data: JSONBody[YearBody]
) -> PublicReportReply:
    """Count a year by category and level, article and duty; small counts are hidden."""
    desk = desk_of(request, Permission.JOURNAL_READ)
    found = done(await public_report(desk.context, data.year, desk.person))
    sha256 = digest_of(found.raw)
    value = {
        "sha256": sha256,
        "report": found.value,
        "page": public_page(found.value, sha256, desk.context.config.default_language).decode(),
        "openings": found.openings,
    }
    return reply(desk, PublicReportReply, value)


REPORTS: Final = (for_inspector, for_public)
