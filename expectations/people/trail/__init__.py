"""Whether the access log is as it was written, and sealed archives of its earlier parts."""
