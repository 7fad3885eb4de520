import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'meshspec-run-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The built command (npm run build), as a person starts it. */
function meshspec(args: readonly string[], cwd = folder): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, 'dist', 'cli', 'main.js'), ...args], { cwd, encoding: 'utf8' })
  expect(stdout + stderr).not.toMatch(/^\s+at .*\(?(node:|file:).*:\d+:\d+\)?$/m)
  return { status, stdout, stderr }
}

function feature(name: string, ...steps: readonly string[]): string {
  writeFileSync(join(folder, name), `Feature: F\n  Scenario: S\n${steps.map((step) => `    ${step}\n`).join('')}`)
  return name
}

/** One that holds, and says something before it. */
function described(name: string, ...lines: readonly string[]): string {
  const scenario = readFileSync(join(folder, holds), 'utf8').replace('Feature: F\n', '')
  writeFileSync(join(folder, name), `Feature: F\n\n${lines.map((line) => `  ${line}\n`).join('')}\n${scenario}`)
  return name
}

const services = ['Given the services:', '  | service | versions |', '  | a | v1 |', '  | b | v1, v2 |']
const holds = feature('holds.feature', ...services, 'When a sends "GET http://b/"', 'Then the request reaches b')
const fails = feature('fails.feature', ...services, 'When a sends "GET http://b/"', 'Then the response status is 418')
const typo = feature('typo.feature', ...services, 'When a sends "GET http://b/"', 'Then the requst reaches b')
const syntax = feature('syntax.feature', 'Given x', '  | a | b |', '  | c |')
const config = 'cucumber.of-the-project.mjs'
writeFileSync(join(folder, config), 'export default {}\n')
const empty = feature('empty.feature')
const swallowed = feature('swallowed.feature', 'Gven b answers 503', ...services, 'When a sends "GET http://b/"', 'Then the response status is 200')
const german = 'german.feature'
writeFileSync(
  join(folder, german),
  ['# language: de', 'Funktion: F', '  Szenario: S', '    Angenomen b answers 503', '    Wenn 1s pass', ''].join('\n'),
)
const untitled = described('untitled.feature', 'Scenaro: none', '  When a sends "GET http://b/"', '  Then the response status is 418')
const prose = described('prose.feature', 'When in doubt, b answers 503.', 'Given enough time, a sends "GET http://b/", and b answers.')

const returns = 'returns.feature'
writeFileSync(join(folder, returns), readFileSync(join(folder, fails), 'utf8').replaceAll('\n', '\r'))

/** An outline, and beside it a scenario that holds. */
function outlined(name: string, ...examples: readonly string[]): string {
  const steps = [...services, 'When a sends "GET http://b/<path>"', 'Then the request reaches b']
  const outline = ['@outlined', 'Scenario Outline: O', ...steps.map((step) => `  ${step}`), ...examples]
  return described(name, ...outline)
}
const rowless = outlined('rowless.feature', 'Examples:', '  | path |')
const tableless = outlined('tableless.feature', 'Examples:', '  | path |', '  | x |', 'Examples: more')
const unexampled = outlined('unexampled.feature')

test('what every run takes comes before what clusters take', () => {
  const { stdout } = meshspec(['run', '--help'])
  const order = ['Options:', '--target <targets>', '--fail-fast', 'Options of --target cluster:', '--kubeconfig <file>']
  expect(order.map((one) => stdout.indexOf(one))).toEqual(order.map((one) => stdout.indexOf(one)).toSorted((a, b) => a - b))
  expect(order.filter((one) => !stdout.includes(one))).toEqual([])
})

test('reports tell of a feature that cannot be read', () => {
  const { status } = meshspec(['run', syntax, ...['json', 'junit', 'html'].flatMap((name) => ['--format', `${name}:unread/report.${name}`])])
  const report = (name: string): string => readFileSync(join(folder, 'unread', `report.${name}`), 'utf8')
  expect(status).toBe(2)
  expect(JSON.parse(report('json'))).toMatchObject({ scenarios: [], parseErrors: [{ uri: syntax }] })
  expect(report('junit')).toContain('inconsistent cell count')
  expect(report('html')).toContain('inconsistent cell count')
})

