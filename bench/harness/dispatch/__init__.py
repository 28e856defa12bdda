"""Whether dispatch is exact: one trace of requests, as it went and as a central queue would do it.

`cli` is the order of a run; `trace` makes what is sent, `load` sends it, `servers` and `cluster`
start who answers; `ideal` computes the central queue, `exactness` and `overload` compare, and
`report` makes the page.
"""
