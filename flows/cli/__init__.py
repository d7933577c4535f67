"""The command line `anka`: a module for each group of commands."""
