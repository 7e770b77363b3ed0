"""Programs that ask SETA what to run, and run everything when it cannot say.

This folder imports nothing else of SETA, so that it can be copied alone. ``http`` needs
``requests``; ``taskgraph`` and ``buildbot`` need the program that they plug into.
"""
