"""What an operator and a gateway cost and how soon they follow, against a real API server.

`cli` is the order of a run; `plane` starts the API server and our programs, `api` talks to the
former, `objects` makes what is applied; `operator_figures` and `gateway_figures` measure.
"""
