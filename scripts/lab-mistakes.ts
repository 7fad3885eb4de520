/** What scenarios themselves have wrong, all in one run: each of them has to fail, and to call its mistake by its name. */
import { leftIn, runAlone } from './lab-run.ts'
import type { Scenario } from './lab-run.ts'
import { routeToShop, shopBackground } from './lab-shop.ts'
import type { Lab } from './the-lab.ts'

interface Mistake {
  readonly title: string
  readonly steps: string
  readonly says: RegExp
}

export const mistakes: readonly Mistake[] = [
  {
    title: 'an endpoint that is gone',
    steps: `    Given the config:${routeToShop([100, 0])}
    And shop:v1 is scaled to 0 replicas
    When client sends "GET http://shop/"
    Then the request reaches shop:v1
`,
    says: /the answer was 503 with the body "no healthy upstream"[\s\S]*Deployment shop-v1 is scaled to 0 replicas: no pod of it answers/,
  },
  {
    title: 'a route in the wrong namespace',
    steps: `    Given the services:
      | service | namespace |
      | other   | elsewhere |
    And the config:${routeToShop([100, 0], 'elsewhere')}
    When client sends "GET http://shop/" 40 times
    Then all requests reach shop:v1
`,
    says: /reached shop:v2 instead[\s\S]*VirtualService elsewhere\/shop is for shop\.elsewhere, which is no service; shop is in default: is it in the wrong namespace\?/,
  },
  {
    title: 'a pod without a sidecar',
    steps: `    Given the services:
      | service | sidecar |
      | bare    | no      |
    And the config:${routeToShop([0, 100])}
    When bare sends "GET http://shop/" 40 times
    Then all requests reach shop:v2
`,
    says: /reached shop:v1 instead[\s\S]*pod bare-\S+ has no sidecar: no rule of the mesh acts on what it sends/,
  },
  {
    title: 'config that the webhook refuses',
    steps: `    Given the config:${routeToShop([-5, 105])}
    When client sends "GET http://shop/"
    Then the response status is 200
`,
    says: /weight -5 < 0/,
  },
]

/** @returns of each mistake what is wrong; `null` where the run has found it and called it by its name */
export async function tryMistakes(lab: Lab, chosen: readonly Mistake[]): Promise<readonly (string | null)[]> {
  const { scenarios, said } = await runAlone(lab, featureOf(chosen))
  if (scenarios === null) return chosen.map(() => `the run has written no report: ${said}`)
  const left = leftIn(lab)
  const before = scenarios.find(({ name }) => name === 'before')
  const first = before?.verdict === 'passed' ? left : `without a mistake: ${before?.verdict} ${before?.reasons.join(' ')}`
  return chosen.map((mistake) => first ?? problemOf(mistake, scenarios))
}

/** The first scenario brings everything up. */
function featureOf(chosen: readonly Mistake[]): string {
  const before = `
  Scenario: before
    When client sends "GET http://shop/"
    Then the response status is 200
`
  return `Feature: Mistakes\n${shopBackground}${before}${chosen.map(({ title, steps }) => `\n  Scenario: ${title}\n${steps}`).join('')}`
}

/** @returns `null` where a scenario has failed for its mistake */
export function problemOf({ title, says }: Mistake, scenarios: readonly Scenario[]): string | null {
  const own = scenarios.find(({ name }) => name === title)
  const reasons = own?.reasons.join('\n') ?? ''
  return own?.verdict === 'failed' && says.test(reasons) ? null : `it was "${own?.verdict}": ${reasons}`
}
