"""How the tables came to be, one revision after another; what is shipped is never edited."""
