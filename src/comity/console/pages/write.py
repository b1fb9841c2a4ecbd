# SPDX-License-Identifier: Apache-2.0
"""Writing an item: what would become of it is shown before anything happens, for each recipient.

What is kept is a draft; releasing it is the page of drafts. A file is sealed as it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec import structs

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId, parse_party_id, parse_place
from comity.basis.instants import date_of, parse_day_or_instant
from comity.basis.limits import REPORT_BYTES_MAX, STIX_BYTES_MAX
from comity.console.errors import Finding, findings_of
from comity.console.forms import FORM_BYTES_MAX, check_filled, words_of
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.places import choosing, named_agreement
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, whole
from comity.decision.stages import Cleared, Refused
from comity.flows.draft_previews import Preview, preview_to_each
from comity.flows.drafts import ItemDraft, draft_item
from comity.flows.sealed_content import Content
from comity.flows.set_up import pinned_agreements
from comity.flows.taking_stix import STIX, check_stix
from comity.flows.turns import read_view
from comity.picture.reports import parse_report, schema_of
from comity.sealing.payload import PayloadHeader, format_payload_header

TITLE_CHARS_MAX: Final = 500
_WRITE: Final = "/write/{agreement}"
_BYTES: Final = "application/octet-stream"
_NEEDED: Final = ("to", "marking", "category", "purposes")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one recipient's decision says on the page."""

    party: PartyId
    articles: tuple[str, ...]
    findings: tuple[Finding, ...]


async def show_form(visit: Visit) -> Outcome:
    """Show the form; what was kept from before signing in, or a link names, stands in it."""
    return await _page(visit, await named_agreement(visit))


async def show_preview(visit: Visit) -> Outcome:
    """Decide what stands in the form, for each recipient; nothing is written."""
    agreement = await named_agreement(visit)
    if visit.is_kept:
        return await _page(visit, agreement)
    if any(not visit.form.texts(each) for each in _NEEDED):
        return await _part_or_page(visit, agreement)
    try:
        item = _item(visit, agreement)
        preview = await preview_to_each(visit.context, visit.person, item, item.to)
    except InputError as error:
        return await _part_or_page(visit, agreement, error=error)
    return await _part_or_page(visit, agreement, preview=preview)


async def keep_draft(visit: Visit) -> Outcome:
    """Label, decide and seal what was written, and keep it as a draft."""
    agreement = await named_agreement(visit)
    if visit.is_kept:
        return await _page(visit, agreement)
    try:
        item = _item(visit, agreement)
        header, content = await _content(visit)
        format_payload_header(header)
        kept = await draft_item(visit.context, visit.person, item, header, content)
    except InputError as error:
        return await _page(visit, agreement, error=error, status=error.http_status or 400)
    if isinstance(kept, Refused):
        return await _page(visit, agreement, refused=findings_of(kept, visit), status=403)
    return Elsewhere(f"/drafts/{kept.number}")


def _item(visit: Visit, agreement: AgreementId) -> ItemDraft:
    """Read what was written as the drafter's word; lists are sets.

    Raises:
        InputError: something is missing, or does not read.
    """
    form = visit.form
    check_filled(form, _NEEDED, "say to whom it goes, its marking, category and purposes")
    supersedes, answers = form.text("supersedes"), form.text("answers")
    until = form.text("use_until")
    return ItemDraft(
        agreement=agreement,
        to=tuple(sorted({parse_party_id(each, "to") for each in form.texts("to")})),
        marking=form.text("marking"),
        category=form.text("category"),
        form=form.text("form") or "document",
        purposes=tuple(sorted(words_of(form, "purposes"))),
        named_for=tuple(sorted(words_of(form, "for"))),
        supersedes=parse_place(supersedes, "supersedes") if supersedes else None,
        answers=parse_place(answers, "answers") if answers else None,
        use_until=parse_day_or_instant(until, "use_until") if until else None,
        rights=tuple(sorted(each for each in PrivateRight if each.value in form.texts("rights"))),
    )


