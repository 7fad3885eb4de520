/** An example of each sentence of the vocabulary, by its expression. A test holds that each one matches its sentence and no other. */
export const sentenceExamples: Readonly<Record<string, string>> = {}
