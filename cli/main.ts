#!/usr/bin/env node
import nodeModule from 'node:module'
import { Command, CommanderError, Option } from 'commander'
import type { ConformanceOptions } from './conformance.ts'
import { clusterOptions } from './options/cluster-options.ts'
import type { CleanOptions } from './clean.ts'
import type { ExplainOptions } from './explain.ts'
import { exitCodes } from './output/exit-codes.ts'
import { ownVersion } from '../support/package.ts'
import type { ImportOptions } from './import.ts'
import { printProblem } from './output/problem.ts'
import type { PushOptions } from './conformance/push-metrics.ts'
import type { ReportOptions } from './report.ts'
import type { RunOptions } from './run/run-configuration.ts'
import type { ServeOptions } from './serve.ts'
import { minding } from './output/standard-output.ts'
import type { ValidateOptions } from './validate.ts'
import type { WebhookOptions } from './webhook.ts'
import type { XdsOptions } from './xds.ts'

// Node keeps what it has compiled in the temporary folder, and starts sooner the next time. From 22.8 on; NODE_DISABLE_COMPILE_CACHE=1 forbids it.
;(nodeModule as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.()

/** Each command's work is loaded when it is asked for: start-up counts, and `run` must not pay for `serve`. */
const program = new Command('meshspec')
  .description('Declarative tests for service meshes that speak the API of Istio')
  .version(ownVersion())
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'INVALID_SETTING ')) })
  .showHelpAfterError('(meshspec --help lists the commands)')

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

/** What decides which scenarios run, where and how: options of `run` and `conformance`. */
function runOptions(command: Command): Command {
  const always = command
    .option('--target <targets>', '"core", "envoy", "cluster", the path of a module of your own, or several of them to compare: core,envoy')
    .option('--tags <expression>', 'run the scenarios with these tags: "@smoke and not @slow"')
    .option('--name <regexp>', 'run the scenarios with such a name (repeatable)', collect)
    .option('--seed <number>', 'decides everything random')
    .option('--config <dir>', 'where the config files are that scenarios name and that do not lie beside their feature')
    .option('--format <name[:file]>', 'terminal, html, junit, json, messages, or a formatter of cucumber (repeatable)', collect)
    .option('--gateway <url>', "URL of a live mesh's ingress gateway")
    .option('--assume-config', "the scenarios' config is in place already")
    .option('--apply-command <command>', "puts config in place: 'kubectl apply -f {file}'")
    .option('--delete-command <command>', "takes it away again; default: made of the apply command, where that is kubectl's")
    .option(
      '--settle <duration>',
      'wait so long after the apply command (default: not at all), or at most for the mesh to take config up (default: 30s)',
    )
    .option('--budget <requests>', 'send at most so many requests to a live mesh; what is not decided then is undecided')
    .option('--shard <index/total>', 'run one part of the suite, the index from 0: 0/4; "report merge" puts the parts of "conformance" together')
    .option('--time-limit <duration>', 'end the run after so long, as Ctrl-C does: what was changed is put back, and the reports are written')
    .option('--spec', "as the specifications say, without istiod's departures from them")
    .option('--parallel <workers>', 'run in so many processes (default: 0, in this one; on envoy up to 4, on cluster up to 3)')
    .option('--cucumber-config <file>', "the project's cucumber config; default: cucumber.(mjs|js|json|yaml)")
  return clusterOptions(always)
}

runOptions(program.command('run'))
  .description('run features against a target (default: core)')
  .argument('[features...]', 'feature files, folders, or FILE:LINE; default: features/')
  .option('--fail-fast', 'stop at the first scenario that fails')
  .option('--profile <name>', "use this profile of the project's cucumber config (repeatable)", collect)
  .addOption(new Option('--dry-run', 'only match the sentences, run nothing; with --target cluster: print what would be applied, and sent'))
  .action(async (features: string[], options: RunOptions) => finish((await import('./run.ts')).run(features, options)))

