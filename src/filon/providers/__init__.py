"""Who hosts models: manifests of facts, named quirks, prices and abilities.

The only package that may know a provider by its name.
"""
