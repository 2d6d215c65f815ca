"""What stands below comparisons: who is compared, how it is resampled, words, coders, chance, and how it is told."""
