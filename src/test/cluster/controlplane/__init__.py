"""A Kubernetes control plane without nodes, as processes of this machine, for the tests.

`plane` starts and ends it; `parts` says how each part is called, `processes` runs them, `trust`
makes certificates, tokens and kubeconfigs, `api` asks the API server, and `place` is the directory
that holds all of it. Needs Python 3.9, openssl, and what ../build builds.
"""
