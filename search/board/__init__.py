"""What readers look for and don't find, and how search does: counted without anything about a person, for editors."""
