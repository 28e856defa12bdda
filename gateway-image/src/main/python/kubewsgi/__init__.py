"""The Python half of kube-wsgi: one WSGI core for both modes, and the daemon mode's processes.

The core (`wsgi`, `loading`, `grammar`, `errors`) touches no signal, socket or process, so it runs
unchanged in a sub-interpreter inside the gateway and in a worker process of a daemon group.
"""
