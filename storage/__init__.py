"""What keeps things: database, workbook, files, cache on disk. The only room that knows SQL and spreadsheets."""
