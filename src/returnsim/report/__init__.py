"""How we tell it: one document, several printers."""
