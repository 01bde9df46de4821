undo requisitions/1280646 --void
