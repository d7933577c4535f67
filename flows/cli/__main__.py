"""`python -m flows.cli` is `anka`."""

from flows.cli.start import main

if __name__ == "__main__":
    main()