describe('exit codes', () => {
  const cases: { name: string; args: string[]; status: number; says: string }[] = [
    { name: 'held', args: [holds], status: 0, says: '1 scenario: 1 passed' },
    { name: 'a scenario failed', args: [fails], status: 1, says: '418' },
    {
      name: 'a typo in a sentence',
      args: [typo],
      status: 2,
      says: 'did you mean: the request reaches {service}\n          {service}: reviews or reviews:v2, without quotes',
    },
    { name: 'a feature that is no Gherkin', args: [syntax], status: 2, says: 'syntax.feature' },
    { name: 'a scenario without steps', args: [empty], status: 2, says: 'the scenario has no steps' },
    {
      name: 'a step that is taken for a description',
      args: [swallowed],
      status: 2,
      says: 'Gven b answers 503\n      line 3 is read as a description',
    },
    { name: 'one in German', args: [german], status: 2, says: 'Angenommen, Wenn, Dann, Und, Aber or *, under Szenario:' },
    { name: 'a scenario that is', args: [untitled], status: 2, says: 'line 4 is read as a description' },
    { name: 'a description that is one', args: [prose], status: 0, says: '1 scenario: 1 passed' },
    { name: 'examples without rows', args: [rowless], status: 2, says: 'rowless.feature:11:3 NO_EXAMPLES' },
    { name: 'examples without a table, beside others', args: [tableless], status: 2, says: '3 scenarios: 2 passed, 1 invalid' },
    { name: 'an outline without examples', args: [unexampled], status: 2, says: 'unexampled.feature:4:3 NO_EXAMPLES' },
    { name: 'examples without rows that --tags leave out', args: [rowless, '--tags', 'not @outlined'], status: 0, says: '1 scenario: 1 passed' },
    { name: 'examples without rows alone', args: [`${rowless}:4`], status: 2, says: '1 scenario: 1 invalid' },
    { name: 'examples without rows in the first shard', args: [rowless, '--shard', '0/2'], status: 2, says: '2 scenarios: 1 passed, 1 invalid' },
    { name: 'examples without rows in another shard', args: [rowless, '--shard', '1/2'], status: 0, says: 'nothing was run' },
    { name: 'lines that end in carriage returns', args: [holds, returns], status: 2, says: 'returns.feature:1:11 LINE_END' },
    { name: 'no such file', args: ['nowhere.feature'], status: 2, says: 'FILE_NOT_FOUND' },
    {
      name: 'no such folder of config',
      args: [holds, '--config', 'nowhere'],
      status: 2,
      says: 'FILE_NOT_FOUND there is no folder "nowhere" of config',
    },
    { name: 'an option that is wrong', args: [holds, '--gateway', 'nonsense'], status: 2, says: '--gateway is "nonsense"' },
    { name: 'another one', args: [holds, '--assume-config', '--rate', 'fast'], status: 2, says: '--rate is "fast"' },
    { name: 'no such target', args: [holds, '--target', 'moon'], status: 2, says: 'UNKNOWN_TARGET' },
    { name: 'no such module', args: [holds, '--target', './moon.ts'], status: 2, says: 'UNKNOWN_TARGET' },
    { name: 'no scenario fits', args: [holds, '--tags', '@none'], status: 2, says: 'no scenario fits --tags "@none"' },
    {
      name: 'a bad tag expression',
      args: [holds, '--tags', '@a and and'],
      status: 2,
      says: 'INVALID_SETTING the tag expression "@a and and" could not be parsed',
    },
    { name: 'a bad name', args: [holds, '--name', 'x('], status: 2, says: 'INVALID_SETTING --name is no regular expression' },
    { name: 'no such format', args: [holds, '--format', 'pdf'], status: 2, says: 'INVALID_SETTING there is no format "pdf"' },
    {
      name: 'no such profile',
      args: [holds, '--profile', 'night'],
      status: 2,
      says: 'there is no cucumber config here that could have the profile "night"',
    },
    {
      name: 'a profile that the config has not',
      args: [holds, '--cucumber-config', config, '--profile', 'night'],
      status: 2,
      says: 'has no profile "night"',
    },
    { name: 'a line without a scenario', args: [`${holds}:999`], status: 2, says: `no scenario begins at ${holds}:999` },
    { name: 'the same beside others', args: [fails, `${holds}:999`], status: 2, says: `nothing of ${holds}:999 was run` },
    { name: 'sentences that are read', args: [holds, fails, '--dry-run'], status: 0, says: '2 scenarios: each sentence is one of the vocabulary' },
    { name: 'one that is not', args: [holds, typo, '--dry-run'], status: 2, says: 'did you mean: the request reaches {service}' },
    { name: 'a bad seed', args: [holds, '--seed', 'x'], status: 2, says: '--seed is "x"' },
    { name: 'a seed that no number holds', args: [holds, '--seed', '9'.repeat(20)], status: 2, says: 'of at most 15 digits' },
    { name: 'no such cucumber config', args: [holds, '--cucumber-config', 'no.mjs'], status: 2, says: 'FILE_NOT_FOUND there is no cucumber config' },
    { name: 'a bad option', args: [holds, '--sede', '1'], status: 2, says: '--seed' },
    { name: 'a bad setting', args: [holds, '--gateway', 'foo'], status: 2, says: 'INVALID_SETTING' },
  ]
  for (const { name, args, status, says } of cases)
    test(name, () => {
      const seen = meshspec(['run', ...args])
      expect(seen.stdout + seen.stderr).toContain(says)
      expect(seen.status).toBe(status)
    })
})

