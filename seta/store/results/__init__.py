"""What sources report: pushes, job names, results, job lists and their rollup."""
