"""Tools for authors of rules: new rules and packs, pictures of a program, one way to write a file."""
