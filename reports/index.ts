export { Collector } from './collector.ts'
export { defaultFormats, type FormatName, formatNames, formatterUrl } from './formats.ts'
export { countVerdicts, type RunRecord, type ScenarioRecord, type ScenarioVerdict, type StepRecord, type UndefinedStep } from './run-record.ts'