test('a regular expression that is wrong in steps of the project is no wrong option', () => {
  writeFileSync(join(folder, 'steps.mjs'), 'new RegExp("x(")\n')
  writeFileSync(join(folder, 'cucumber.steps.mjs'), 'export default { import: ["steps.mjs"] }\n')
  const { status, stderr } = meshspec(['run', holds, '--cucumber-config', 'cucumber.steps.mjs'])
  expect(stderr).toContain('Invalid regular expression: /x(/')
  expect(stderr).not.toContain('--name')
  expect(status).not.toBe(0)
})

test('the same seed gives the same messages, byte for byte', () => {
  const bytes = (file: string): string => {
    expect(meshspec(['run', fails, '--seed', '5', '--format', `messages:${file}`]).status).toBe(1)
    return readFileSync(join(folder, file), 'utf8')
  }
  expect(bytes('one.ndjson')).toBe(bytes('two.ndjson'))
})

test("a user's own target runs, and what it cannot show is not supported", () => {
  const seen = meshspec(
    ['run', 'docs/example-target.feature', '--target', './docs/example-target.ts', '--format', `json:${join(folder, 'own.json')}`],
    packageRoot,
  )
  expect(seen.stdout).toContain('2 scenarios: 1 passed, 1 not supported')
  expect(seen.stdout).toContain('the example has one service, and it is there')
  expect(seen.status).toBe(0)
})

