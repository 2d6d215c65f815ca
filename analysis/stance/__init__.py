"""What stands below sentiment: words with a direction, the clause of a target, a trained route."""
