"""For whoever writes rules: templates, the rule book, packs compared, handed over and tried."""
