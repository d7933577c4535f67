"""Tables of other trades with seeded defects, and what each rule of their catalogues finds in them, in SQL by hand.

The SQL reads the same files as plain text and shares nothing with the product. `n` is the row of the file, counted from 1 below the
headings; of a rule with a level of its own it is the first of the rows that are one finding.
"""