async def _content(visit: Visit) -> tuple[PayloadHeader, Content]:
    """Give what is to be sealed, and its own description, which is sealed with it.

    Raises:
        InputError: there is none or two, or it is not the report or bundle that it is said to be.
    """
    text, upload = visit.form.raw("text"), visit.upload
    if bool(text.strip()) == (upload is not None):
        raise InputError(
            "console.one-content",
            "an item is either text written here or one file",
            found="neither" if upload is None else "both",
        )
    title = visit.form.text("title")[: TITLE_CHARS_MAX + 1] or "untitled"
    if upload is None:
        header, content = PayloadHeader(title, "text/plain"), whole(text.encode())
    else:
        name = upload.name.replace("\\", "/").rpartition("/")[2]
        header = PayloadHeader(title, upload.media_type or _BYTES, name)
        content = upload.bounded(visit.context.config.limits.parcel_bytes_max)
    header = structs.replace(header, rights_of=visit.form.text("rights_of") or None)
    schema = visit.form.text("report")
    if schema not in ("yes", "stix"):
        return header, content
    if upload is not None:
        content = upload.bounded(REPORT_BYTES_MAX if schema == "yes" else STIX_BYTES_MAX)
    raw = b"".join([chunk async for chunk in content])
    if schema == "stix":
        check_stix(raw, visit.form.text("marking"))
        return structs.replace(header, media_type=STIX), whole(raw)
    schema = schema_of(parse_report(raw))
    return structs.replace(header, media_type="application/json", schema=schema), whole(raw)


async def _part_or_page(
    visit: Visit,
    agreement: AgreementId,
    *,
    preview: Preview | None = None,
    error: InputError | None = None,
) -> Outcome:
    if not visit.is_part:
        return await _page(visit, agreement, preview=preview, error=error)
    name = await party_names(visit, agreement)
    values = {"name": name, **_decision(visit, preview), "error": error}
    return Page("write/decision.html", values=values)


def _decision(visit: Visit, preview: Preview | None) -> dict[str, object]:
    if preview is None:
        return {"verdicts": (), "level": None, "alone": ()}
    alone = () if preview.alone is None else findings_of(preview.alone, visit)
    verdicts = [_verdict(visit, *each) for each in preview.outcomes]
    return {"verdicts": verdicts, "level": preview.level, "alone": alone}


def _verdict(visit: Visit, party: PartyId, outcome: Cleared | Refused) -> Verdict:
    if isinstance(outcome, Refused):
        return Verdict(party, (), findings_of(outcome, visit))
    cited = (each.article for each in outcome.decision.articles)
    return Verdict(party, tuple(dict.fromkeys(cited)), ())


async def _page(
    visit: Visit,
    agreement: AgreementId,
    *,
    preview: Preview | None = None,
    refused: tuple[Finding, ...] = (),
    error: InputError | None = None,
    status: int = 200,
) -> Page:
    view = await read_view(visit.context, agreement)
    try:
        file = view.agreement()
    except StateError:
        return Page("write/unsigned.html", visit.say("Write"), {"agreement": agreement})
    on = date_of(view.moment(visit.context), file.lifecycle.zone)
    own = [each for each in file.table.entries if each.party == view.own and each.holds_on(on)]
    values = {
        "agreement": agreement,
        "others": await pinned_agreements(visit.context),
        "name": await party_names(visit, agreement),
        "form": visit.form if visit.form.pairs else visit.query,
        "partners": view.partners,
        "markings": own,
        "categories": file.scope.categories,
        "forms": file.scope.forms or ("document",),
        "rights": [each.value for each in PrivateRight],
        "bytes_max": visit.context.config.limits.parcel_bytes_max,
        "form_max": FORM_BYTES_MAX,
        "title_max": TITLE_CHARS_MAX,
        "error": error,
        "refused": refused,
        "had_file": visit.upload is not None,
        **_decision(visit, preview),
    }
    return Page("write/form.html", visit.say("Write"), values, status)


WRITE: Final = (
    Route("GET", "/write", choosing("/write", phrase("Write"))),
    Route("GET", _WRITE, show_form),
    Route("POST", _WRITE, keep_draft),
    Route("POST", f"{_WRITE}/preview", show_preview),
)
