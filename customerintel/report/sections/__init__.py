"""The sections of the page, one module each; every module has ``section(material)``."""
