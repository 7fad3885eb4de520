import type { Command } from 'commander'

/** How a live mesh's cluster is reached, and what may be done there. */
export function clusterOptions(command: Command): Command {
  return command
    .optionsGroup('Options of --target cluster:')
    .option('--kubeconfig <file>', "the cluster's API; default: $KUBECONFIG, ~/.kube/config, the service account of this pod")
    .option('--context <name>', 'of the kubeconfig; default: its current one')
    .option('--namespaces <names>', 'use these namespaces as they are, the first one for "default"; default: make some for the run')
    .option('--deploy', 'put the services into the cluster that scenarios ask for (Bookinfo, echo)')
    .option('--pod-image <image>', 'image of the pods that are put there')
    .option('--revision <name>', "revision of Istio's control plane")
    .option('--allow-production', 'use a context that looks like production')
    .option('--mesh-config', 'change the config of the whole mesh where a scenario gives one, and put it back')
    .option('--rate <number>', 'send at most so many requests in a second')
    .option('--prometheus <url>', 'which Prometheus counts the requests; default: the one beside the control plane')
    .option('--jaeger <url>', 'which Jaeger keeps the traces; default: the one beside the control plane')
    .option('--tempo <url>', 'which Tempo keeps the traces; default: the one beside the control plane')
    .option('--insecure', 'do not verify certificates of gateways')
    .option('--show-secrets', 'leave values of headers, cookies and tokens in the reports')
    .optionsGroup('Options:')
}
