"""The terms that the service begins with, until the operator publishes their own."""

from datetime import date, datetime
from pathlib import Path

from accounts.models import TermsDocument
from accounts.operations.terms import publish
from accounts.origin import SERVICE

TEXTS = Path(__file__).resolve().parent.parent / "terms"
SINCE = date(2026, 1, 1)
# Slug, title, whether everybody is asked, and what accepting it opens.
SHIPPED = (
    ("terms-and-conditions", "Terms and conditions", True, ""),
    ("terms-of-use", "Terms of use", True, ""),
    ("privacy-notice", "Privacy notice", True, ""),
    (
        "other-suppliers",
        "Seeing the supplier of another party’s site",
        False,
        "The supplier and shipper of meter points outside your portfolio",
    ),
)
PRIVACY = "privacy-notice"


def publish_shipped_terms(*, now: datetime) -> None:
    """Publish each document that has no version yet."""
    for slug, title, required, opens in SHIPPED:
        if not TermsDocument.objects.filter(slug=slug).exists():
            publish(
                slug=slug,
                title=title,
                text=(TEXTS / f"{slug}.txt").read_text(encoding="utf-8"),
                effective_from=SINCE,
                required=required,
                opens=opens,
                by=None,
                origin=SERVICE,
                now=now,
            )
