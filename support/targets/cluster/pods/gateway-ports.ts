/** Where a gateway that a scenario has deployed answers for the barrier; no Service names it. */
export const barrierPort = 15_998

/** Where Istio's proxies tell their statistics to whoever asks. Source: Istio's bootstrap template, `envoy_bootstrap.json`. */
export const statsPort = 15_090

/** Where the kubelet asks whether they are well. Source: as above. */
export const healthPort = 15_021
