"""The floor of every command line: a bare Typer hello-world."""

import typer


def hello(name: str = "world") -> None:
    """Say hello."""
    print(f"hello {name}")


if __name__ == "__main__":
    typer.run(hello)
