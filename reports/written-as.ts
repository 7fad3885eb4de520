/** How a value of each parameter type is written; of those that editors and people get wrong. */
const examples: Readonly<Record<string, string>> = {
  service: 'reviews or reviews:v2, without quotes',
  request: '"GET /productpage", the method in capitals',
  string: '"text", in quotes',
  duration: '7s or 250ms',
  percent: '50%',
  times: '1 time or 100 times',
  requests: '1 request or 3 requests',
  grpcStatus: 'UNAVAILABLE, the name in capitals',
}

/** What the parameters of sentences stand for, each once: `{percent}: 50%`. */
export function writtenAs(sentences: readonly string[]): readonly string[] {
  const names = sentences.flatMap((sentence) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))
  return [...new Set(names)].flatMap((name) => (Object.hasOwn(examples, name) ? [`{${name}}: ${examples[name]!}`] : []))
}
