"""What people say: projects, overrides, renames, classifications."""
