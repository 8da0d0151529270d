from django.db import migrations

FORWARD = """
CREATE FUNCTION pairing_follows_child() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE pairing_pairing SET region_code = NEW.region_code WHERE child_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER pairing_follows_child AFTER UPDATE OF region_code ON children_child
FOR EACH ROW WHEN (OLD.region_code IS DISTINCT FROM NEW.region_code)
EXECUTE FUNCTION pairing_follows_child();
"""
BACKWARD = """
DROP TRIGGER pairing_follows_child ON children_child;
DROP FUNCTION pairing_follows_child();
"""


class Migration(migrations.Migration):
    """A pairing's region is the child's: it follows when the child moves, however it was moved."""

    dependencies = [("pairing", "0001_initial"), ("children", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
