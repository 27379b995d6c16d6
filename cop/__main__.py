"""`python -m cop`."""

from cop.cli import app

if __name__ == "__main__":
    app(prog_name="python -m cop")
