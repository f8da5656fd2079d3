"""Which words of a package an eye can read: their colour, what lies behind them, and their size, by the rules of each format."""
