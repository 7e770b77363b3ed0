"""Sphinx: MyST pages, no network."""

project = "SETA"
author = "The SETA contributors"
copyright = "The SETA contributors, MPL-2.0"
extensions = ["myst_parser", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath"]
html_theme = "furo"
html_title = "SETA"
myst_heading_anchors = 3
exclude_patterns = ["_build", "requirements.txt"]
