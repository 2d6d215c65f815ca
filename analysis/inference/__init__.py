"""What stands below comparisons: resampling, and words tested on whole articles."""
