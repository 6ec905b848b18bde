// Tries in every way to reach another machine, which must not be possible in a test.

import { createSocket } from 'node:dgram';
import { lookup, promises, resolve4 } from 'node:dns';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const STRANGER = '192.0.2.1';
const ways = {
  address: () => fetch(`http://${STRANGER}/`),
  name: () => fetch('https://example.org/'),
  socket: () => new Promise((_, reject) => connect(9, STRANGER).on('error', reject)),
  lookup: () => promisify(lookup)('example.org'),
  resolve4: () => promisify(resolve4)('example.org'),
  promised: () => promises.lookup('example.org'),
  datagram: async () => createSocket('udp4').send('x', 9, STRANGER),
};

const told = {};
for (const [way, leave] of Object.entries(ways)) {
  const error = await leave().catch((reason) => reason);
  told[way] = String(error?.cause?.message ?? error?.message ?? 'it left');
}
process.stdout.write(JSON.stringify({ told, refused: globalThis.refused.length }));