describe('validate', () => {
  test('shows the lines of an error', () => {
    const rule =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec:\n  hosts: [b]\n  http:\n  - timeout: fast\n    route: [{destination: {host: b}}]\n'
    writeFileSync(join(folder, 'bad.yaml'), rule)
    const { status, stdout } = meshspec(['validate', 'bad.yaml'])
    expect(status).toBe(1)
    expect(stdout).toContain('bad.yaml:7:5 INVALID_DURATION')
    expect(stdout).toContain('  7 |   - timeout: fast\n    |     ^')
  })
  test('shows control characters, and does not send them to the terminal', () => {
    writeFileSync(join(folder, 'red.yaml'), 'apiVersion: networking.istio.io/v1\nkind: "A\\e[31m"\nmetadata: {name: x}\n')
    const { stdout } = meshspec(['validate', 'red.yaml'])
    expect(stdout).toContain('UNKNOWN_KIND A\\u001b[31m default/x')
    expect(stdout).not.toContain('\u001b')
  })
  test('is not content with nothing', () => {
    writeFileSync(join(folder, 'nothing.yaml'), '# nothing\n')
    const { status, stderr } = meshspec(['validate', 'nothing.yaml'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('NOT_A_RESOURCE there is no Kubernetes object in nothing.yaml')])
  })
  test('refuses what an older Istio does not have, and a version that nobody knows', () => {
    const extension = 'apiVersion: extensions.istio.io/v1alpha1\nkind: TrafficExtension\nmetadata: {name: a}\nspec: {lua: {inlineCode: x}}\n'
    writeFileSync(join(folder, 'extension.yaml'), extension)
    expect(meshspec(['validate', 'extension.yaml']).status).toBe(0)
    const old = meshspec(['validate', 'extension.yaml', '--istio-version', '1.29.4'])
    expect(old.status).toBe(1)
    expect(old.stdout).toContain('extension.yaml:2:1 UNKNOWN_FIELD')
    const unknown = meshspec(['validate', 'extension.yaml', '--istio-version', '1.2'])
    expect(unknown.status).toBe(2)
    expect(unknown.stderr).toContain('INVALID_SETTING')
  })
  test('names what refers to nothing, once every resource is right in itself', () => {
    const rule = (hosts: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n---\n` +
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: ${hosts}, http: [{route: [{destination: {host: c}}]}]}\n`
    writeFileSync(join(folder, 'refers.yaml'), rule('[b]'))
    writeFileSync(join(folder, 'wrong.yaml'), rule('b'))
    expect(meshspec(['validate', 'refers.yaml']).stdout).toContain('refers.yaml:9:51 IST0101')
    const { status, stdout } = meshspec(['validate', 'wrong.yaml'])
    expect(status).toBe(1)
    expect(stdout).toMatch(/SCHEMA_TYPE[^]*\n1 error\n$/)
  })
  test('shows what comes of a percentage of Istio 1.0, and counts as failed in JUnit what fails', () => {
    const rule = (abort: string): string =>
      `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{fault: {abort: ${abort}}, route: [{destination: {host: b}}]}]}\n`
    writeFileSync(join(folder, 'percent.yaml'), rule('{httpStatus: 503, percent: 50}'))
    const { status, stdout } = meshspec(['validate', 'percent.yaml'])
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /UNKNOWN_FIELD .*percent[^]*  proof: GET http:\/\/b\/ → 200 after 0 ms, without the fault, where the field is dropped\n  hint: Istio 1.0/,
    )
    writeFileSync(join(folder, 'none.yaml'), rule('{httpStatus: 503}'))
    const junit = meshspec(['validate', 'none.yaml', '--format', 'junit'])
    expect(junit.stdout).toMatch(/tests="1" failures="0"[^]*<system-out>warning: none.yaml:4:36 FAULT_WITHOUT_PERCENTAGE/)
    expect(meshspec(['validate', 'none.yaml', '--format', 'junit', '--fail-on', 'warning']).stdout).toMatch(/failures="1"[^]*<failure type="warning"/)
  })
  test('looks at several clusters together', () => {
    const service = (name: string, port: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80, name: ${port}}]}\n`
    const rule =
      'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{route: [{destination: {host: c}}]}]}\n'
    for (const [file, text] of Object.entries({
      east: `${service('b', 'http')}---\n${rule}`,
      west: `${service('b', 'tcp')}---\n${service('c', 'http')}`,
    }))
      writeFileSync(join(folder, `${file}.yaml`), text)
    expect(meshspec(['validate', 'east.yaml']).stdout).toContain('IST0101')
    const { status, stdout } = meshspec(['validate', '--cluster', 'east=east.yaml', '--cluster', 'west=west.yaml', '--fail-on', 'warning'])
    expect(stdout).toContain('warning: east.yaml:1:1 IST0170')
    expect(stdout).toContain('  see: west.yaml:1:1 Service default/b')
    expect(stdout).not.toContain('IST0101')
    expect(stdout).toContain('4 resources in 2 files: valid')
    expect(status).toBe(1)
    const route =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw}\nspec: {gatewayClassName: istio, listeners: [{name: a, port: 80, protocol: HTTP}]}\n'
    writeFileSync(join(folder, 'gateway.yaml'), route)
    expect(meshspec(['validate', '--cluster', 'east=gateway.yaml', '--cluster', 'west=gateway.yaml']).stdout).toContain('1 resource in 1 file: valid')
    expect(meshspec(['validate', '--cluster', 'east']).stderr).toContain('--cluster east=clusters/east')
    expect(meshspec(['validate']).stderr).toContain('no config is named')
  })
  test('holds for the samples', () => {
    const files = ['platform/kube/bookinfo.yaml', 'networking/destination-rule-reviews.yaml', 'networking/virtual-service-reviews-test-v2.yaml']
    expect(meshspec(['validate', ...files.map((file) => join(packageRoot, 'samples/bookinfo', file))]).status).toBe(0)
  })
})

test('explain prints the rules tried', () => {
  const { status, stdout } = meshspec(
    [
      'explain',
      'samples/bookinfo/networking/destination-rule-all.yaml',
      'samples/bookinfo/networking/virtual-service-reviews-test-v2.yaml',
      '--from',
      'productpage',
      'GET http://reviews:9080/reviews/0',
      '-H',
      'end-user=jason',
    ],
    packageRoot,
  )
  expect(stdout).toMatch(/✓ http\[0\]\S* +samples\/bookinfo\/networking\/virtual-service-reviews-test-v2\.yaml:\d+:\d+ .*subset v2/)
  expect(stdout).toContain('reached reviews:v2')
  expect(status).toBe(0)
})

test('explain says why nobody answers, and of what is defined twice looks at the last', () => {
  const rule =
    'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [b], http: [{route: [{destination: {host: b}}]}]}\n'
  writeFileSync(join(folder, 'twice.yaml'), `${rule}---\n${rule}`)
  const outside = meshspec(['explain', 'twice.yaml', '--from', 'client', 'GET /']).stdout
  expect(outside).toContain('no answer: refused')
  expect(outside).toContain('what may be why:\n  no gateway listens at port 80: there is neither a Gateway nor an Ingress')
  const inside = meshspec(['explain', 'twice.yaml', '--from', 'a', 'GET http://b/']).stdout
  expect(inside).toContain('VirtualService default/x is defined 2 times; the last one counts')
  expect(inside).toContain('reached b')
  expect(inside).not.toContain('DEAD_RULE')
  expect(inside).not.toContain('what may be why')
})

test('explain says what it has taken for a port, and which port nobody listens on', () => {
  const route = '{destination: {host: b, port: {number: 8080}}}'
  const rule = `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [c], http: [{route: [${route}]}]}\n`
  writeFileSync(join(folder, 'ported.yaml'), rule)
  const explained = (url: string): string => meshspec(['explain', 'ported.yaml', '--from', 'a', `GET ${url}`]).stdout
  expect(explained('http://c:9999/')).toContain('no resource tells the ports of c: port 9999 of the request is taken for one of theirs')
  expect(explained('http://b:9999/')).toContain('what may be why:\n  b.default has no port 9999; it has 8080')
})

describe('init', () => {
  test('writes nothing beside a package.json that nobody can read', () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'package.json'), '{ "name": ')
    const { status, stderr } = meshspec(['init', 'broken'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('package.json is no JSON')])
    expect(readdirSync(broken)).toEqual(['package.json'])
  })
  test('a file is no folder', () => {
    const { status, stderr } = meshspec(['init', holds])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/cannot be made: there is a file where a folder would be/)])
  })
})

describe('what cannot be read', () => {
  test('a folder is no report', () => {
    const { status, stderr } = meshspec(['report', 'diff', '.', '.'])
    expect([status, stderr]).toEqual([2, expect.stringContaining('REPORT_UNREADABLE . cannot be read: it is a folder')])
  })
  test('a link that leads nowhere among the files to import', () => {
    mkdirSync(join(folder, 'links'))
    symlinkSync('nowhere', join(folder, 'links', 'a.yaml'))
    const { status, stderr } = meshspec(['import', 'icv', 'links', '--out', 'imported'])
    expect([status, stderr]).toEqual([2, expect.stringContaining(`FILE_NOT_FOUND there is no file or folder ${join('links', 'a.yaml')}`)])
  })
  test('a folder of config that is a file, and where a config was looked for', () => {
    const named = feature('named.feature', 'Given the config "of-mine.yaml"')
    mkdirSync(join(folder, 'mine'))
    expect(meshspec(['run', named, '--config', holds]).stderr).toContain(`FILE_NOT_FOUND there is no folder "${holds}" of config`)
    expect(meshspec(['run', named, '--config', 'mine']).stdout).toMatch(/looked in .*\/mine, /)
  })
})

describe('what cannot be written', () => {
  test('findings', () => {
    writeFileSync(join(folder, 'fine.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {ports: [{port: 80}]}\n')
    const { status, stderr } = meshspec(['validate', 'fine.yaml', '--output', 'nowhere/findings.txt'])
    expect([status, stderr]).toEqual([2, expect.stringMatching(/REPORT_NOT_WRITTEN .* there is no such folder.*\n.*--output FILE/)])
  })
  const full = existsSync('/dev/full')
  test.skipIf(!full)('a report on a full disk', () => {
    const { status, stderr } = meshspec(['run', holds, '--format', 'html:/dev/full'])
    expect(stderr).toContain('REPORT_NOT_WRITTEN the report /dev/full cannot be written: no space is left on its disk')
    expect(status).toBe(2)
  })
  test.skipIf(!full)('standard output on a full disk', () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${main}" run ${holds} > /dev/full`], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toContain('REPORT_NOT_WRITTEN standard output cannot be written: no space is left on its disk')
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(2)
  })
  test('nobody reads standard output any more', () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const command = `{ "${process.execPath}" "${main}" run ${holds}; echo "exit code $?" >&2; } | true`
    const { stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toContain('exit code 0')
    expect(stderr).not.toContain('EPIPE')
  })
})
