"""What a correct case card is, and which cards are not: catalogue, compilation to SQL, judging, findings.

The core of Anka. It knows neither Prefect nor Streamlit. Each name is imported from the room it stands in; nothing is gathered
here, so that a command pays for the rooms it uses and no others.
"""
