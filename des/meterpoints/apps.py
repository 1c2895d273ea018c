from django.apps import AppConfig


class MeterpointsConfig(AppConfig):
    name = "des.meterpoints"
