"""Plots as inline SVG: drawn by the page's own style, so that they follow light, dark and print."""
