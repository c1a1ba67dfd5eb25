// The peer of the question benchmark: the same three tools on the TypeScript MCP SDK, over a synchronous SQLite (WAL, synchronous=FULL: as durable as ours).
// usage: node question-server.mjs SOCKET DATABASE MODULES STORED    (STORED: answered questions that it has from the start)
import net from 'node:net';
import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const [socketPath, databasePath, modules, stored] = process.argv.slice(2);
const require = createRequire(pathToFileURL(modules + '/index.js'));
const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
const { CallToolRequestSchema, ListToolsRequestSchema } = require('@modelcontextprotocol/sdk/types.js');
const { ReadBuffer, serializeMessage } = require('@modelcontextprotocol/sdk/shared/stdio.js');

const db = new DatabaseSync(databasePath);
db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
  CREATE TABLE question(id TEXT PRIMARY KEY, text TEXT NOT NULL, status TEXT NOT NULL, fingerprint TEXT NOT NULL, answer TEXT, asked_at INTEGER NOT NULL) STRICT;
  CREATE INDEX question_fingerprint ON question(fingerprint);
  CREATE TABLE event(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, subject TEXT NOT NULL) STRICT;`);
const same = db.prepare("SELECT id, status FROM question WHERE fingerprint = ? AND status <> 'answered' LIMIT 1");
const insert = db.prepare("INSERT INTO question VALUES(?, ?, 'open', ?, NULL, ?)");
const event = db.prepare('INSERT INTO event(at, type, subject) VALUES(?, ?, ?)');
const find = db.prepare('SELECT id, text, status, answer FROM question WHERE id = ?');
const page = db.prepare('SELECT id, text, status, answer FROM question ORDER BY id DESC LIMIT ?');

db.exec('BEGIN');
for (let i = 0; i < Number(stored); i++) {
  const id = randomUUID();
  insert.run(id, `Stored question ${i}?`, `stored question ${i}?`, Date.now());
  event.run(Date.now(), 'question.asked', id);
}
db.exec("UPDATE question SET status = 'answered', answer = 'Yes.'");
db.exec('COMMIT');

function ask(text) {
  db.exec('BEGIN IMMEDIATE');
  try {
    const known = same.get(text.toLowerCase());
    const id = known?.id ?? randomUUID();
    if (!known) {
      insert.run(id, text, text.toLowerCase(), Date.now());
      event.run(Date.now(), 'question.asked', id);
    }
    db.exec('COMMIT');
    return { question_id: id, status: 'open', answer: null };
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

const schema = (properties, required) => ({ type: 'object', properties, required });
const tools = [
  { name: 'ask_question', description: 'Asks a question.', inputSchema: schema({ question: { type: 'string' } }, ['question']) },
  { name: 'get_answer', description: 'Returns its answer.', inputSchema: schema({ question_id: { type: 'string' } }, ['question_id']) },
  { name: 'list_questions', description: 'Lists questions.', inputSchema: schema({ limit: { type: 'integer' } }, []) },
];
const result = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value });

class SocketTransport {
  constructor(socket) { this.socket = socket; this.buffer = new ReadBuffer(); }
  async start() {
    this.socket.on('data', (chunk) => {
      this.buffer.append(chunk);
      for (let message; (message = this.buffer.readMessage()) !== null;) this.onmessage?.(message);
    });
    this.socket.on('close', () => this.onclose?.());
    this.socket.on('error', () => {});
  }
  async send(message) { this.socket.write(serializeMessage(message)); }
  async close() { this.socket.end(); }
}

net.createServer(async (socket) => {
  const server = new Server({ name: 'peer', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    switch (params.name) {
      case 'ask_question': return result(ask(params.arguments.question));
      case 'get_answer': return result(find.get(params.arguments.question_id));
      default: return result({ questions: page.all(params.arguments.limit ?? 50) });
    }
  });
  await server.connect(new SocketTransport(socket));
}).listen(socketPath, () => console.log('ready'));
