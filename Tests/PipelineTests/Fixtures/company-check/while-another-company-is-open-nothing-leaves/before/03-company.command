pull company
