from django.db import migrations

# How many rows of a stock fall under each cell of one dimension and each of another on a day, for a region whose figures
# the caller may ask. Sums by one dimension cannot be crossed, so that this looks at the rows: for a city and below.
CROSSED = """
CREATE FUNCTION aixin_crossed(root text, counted text[], one text, other text, wanted date, rules jsonb)
RETURNS TABLE (measure text, place text, first text, second text, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    allowed text := coalesce(current_setting('aixin.figures', true), '');
    width int := CASE length(root) WHEN 4 THEN 6 WHEN 6 THEN 9 ELSE 12 END;
BEGIN
    IF allowed = '' OR NOT starts_with(root, rtrim(allowed, '*')) OR length(root) < 4 THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH held AS MATERIALIZED (
        SELECT c.measure, c.id, c.place, split_part(c.cell, '=', 1) AS dimension, split_part(c.cell, '=', 2) AS part
        FROM aixin_changes(root, root || ':', counted, rules) c
        WHERE c.day <= wanted AND split_part(c.cell, '=', 1) IN (one, other)
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(c.n) > 0
    )
    SELECT a.measure, left(a.place, width), a.part, b.part, count(*)
    FROM held a JOIN held b ON b.measure = a.measure AND b.id = a.id AND b.place = a.place
    WHERE a.dimension = one AND b.dimension = other GROUP BY 1, 2, 3, 4;
END $$;
REVOKE ALL ON FUNCTION aixin_crossed(text, text[], text, text, date, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aixin_crossed(text, text[], text, text, date, jsonb) TO aixin_app;
"""


class Migration(migrations.Migration):
    """Figures by two dimensions at once."""

    dependencies = [("reports", "0007_volunteers_in_teams")]

    operations = [
        migrations.RunSQL(CROSSED, "DROP FUNCTION aixin_crossed(text, text[], text, text, date, jsonb)"),
    ]
