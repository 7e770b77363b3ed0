"""What people decide: projects, overrides, renames, classifications."""
