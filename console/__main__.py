"""`python -m console` is `cam`."""

from console.main import main

main()
