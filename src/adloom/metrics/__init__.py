"""Numbers: pulled from the platforms' reports, merged once, covered day by day, added up by currency."""
