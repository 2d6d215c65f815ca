"""Frames beyond counting indicators: hand codes, trained coders, scales, validity."""
