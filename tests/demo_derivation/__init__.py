"""How the demo's files were made from the recorded rows; not needed to run SETA.

``python -m demo_derivation --help`` says how to make them again.
"""
