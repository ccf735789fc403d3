"""The levels a timer can prove, one a file: `prove(shelf, shelved, exits)` returns the proof."""
