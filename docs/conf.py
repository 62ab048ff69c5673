"""Sphinx configuration: every page is executed, every warning is an error."""

from __future__ import annotations

from customerintel._version import __version__

project = "customerintel"
author = "The customerintel authors"
copyright = "The customerintel authors"  # noqa: A001 - Sphinx names it so
version = release = __version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]

# Pages run at every build: a page that shows what the code no longer does cannot be built.
nb_execution_mode = "force"
# A failed cell is a warning that shows the cell, and `-W` makes it an error; raising at once
# would name the page alone.
nb_execution_raise_on_error = False
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# The docstrings state shapes, dtypes and units in words, which says more than the annotation.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# `name` in a docstring links where it can and is code where it cannot.
default_role = "py:obj"
# No inventory is fetched, so that the docs can be built without a network.
nitpick_ignore_regex = [
    (r"py:obj", r".*"),
    (r"py:.*", r"(argparse|datetime|numpy|pandas|pathlib|polars|pyarrow|pydantic|scipy)(\..*)?"),
    (r"py:.*", r"(int|str|float|bool|dict|list|tuple|optional|ValueError|ImportError|Exception)"),
]

html_theme = "furo"
html_title = f"customerintel {version}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
