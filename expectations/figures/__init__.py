"""Figures of the register: of every run, of departments, of offices side by side. Nothing is decided or changed here."""
