"""The ledger of pushes."""
