"""Correlations and labels to a model; model and correlations to a verdict."""
