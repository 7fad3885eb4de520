/** Counts the results of productpage's calls, one for each call whatever the number of its tries. Exposed at `/metrics`. */
export class RequestResults {
  readonly #counts = new Map<string, Map<number, number>>()

  count(app: string, status: number): void {
    const ofApp = this.#counts.get(app) ?? new Map<number, number>()
    this.#counts.set(app, ofApp.set(status, (ofApp.get(status) ?? 0) + 1))
  }

  /** In Prometheus' text format. */
  toText(): string {
    const lines = ['# HELP request_result_total Results of requests', '# TYPE request_result_total counter']
    for (const [app, ofApp] of this.#counts)
      for (const [status, count] of ofApp) lines.push(`request_result_total{destination_app="${app}",response_code="${status}"} ${count.toFixed(1)}`)
    return `${lines.join('\n')}\n`
  }
}
