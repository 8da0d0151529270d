from django.db import migrations

from aixin.access.row_security import in_range, protect


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [protect("exchange_importjob", staff_all=in_range())]
