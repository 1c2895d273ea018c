"""The worker process."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "des.settings")
app = Celery("des")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
