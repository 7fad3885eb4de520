/** Is a sentence about metrics, traces or the service graph? A live mesh has to be watched from before the first request on to judge it. */
export function isAboutTelemetry(text: string): boolean {
  return /^(?:the metric \S+ is |the query "|a trace shows:|the service graph has )/.test(text)
}
