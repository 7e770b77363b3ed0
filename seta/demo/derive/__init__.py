"""How the demo's files were made from the recorded rows; not needed to run SETA.

``python -m seta.demo.derive --help`` says how to make them again.
"""
