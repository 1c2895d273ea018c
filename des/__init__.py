"""The Data Enquiry Service."""

from des.celery import app as celery_app

__all__ = ["celery_app"]
