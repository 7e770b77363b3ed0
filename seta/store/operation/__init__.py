"""What the service did: runs, alarms, audit, watermarks."""
