"""Data Docs that open offline: where they are written, and without what Great Expectations would load from elsewhere."""

import logging
import re
from pathlib import Path

import great_expectations as gx
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)

SITE = "anka"

_REMOTE = (
    (re.compile(r"<(script|footer)\b[^>]*>.*?</\1>", re.IGNORECASE | re.DOTALL), ""),
    (re.compile(r"<link[^>]+href=[\"'](?:https?:)?//[^>]*>", re.IGNORECASE), ""),
    (re.compile(r"url\(\s*[\"']?(?:https?:)?//[^)]*\)", re.IGNORECASE), "none"),
    (re.compile(r"@import[^;]*;", re.IGNORECASE), ""),
    (re.compile(r"\b(href|src)=([\"'])(?:https?:)?//[^\"']*\2", re.IGNORECASE), r"\1=\2#\2"),
)
"""What would be loaded or opened from elsewhere, and what to put in its place; the pages read well without scripts."""

_STYLE = """<style>
body { font-family: system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 2rem; line-height: 1.5; }
table { border-collapse: collapse; margin: 1rem 0; } td, th { border: 1px solid #ccc; padding: .3rem .6rem; vertical-align: top; }
.collapse { display: block; } .modal, nav .btn, .ge-index-page-site-name-title img { display: none; }
</style></head>"""


def context_with_site(docs: Path) -> AbstractDataContext:
    """A quiet context that writes its Data Docs below `docs`."""
    context = quiet_context()
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        site_name=SITE,
        site_config={
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    return context


def keep(
    context: AbstractDataContext,
    suite: gx.ExpectationSuite,
    result: ExpectationSuiteValidationResult,
    run: RunIdentifier,
) -> None:
    """Stores a suite and its result as parts of one run, from which the pages are built."""
    context.suites.add(suite)
    result.meta |= {"run_id": run, "validation_time": run.run_time}
    key = ValidationResultIdentifier(ExpectationSuiteIdentifier(suite.name), run, result.batch_id)
    context.validation_results_store.store_validation_results(result, key)


def quiet_context() -> AbstractDataContext:
    """A context that says nothing of its own accord; it lives as long as the run."""
    for name in (
        "great_expectations",
        "great_expectations.data_context.types.base",
    ):  # the latter sets a level of its own
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def make_offline(docs: Path) -> None:
    """Strips every page below `docs` of scripts and of all that points to other hosts, and gives it a plain style."""
    for page in (*docs.rglob("*.html"), *docs.rglob("*.css")):
        text = page.read_text(encoding="utf-8")
        for remote, local in _REMOTE:
            text = remote.sub(local, text)
        page.write_text(text.replace("</head>", _STYLE, 1), encoding="utf-8")
