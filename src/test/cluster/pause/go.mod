module kubewsgi.dev/cluster/pause

go 1.21
