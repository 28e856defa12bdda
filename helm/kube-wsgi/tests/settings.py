"""Values that together take every branch of the templates: name → values."""

_DIGEST = "sha256:" + "ab" * 32

SETTINGS = {
    "the defaults": {},
    "namespaced": {"watchNamespaces": ["team-a", "team-b"]},
    "without definitions": {"crds": {"enabled": False}},
    "a first gateway": {"gateway": {"create": True, "namespace": "default"}},
    "everything set": {
        "fullnameOverride": "wsgi",
        "replicas": 3,
        "imagePullPolicy": "Always",
        "imagePullSecrets": [{"name": "registry"}],
        "images": {
            "operator": {"repository": "registry.example.com/operator", "digest": _DIGEST},
            "gateway": {"repository": "registry.example.com/gateway", "tag": "1.4"},
            "git": {"repository": "registry.example.com/git", "tag": "1.4", "digest": _DIGEST},
        },
        "resources": {"requests": {"cpu": "1", "memory": "300Mi"}, "limits": {"memory": "500Mi"}},
        "env": [
            {"name": "KUBE_WSGI_JAVA_OPTS", "value": "-Xmx200m"},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "some", "key": "token"}}},
        ],
        "podLabels": {"team": "web"},
        "podAnnotations": {"note": "some"},
        "priorityClassName": "system-cluster-critical",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "infra", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "infra", "operator": "Exists"}]}
                    ]
                }
            }
        },
        "metrics": {
            "serviceMonitor": {"enabled": True, "interval": "30s", "labels": {"release": "prom"}}
        },
        "networkPolicy": {"enabled": False},
        "gateway": {
            "create": True,
            "name": "front",
            "namespace": "default",
            "spec": {
                "replicas": 2,
                "listeners": [
                    {"name": "http", "port": 8080},
                    {"name": "https", "port": 8443, "tls": {"secretName": "www-tls"}},
                ],
                "embedded": {"enabled": True},
                "service": {"type": "LoadBalancer", "annotations": {"example.com/a": "b"}},
            },
        },
    },
}
