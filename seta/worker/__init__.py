"""The program that ingests, analyses and prunes by the clock; one is active at a time."""
