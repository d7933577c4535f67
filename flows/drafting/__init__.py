"""A first catalogue from exports: cards, types, keys and links guessed from all their values, written down for a person to confirm."""
