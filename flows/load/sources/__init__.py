"""Every kind of file as sheets of cells: workbooks, delimited text, HTML tables."""
