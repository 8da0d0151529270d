#!/bin/sh
# Django's deployment check on the production settings, with secrets that are thrown away. Connects nowhere.
set -eu

key() {
    .venv/bin/python -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())'
}

SECRET_KEY=$(key)$(key)
AIXIN_FIELD_KEYS=1:$(key)
AIXIN_INDEX_KEY=$(key)
export SECRET_KEY AIXIN_FIELD_KEYS AIXIN_INDEX_KEY
export DATABASE_URL=postgres://aixin_app@127.0.0.1:1/aixin
export REDIS_URL=redis://127.0.0.1:1/0
export ALLOWED_HOSTS=aixin.example
exec .venv/bin/python manage.py check --deploy --fail-level WARNING --settings aixin.settings.production
