"""Who changed what, when and why."""

from dataclasses import asdict

from apiflask import APIBlueprint
from pydantic import BaseModel

from ...domain import AuditEntry
from ...store.operation.audit import audit_entries
from ..context import context
from .fields import Json
from .paging import Page, id_cursor, page_of

bp = APIBlueprint("audit", __name__, url_prefix="/api/v1", tag="Operation")


class AuditPageOut(BaseModel):
    items: list[AuditEntry]
    next: str | None


@bp.get("/audit")
@bp.input(Page, location="query")
@bp.output(AuditPageOut)
def get_audit(query_data: Page) -> Json:
    """List all writes, the newest first."""
    with context().sessions() as session:
        return page_of(
            lambda before, limit: audit_entries(
                session, before=id_cursor(before), limit=limit),
            query_data, key=lambda each: each.id, show=asdict)
