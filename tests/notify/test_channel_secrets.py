"""Production does not start with a way out of the platform that lacks its secret."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

NAMED = ("SECRET_KEY", "AIXIN_FIELD_KEYS", "AIXIN_INDEX_KEY", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")


@pytest.mark.parametrize(
    ("way", "missing"),
    [
        ("SMS_GATEWAY_URL", "SMS_GATEWAY_TOKEN"),
        ("EMAIL_HOST", "EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, DEFAULT_FROM_EMAIL, SITE_URL"),
        ("WECOM_WEBHOOK_URL", "SITE_URL"),
    ],
)
def test_a_way_without_its_secret_stops_production(way: str, missing: str) -> None:
    given = {name: value for name, value in os.environ.items() if name not in missing.split(", ")}
    asked = subprocess.run(
        [sys.executable, "-c", "import aixin.settings.production"],
        env={**given, **dict.fromkeys(NAMED, "x"), way: "https://gateway.example"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode != 0
    assert f"Missing environment variables: {missing}\n" in asked.stderr
