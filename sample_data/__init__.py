"""Sample exports of one fictional district, with defects planted by rule and a truth table.

Made for the demo, the acceptance test and the figures of the README; nothing of the audit itself lives here.
"""

from pathlib import Path

from sample_data.generator import COMMITTED, DEFAULT_CASES, SampleSettings, generate
from sample_data.matter import Planted
from sample_data.writing.sample_writer import SampleSummary

ORGANISATION = Path(__file__).with_name("organisation.csv")
"""The district's offices and people, in every sample the same."""

__all__ = ["COMMITTED", "DEFAULT_CASES", "ORGANISATION", "Planted", "SampleSettings", "SampleSummary", "generate"]
