from django.db import migrations

# By trigger and by privilege. The trigger is ours and not django-pgtrigger's, whose triggers a session can switch off.
FORWARD = """
CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail only grows';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'aixin_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM aixin_app;
    END IF;
END $$;
"""
BACKWARD = """
DROP TRIGGER append_only ON audit_entry;
DROP FUNCTION audit_entry_append_only();
GRANT UPDATE, DELETE ON audit_entry TO aixin_app;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
