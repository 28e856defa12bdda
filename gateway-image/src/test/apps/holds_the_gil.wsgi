"""Calls into C without letting any other Python thread run, for ever: as a broken extension does."""

import ctypes


def hold_the_gil():
    ctypes.PyDLL(None).pause()


def application(environ, start_response):
    hold_the_gil()
