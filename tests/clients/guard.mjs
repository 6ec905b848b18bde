// Nothing leaves the machine: every connection and look-up of this process of Node's is watched,
// as tests/network.py does in Python. Loaded by --import, before the client.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

// What was refused, because a client may swallow the refusal.
globalThis.refused = [];

const HOME = new Set(['localhost', '127.0.0.1', '::1', '']);

const refuse = (what) => {
  globalThis.refused.push(what);
  return Object.assign(new Error(`${what} is refused in tests`), { code: 'EREFUSED' });
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // Node calls it with one list of arguments, programs with the arguments themselves.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const given = typeof first === 'object' ? first : { port: first, host: second };
  const host = typeof given.host === 'string' ? given.host : '';
  if (given.path || HOME.has(host)) return connect.apply(this, args);
  const error = refuse(`a connection to ${host}`);
  process.nextTick(() => this.destroy(error));
  return this;
};

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const [usual, promised] = [dns[name], dns.promises[name]];
  dns[name] = (host, ...rest) => {
    if (HOME.has(host)) return usual(host, ...rest);
    process.nextTick(rest.at(-1), refuse(`a look-up of ${host}`));
    return {};
  };
  dns.promises[name] = async (host, ...rest) => {
    if (HOME.has(host)) return promised(host, ...rest);
    throw refuse(`a look-up of ${host}`);
  };
}

dgram.Socket.prototype.send = () => {
  throw refuse('a datagram');
};

syncBuiltinESMExports();
