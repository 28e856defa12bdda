"""A Kubernetes cluster with nodes on one machine, without Docker, for the tests.

A node is a set of namespaces, with programs in them as a machine of its own would have: containerd,
kubelet and kube-proxy. The control plane is that of the package `controlplane`, beside them.

`cluster` starts and ends it; `namespaces` makes what a node lives in, `network` connects nodes and
this machine, `programs` says how a node's programs are called, `cgroups` is where its pods' cgroups
are, `images` makes images of single programs, `addons` has what runs as pods, `requirements` is
what the machine has to have, `remains` looks for what is left, and `place` is the directory.
"""
