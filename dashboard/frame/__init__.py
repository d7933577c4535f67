"""What every page stands in: the view, tables, marks, charts, pager, empty states."""
