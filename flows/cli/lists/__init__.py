"""Lists of the present run, on the terminal or as csv, JSON and workbook."""
