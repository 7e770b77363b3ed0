"""From sources into the store; what is left out is counted.

Importing it does nothing.
"""
