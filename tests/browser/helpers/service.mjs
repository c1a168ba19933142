// Owns one running service: the real binary with its real engine, on a folder and ports of its own. It ends only what it started.

import { spawn, execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { Api } from './api.mjs';
import { failure } from './failure.mjs';
import { BINARY, requireTools } from './tools.mjs';
import { until } from './until.mjs';

const START_MS = 30_000;
const STOP_MS = 20_000;

/** The site that the demo pages count for. */
export const DEMO_SITE = 'demo.example';

// Ended from outside, this process ends what it started: see `exit` below.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Starts the service with the demo site, ready to take events. Its days end in about twelve hours, whenever the tests run.
 * `env` is added to its environment.
 */
export async function startService({ env = {} } = {}) {
  requireTools();
  const folder = await mkdtemp(path.join(tmpdir(), 'heatline-browser-'));
  const service = new Service(folder, env);
  try {
    await service.start();
  } catch (error) {
    await service.abandon();
    throw error;
  }
  return service;
}

class Service {
  #folder;
  #env;
  #process;
  #ended;
  #printed = '';
  #log = '';

  constructor(folder, env) {
    this.#folder = folder;
    this.#env = env;
  }

  async start(address = '127.0.0.1:0') {
    this.#printed = '';
    const args = ['serve', '--demo', '--listen', address, '--internal-listen', '127.0.0.1:0'];
    this.#process = spawn(BINARY, [...args, '--data-dir', this.#folder], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment(), ...this.#env } });
    this.#process.stdout.setEncoding('utf8').on('data', (text) => (this.#printed += text));
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.#log += text));
    this.#ended = new Promise((resolve) => this.#process.once('exit', (code, signal) => resolve({ code, signal })));
    process.once('exit', () => this.#process.kill('SIGKILL'));

    const hasEnded = () => this.#process.exitCode !== null;
    const printed = () => /^Heatline listens on\s+(\S+)$/m.exec(this.#printed)?.[1];
    await until('the service says where it listens', START_MS, () => hasEnded() || printed());
    if (hasEnded()) throw failure(`the service ended while it started:\n${this.#log}`);
    this.origin = printed();
    await until('the service is ready', START_MS, async () => (await fetch(`${this.origin}/readyz`)).ok);
    // After a restart the key and the zone are still there.
    if (this.api) return;
    this.api = new Api(this.origin, await this.createKey('stats,events,sites'));
    await this.api.changeSite(DEMO_SITE, { timezone: zoneWhereItIsNoon() });
  }

  /** Stops the service and starts it again, on the same data and at the same address. */
  async restart() {
    this.#process.kill('SIGTERM');
    if (!(await Promise.race([this.#ended, timer(STOP_MS)]))) throw failure(`the service did not stop within ${STOP_MS} ms of SIGTERM`);
    await this.start(new URL(this.origin).host);
  }

  /** The data folder. */
  get folder() {
    return this.#folder;
  }

  /** The link that makes the first user, as printed. */
  get setupLink() {
    return /^Make the first user at\s+(\S+)$/m.exec(this.#printed)?.[1];
  }

  /** Stops the service as an operator would. Fails if it does not end well, or leaves an engine behind. */
  async stop() {
    this.#process.kill('SIGTERM');
    const ended = await Promise.race([this.#ended, timer(STOP_MS)]);
    if (!ended) {
      await this.abandon();
      throw failure(`the service did not stop within ${STOP_MS} ms of SIGTERM`);
    }
    const engines = await processesOf(this.#folder);
    await this.abandon();
    if (ended.code !== 0) throw failure(`the service ended with ${ended.signal ?? ended.code}:\n${this.#log}`);
    if (engines.length) throw failure(`the service left a process behind: ${engines.join('; ')}`);
    const errors = this.#log.split('\n').filter((line) => line.includes('"level":"ERROR"') || line.includes('panicked'));
    if (errors.length) throw failure(`the service logged errors:\n${errors.join('\n')}`);
  }

  /** Ends the service at once and removes its data. */
  async abandon() {
    this.#process?.kill('SIGKILL');
    await this.#ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  /** Makes a key that opens all sites for `scopes`. */
  async createKey(scopes) {
    const args = ['key', 'create', '--name', 't', '--scopes', scopes, '--data-dir', this.#folder];
    const { stdout } = await promisify(execFile)(BINARY, args, { env: environment() });
    return stdout.trim().split('\n').at(-1);
  }
}

/** Returns the environment without settings of the person who runs the tests. */
export function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HEATLINE_')));
}

/** Returns the name of a time zone without daylight saving time in which it is noon, so that no test runs over midnight. */
function zoneWhereItIsNoon() {
  const hours = 12 - new Date().getUTCHours();
  // TRICKY: in these names the sign is turned round: Etc/GMT-3 is three hours ahead of UTC.
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

/** Returns the processes that were started with something of this folder, as `pid command line`. */
async function processesOf(folder) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(folder)) found.push(`${pid} ${line.replaceAll('\0', ' ').trim()}`);
  }
  return found;
}

const timer = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());
