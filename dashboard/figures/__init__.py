"""Figures: overview, departments, trends, comparison."""
