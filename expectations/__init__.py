"""What a correct case card is, and which cards are not: catalogue, compilation to SQL, judging, findings.

The core of Anka. It knows neither Prefect nor Streamlit.
"""

from expectations.catalogue.cards import Card, Field
from expectations.catalogue.catalogues import Catalogue, bundled_folder, load_catalogue
from expectations.catalogue.dictionaries import Dictionary, DictionaryValue
from expectations.errors import AnkaError, CatalogueError, InputError, NotReconciledError

__all__ = [
    "AnkaError",
    "Card",
    "Catalogue",
    "CatalogueError",
    "Dictionary",
    "DictionaryValue",
    "Field",
    "InputError",
    "NotReconciledError",
    "bundled_folder",
    "load_catalogue",
]