pushOptions(runOptions(program.command('conformance')))
  .description('say which features of Istio and of the Gateway API a mesh has, and how sure that is')
  .argument('[features...]', "features of your own; default: meshspec's suite")
  .option('--profile <name>', 'only this profile: ISTIO-TRAFFIC, GATEWAY-HTTP … (repeatable)', collect)
  .option('--out <dir>', 'where conformance.yaml, .json, .md and .html go', 'reports/out')
  .option('--publish <configmap>', 'in a pod: keep the report in this ConfigMap, too')
  .action(async (features: string[], options: ConformanceOptions) => finish((await import('./conformance.ts')).conformance(features, options)))

const report = program.command('report').description('work with conformance reports')

/** Where the numbers of conformance reports go. */
function pushOptions(command: Command): Command {
  return command
    .option('--pushgateway <url>', 'put metrics into this Pushgateway of Prometheus: http://HOST:9091')
    .option('--otlp <url>', 'post metrics to this OTLP/HTTP receiver of OpenTelemetry: http://HOST:4318')
    .option('--textfile <file>', "write metrics there, for the textfile collector of Prometheus' node exporter")
}

report
  .command('diff')
  .description('say what has changed from one report to another; exit code 1 when something got worse')
  .argument('<before>', 'conformance.yaml or conformance.json')
  .argument('<after>', 'the later one')
  .action(async (before: string, after: string) => finish((await import('./report.ts')).reportDiff(before, after)))

report
  .command('merge')
  .description('make one report of those of all shards of a run')
  .argument('<parts...>', 'conformance.yaml or conformance.json of each shard; - for standard input')
  .option('--out <dir>', 'where conformance.yaml, .json, .md and .html go', 'reports/out')
  .action(async (parts: string[], options: ReportOptions) => finish((await import('./report.ts')).reportMerge(parts, options)))

program
  .command('explain')
  .description('show which rules a request is tried on, and why each takes it or not')
  .argument('<config...>', 'YAML files and folders, then the request: "GET http://reviews:9080/reviews/0"')
  .requiredOption('--from <sender>', 'who sends: a service, perhaps a version of it (reviews:v2), or "client" for outside (also "gateway")')
  .option('-H, --header <name=value>', 'a header of the request (repeatable)', collect)
  .option('--body <text>', 'the body of the request')
  .option('--seed <number>', 'decides everything random')
  .action(async (words: string[], options: ExplainOptions) => finish((await import('./explain.ts')).explain(words, options)))

program
  .command('validate')
  .description('say what the mesh would refuse of config, and what an expert would warn of')
  .argument('[config...]', 'YAML files and folders; - for standard input')
  .option(
    '--cluster <name=path>',
    'what one of several clusters of the mesh has besides (repeatable): --cluster east=clusters/east --cluster west=clusters/west',
    collect,
  )
  .option('--whole', 'this is all that the mesh has: hosts, subsets, gateways and pods that are not defined here do not exist')
  .option('--format <format>', 'text, json, sarif, github (annotations) or junit', 'text')
  .option('--output <file>', 'write the findings there')
  .option('--fail-on <level>', 'error, warning or info: from which level on the exit code is 1', 'error')
  .option('--suppress <code>', 'leave a code away, or for some resources only: IST0118="Service default/*" (repeatable)', collect, [])
  .option('--istio-version <version>', 'refuse what Istio of this version does not have yet: 1.29, 1.32 or a patch of them', '1.32')
  .option('--quiet', 'print only what is at or above the level')
  .action(async (paths: string[], options: ValidateOptions) => finish((await import('./validate.ts')).validate(paths, options)))

program
  .command('steps')
  .description('list every sentence that a scenario may use, with an example of each')
  .argument('[words...]', 'only sentences with all of these words')
  .option('--format <format>', 'text, markdown or json', 'text')
  .action(async (words: string[], options: { readonly format: string }) => finish((await import('./steps.ts')).steps(words, options)))

program
  .command('init')
  .description('set up a project that runs at once')
  .argument('[dir]', 'where', '.')
  .action(async (folder: string) => finish((await import('./init.ts')).init(folder)))

