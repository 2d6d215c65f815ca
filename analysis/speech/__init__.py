"""What stands below quotations and figures: sentences, marks, attribution, people, quantities."""
