"""What stands below the corpus: reading files, dates, cleaning pages, finding the same story twice."""
