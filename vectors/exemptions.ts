/**
 * Vectors that are run and do not pass, by family and `group/name`, each with the reason. One that passes fails the run, so that it leaves this list.
 */
export const exemptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {}
