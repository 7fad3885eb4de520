import type { Sentence } from './vocabulary.ts'

/** `docs/steps.md`: a heading for each subject, an entry for each sentence. */
export function vocabularyMarkdown(sentences: readonly Sentence[]): string {
  const subjects = [...new Set(sentences.map(({ subject }) => subject))]
  return [
    '# Sentences',
    '',
    'Every sentence that a scenario may use, by subject. This page is generated: `npm run docs:steps`.',
    'On the command line: `npx meshspec steps`, or `npx meshspec steps split` for the sentences about splits.',
    '',
    ...parameterTypes,
    ...subjects.flatMap((subject) =>
      section(
        subject,
        sentences.filter((sentence) => sentence.subject === subject),
      ),
    ),
  ].join('\n')
}

function section(subject: string, sentences: readonly Sentence[]): string[] {
  return [`## ${subject[0]!.toUpperCase()}${subject.slice(1)}`, '', ...sentences.flatMap(entry)]
}

function entry({ keyword, expression, example }: Sentence): string[] {
  return [`### ${keyword} ${expression}`, '', ...(example === null ? [] : ['```gherkin', ...example.split('\n'), '```', ''])]
}

const parameterTypes = [
  '| type | examples | meaning |',
  '|---|---|---|',
  '| `{service}` | `reviews`, `reviews:v2`, `reviews.prod`, `reviews.prod:v2` | a service, and perhaps one version of it; written bare, without quotes |',
  '| `{duration}` | `7s`, `250ms`, `2m`, `1h` | a length of time |',
  '| `{percent}` | `50%`, `0.1%` | a share |',
  '| `{times}` | `1 time`, `100 times` | how often |',
  '| `{requests}` | `1 request`, `100 requests` | how many |',
  '| `{request}` | `"GET /productpage"`, `"GET http://httpbin.example.com/status/200"` | method and path or URL, in quotes |',
  '| `{string}` | `"jason"` | text, in quotes |',
  '',
]
