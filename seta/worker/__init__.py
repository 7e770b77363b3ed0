"""The program that ingests, analyzes and prunes on a schedule; one is active at a time."""
