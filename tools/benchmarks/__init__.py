"""Long measurements, run by hand; each writes a table into results/."""
