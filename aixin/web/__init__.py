"""UI kit: layout tags, icons, table and form bases. Knows no models."""
