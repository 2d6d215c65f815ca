"""What stands below text: what a word is, and how words are counted."""
