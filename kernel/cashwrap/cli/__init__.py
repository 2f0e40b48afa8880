"""The command line, one file for each command.

A command's module has ``ABOUT`` (what it does), ``NEXT`` (an example and what to do after it),
``configure`` (its arguments) and ``run``. It imports what it needs inside ``run``, so that
``cashwrap --help`` is quick.
"""
