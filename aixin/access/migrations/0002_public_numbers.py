from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE public_number_seq START 10001",
            "DROP SEQUENCE public_number_seq",
        )
    ]
