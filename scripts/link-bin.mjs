// npm links the commands of dependencies into node_modules/.bin, and never a package's own. In a clone of this repository `npx meshspec`
// would therefore look for the package on the registry; this puts the link there that npm makes everywhere else.
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'node_modules', '.bin')
const command = join(root, 'dist', 'cli', 'main.js')

if (existsSync(folder)) {
  chmodSync(command, 0o755)
  if (process.platform === 'win32') writeFileSync(join(folder, 'meshspec.cmd'), '@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n')
  else {
    rmSync(join(folder, 'meshspec'), { force: true })
    symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), join(folder, 'meshspec'))
  }
}
