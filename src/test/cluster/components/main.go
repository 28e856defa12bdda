// Command components is the parts of Kubernetes that the tests need, in one file: it runs the part
// that it is called as (a link named kube-apiserver, …) or that its first argument names. One file
// is built once and holds what the parts share only once.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	part, arguments := filepath.Base(os.Args[0]), os.Args[1:]
	if part == "components" && len(arguments) > 0 {
		part, arguments = arguments[0], arguments[1:]
	}
	os.Args = append([]string{part}, arguments...)
	// etcd before cobra sees its flags: they may have a single dash.
	if part == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	os.Exit(cli.Run(command(part)))
}

func command(part string) *cobra.Command {
	switch part {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return controllermanager.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand(context.Background())
	case "kube-proxy":
		return proxy.NewProxyCommand()
	case "kubectl":
		return kubectl.NewDefaultKubectlCommand()
	}
	fmt.Fprintf(os.Stderr, "components: no part is called %q: kube-apiserver, kube-controller-manager,"+
		" kube-scheduler, kubelet, kube-proxy, kubectl and etcd are\n", part)
	os.Exit(2)
	return nil
}
