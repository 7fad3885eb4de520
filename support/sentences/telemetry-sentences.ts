interface Step {
  readonly type?: string
  readonly text: string
}

/** What of a scenario is about telemetry, for who is to run it. */
export function telemetryAsked(steps: readonly Step[]): { readonly asksTelemetry: boolean; readonly asksTelemetryFirst: boolean } {
  const first = steps.find(({ type }) => type === 'Outcome')
  return {
    asksTelemetry: steps.some(({ text }) => isAboutTelemetry(text)),
    asksTelemetryFirst: first !== undefined && isAboutTelemetry(first.text),
  }
}

/** Is a sentence about metrics, traces or the service graph? A live mesh has to be watched from before the first request on to judge it. */
export function isAboutTelemetry(text: string): boolean {
  return /^(?:the metric \S+ is |the query "|a trace shows:|the service graph has )/.test(text)
}
