"""The child process of `workbooks`: one workbook in, one parquet file per visible sheet out, every cell as text.

Imports nothing of the project outside this folder, and only relatively: it starts in a third of a second and small,
as a package of its own name, so that its limits are the parser's. It may be killed at any time.
"""
