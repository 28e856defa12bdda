"""What a command says when it cannot do what it was asked for."""


class Failure(Exception):
    """An error for the user: its text has a code of docs/errors.md and says what to do."""

    exit_code = 1


class Missing(Failure):
    """This machine lacks a program that is needed."""

    exit_code = 3
