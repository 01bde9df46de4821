approve --all
