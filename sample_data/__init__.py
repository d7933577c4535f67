"""Sample exports of one fictional district, with defects planted by rule and a truth table.

Made for the demo, the acceptance test and the figures of the README; nothing of the audit itself lives here.
"""

from sample_data.generator import COMMITTED, DEFAULT_CASES, SampleSettings, generate
from sample_data.matter import Planted
from sample_data.writing.sample_writer import SampleSummary

__all__ = ["COMMITTED", "DEFAULT_CASES", "Planted", "SampleSettings", "SampleSummary", "generate"]
