module kubewsgi.dev/cluster/visitor

go 1.21
