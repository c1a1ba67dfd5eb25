// Runs the real command line's own commands over many projects in one process, because starting Node for each of thousands of
// projects would take an hour. Usage: node driver.mjs PACKAGE FOLDER; every folder in FOLDER is a project; writes FOLDER/NAME.json.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , packageFolder, folder] = process.argv;
const load = (file) => import(pathToFileURL(path.join(packageFolder, 'dist', file)).href);
const { ValidateCommand } = await load('commands/validate.js');
const { ArchiveCommand } = await load('core/archive.js');
const { ListCommand } = await load('core/list.js');
const { Validator } = await load('core/validation/validator.js');
const { statusCommand } = await load('commands/workflow/status.js');
const { instructionsCommand, applyInstructionsCommand } = await load('commands/workflow/instructions.js');

let said = [];
console.log = (text) => said.push(text);
console.error = console.warn = () => {};
process.emitWarning = () => {};

async function run(action) {
  said = [];
  try {
    await action();
    return JSON.parse(said.join('\n'));
  } catch (error) {
    return { thrown: String(error?.message ?? error), said: said.join('\n') };
  }
}

// What archive prints about a proposal in its text mode, with its own filter.
async function checkProposal(file) {
  if (!existsSync(file)) return { issues: [] };
  const report = await new Validator().validateChange(file);
  return { issues: report.issues.filter((issue) => !/^deltas\.\d+\.requirements?\./.test(issue.path)) };
}

for (const name of readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name)) {
  process.chdir(path.join(folder, name));
  const result = {
    validate: await run(() => new ValidateCommand().execute(undefined, { all: true, json: true, noInteractive: true })),
    strict: await run(() => new ValidateCommand().execute(undefined, { all: true, strict: true, json: true, noInteractive: true })),
    list: await run(() => new ListCommand().execute('.', 'changes', { sort: 'name', json: true })),
    status: await run(() => statusCommand({ all: true, json: true })),
    instructions: [],
    proposals: [],
    archives: [],
  };
  const changes = readdirSync(path.join('openspec', 'changes'), { withFileTypes: true })
    .filter((e) => e.isDirectory() && e.name !== 'archive' && !e.name.startsWith('.')).map((e) => e.name).sort();
  for (const change of changes) {
    const known = result.status.changes?.find((c) => c.changeName === change)?.artifacts ?? [{ id: 'proposal' }];
    const artifacts = {};
    for (const { id } of known) artifacts[id] = await run(() => instructionsCommand(id, { change, json: true }));
    result.proposals.push({ change, result: await checkProposal(path.join('openspec', 'changes', change, 'proposal.md')) });
    result.instructions.push({ change, artifacts, apply: await run(() => applyInstructionsCommand({ change, json: true })) });
  }
  for (const change of changes) {
    result.archives.push({ change, result: await run(() => new ArchiveCommand().execute(change, { yes: true, json: true })) });
  }
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(result));
}
process.exitCode = 0;