program
  .command('serve')
  .description('serve an application behind a simulated mesh on real ports, for a browser')
  .argument('<config...>', 'YAML files and folders: the application and its config, for example samples/bookinfo')
  .option('--port <port>', 'of the gateway', '8080')
  .option('--host <address>', 'where the gateway listens', '127.0.0.1')
  .option('--seed <number>', 'decides everything random')
  .option('--admin <port>', 'take changes of the config here, on loopback: PUT and DELETE /config with YAML')
  .action(async (folders: string[], options: ServeOptions) => finish((await import('./serve.ts')).serve(folders, options)))

program
  .command('webhook')
  .description('refuse in a cluster what validate refuses: an admission webhook (AdmissionReview v1 over HTTPS)')
  .requiredOption('--cert <file>', 'its certificate, as PEM')
  .requiredOption('--key <file>', "the certificate's key")
  .option('--port <port>', 'where it listens', '8443')
  .option('--host <address>', 'on which address', '0.0.0.0')
  .action(async (options: WebhookOptions) => finish((await import('./webhook.ts')).webhook(options)))

program
  .command('import')
  .description('make features of the tests of another tool, with the config that they are about')
  .argument('<format>', 'icv (istio-config-validator) or router-check (router_check_tool of Envoy, istio-router-check)')
  .argument('<files...>', 'files and folders of tests and of config')
  .requiredOption('--out <dir>', 'where the features go')
  .action(async (format: string, paths: string[], options: ImportOptions) =>
    finish((await import('./import.ts')).importTests(format, paths, options)),
  )

program
  .command('doctor')
  .description('say what is there of all that the targets need, and how to get the rest')
  .action(async () => finish((await import('./doctor.ts')).doctor()))

program
  .command('clean')
  .description('finish the work of runs against clusters that were killed: delete what they made, restore what stood before')
  .option('--kubeconfig <file>', 'delete what runs from other machines have left in this cluster, too')
  .option('--context <name>', 'of the kubeconfig')
  .option('--dry-run', 'only say what would be done')
  .action(async (options: CleanOptions) => finish((await import('./clean.ts')).clean(options)))

program
  .command('envoy')
  .description('"install" puts Envoy into the cache, "which" prints the one that would be used')
  .argument('<action>', 'install or which')
  .action(async (action: string) => finish((await import('./envoy.ts')).envoy(action)))

program
  .command('xds')
  .description('print what a proxy is told, in the words of Envoy')
  .argument('<config...>', 'YAML files and folders: the application and its config')
  .requiredOption('--proxy <name>', 'a workload, perhaps with its namespace: productpage, reviews-v2.default')
  .option('--kind <kind>', 'only listeners, routes, clusters or endpoints')
  .option('--format <format>', 'json or yaml', 'json')
  .action(async (paths: string[], options: XdsOptions) => finish((await import('./xds.ts')).xds(paths, options)))

pushOptions(report.command('push'))
  .description('send the numbers of conformance reports to Prometheus or OpenTelemetry')
  .argument('<reports...>', 'conformance.yaml or conformance.json; - for standard input')
  .action(async (files: string[], options: PushOptions) => finish((await import('./report.ts')).reportPush(files, options)))

/** After what is wrong with an option: what it is for, where one is missing, and whose help tells more. */
function sayWhoseHelp(command: Command): void {
  const name = command.parent === program ? command.name() : `${command.parent!.name()} ${command.name()}`
  const hints = command.options.map(({ flags, description }) => [`required option '${flags}' not specified`, `  hint: ${flags}: ${description}\n`])
  const hintFor = (text: string): string => hints.find(([said]) => text.includes(said!))?.[1] ?? ''
  command
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'INVALID_SETTING ') + hintFor(text)) })
    .showHelpAfterError(`(meshspec ${name} --help lists what it takes)`)
  command.commands.forEach(sayWhoseHelp)
}

program.commands.forEach(sayWhoseHelp)

async function finish(work: Promise<number> | number): Promise<void> {
  // A target that could not be closed has said so already.
  process.exitCode = (await work) || process.exitCode
}

minding(process.stdout)
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.held : exitCodes.wrongInput
  else process.exitCode = printProblem(error)
}
