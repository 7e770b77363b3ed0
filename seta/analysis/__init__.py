"""Which job types are worth running on every push: pure, told all that it needs."""
