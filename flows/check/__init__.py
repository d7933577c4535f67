"""The check before handing in: exports judged in a folder that is deleted, and marked."""
