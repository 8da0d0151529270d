from django.db import migrations

# Who runs the system, who checks it and who works with it are different people (等保 level 3), held by the database.
# The user's row is held first, so that of two posts given at once the second sees the first.
FORWARD = """
CREATE FUNCTION access_duties_apart() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF NEW.ends_on < NEW.starts_on THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM access_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM access_post other
        WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.role <> NEW.role
          AND 'OFFICIAL' NOT IN (other.role, NEW.role)
          AND (other.role IN ('SYSADMIN', 'AUDITOR') OR NEW.role IN ('SYSADMIN', 'AUDITOR'))
          AND other.starts_on <= coalesce(NEW.ends_on, 'infinity')
          AND NEW.starts_on <= coalesce(other.ends_on, 'infinity')
          AND coalesce(other.ends_on, 'infinity') >= other.starts_on
    ) THEN
        RAISE EXCEPTION 'system administrator, auditor and the work itself stay apart' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duties_apart BEFORE INSERT OR UPDATE ON access_post
FOR EACH ROW EXECUTE FUNCTION access_duties_apart();
"""
BACKWARD = "DROP TRIGGER duties_apart ON access_post; DROP FUNCTION access_duties_apart();"


class Migration(migrations.Migration):
    dependencies = [("access", "0003_trusted_phones")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
