"""What people decide about jobs and projects, and what is inferred where nobody does."""
