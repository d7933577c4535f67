"""The dashboard under load: many people at once over a register of many findings, every page change timed on a real WebSocket."""
