"""What people say of jobs and projects, and what is inferred where nobody does."""
