"""A Kubernetes control plane without nodes, as processes of this machine, for the tests.

`plane` starts and ends it; `parts` says how each part is called, `processes` runs them, `trust`
makes certificates, tokens and kubeconfigs, `api` asks the API server, `place` is the directory
that holds all of it, `commands` is its command line, and `lifetime` what that has in common with
the one of a cluster with nodes. Needs Python 3.9, openssl, and what ../build builds.
"""
