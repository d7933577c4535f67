"""What YAML may say of cards, dictionaries, rules and packs, and reading it; `bundled` is the catalogue that comes with Anka."""
