"""Exports of every shape, made from one small table whose values are known: what a file may look like, and what must arrive."""
