"""``python -m mediapark``."""

from mediapark.cli import main

if __name__ == "__main__":
    main()
