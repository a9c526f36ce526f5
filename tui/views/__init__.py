"""View-models: frozen values computed from a program, its records and desk facts, and their lines. No Textual here."""
