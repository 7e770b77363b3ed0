"""Servers on the loopback interface that stand in for the real ones."""
