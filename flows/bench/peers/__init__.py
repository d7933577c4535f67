"""Seventeen plain rules on one flat table, judged by hand-written SQL, by Anka and by other libraries, each in a process of its own."""
