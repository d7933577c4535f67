"""From rows to export files, in the untidy shapes of real ones."""
