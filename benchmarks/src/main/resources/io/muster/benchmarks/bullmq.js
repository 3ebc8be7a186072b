// BullMQ as a child of the benchmark: the same lines on standard input and output as the Java children.
// Arguments: role, name, host, port.
const { Queue, Worker } = require('bullmq');
const Redis = require('ioredis');
const readline = require('readline');

const [role, self, host, port] = process.argv.slice(2);
const CONCURRENCY = 50;
const TEXT = 'a small letter to nobody that is as long as most job payloads are';
const OPTIONS = { removeOnComplete: true, removeOnFail: true };
const connect = () => new (Redis.default || Redis)({ host, port: Number(port), maxRetriesPerRequest: null });
const nanos = () => process.hrtime.bigint();
const say = (word, values = {}) =>
  process.stdout.write('bench> ' + word + Object.entries(values).map(([k, v]) => ` ${k}=${v}`).join('') + '\n');
const plain = () => ({ t: 0, hold: '', text: TEXT });
const pushed = (count, began) => {
  const took = Number(nanos() - began);
  return { count, nanos: took, perSecond: (count * 1e9) / took };
};
const until = async (moment) => {
  const wait = Number(moment - nanos()) / 1e6;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
};

function producer() {
  const queue = new Queue('bench', { connection: connect() });
  const push = (data) => queue.add('bench', data, OPTIONS);
  const bulk = (datas) => queue.addBulk(datas.map((data) => ({ name: 'bench', data, opts: OPTIONS })));
  return {
    async one(millis) {
      const began = nanos();
      const end = began + BigInt(millis) * 1000000n;
      let count = 0;
      for (; nanos() < end; count++) await push(plain());
      return pushed(count, began);
    },
    async callers(millis, callers) {
      const began = nanos();
      const end = began + BigInt(millis) * 1000000n;
      let count = 0;
      const caller = async () => {
        for (; nanos() < end; count++) await push(plain());
      };
      await Promise.all(Array.from({ length: Number(callers) }, caller));
      return pushed(count, began);
    },
    async bulk(millis, most, chunk) {
      const began = nanos();
      const end = Number(millis) === 0 ? null : began + BigInt(millis) * 1000000n;
      let count = 0;
      while (count < Number(most) && (end === null || nanos() < end)) {
        const size = Math.min(Number(chunk), Number(most) - count);
        await bulk(Array.from({ length: size }, plain));
        count += size;
      }
      return pushed(count, began);
    },
    async rate(perSecond, millis) {
      const began = nanos();
      const total = Math.floor((Number(perSecond) * Number(millis)) / 1000);
      const timed = (due) => ({ t: Number(due), hold: '', text: TEXT });
      let sent = 0;
      if (Number(perSecond) <= 500) {
        const ends = [];
        for (; sent < total; sent++) {
          const due = began + BigInt(Math.floor((sent * 1e9) / Number(perSecond)));
          await until(due);
          ends.push(push(timed(due)));
        }
        await Promise.all(ends);
      } else {
        for (let tick = 1; sent < total; tick++) {
          const due = began + BigInt(tick) * 5000000n;
          await until(due);
          const goal = Math.min(total, Math.floor((Number(perSecond) * tick * 5) / 1000));
          if (goal > sent) await bulk(Array.from({ length: goal - sent }, () => timed(due)));
          sent = goal;
        }
      }
      return pushed(sent, began);
    },
    async hold(count, worker) {
      for (let i = 0; i < Number(count); i++) await push({ t: 0, hold: worker, text: TEXT });
      return { count };
    },
    async left() {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'paused', 'failed');
      return { left: Object.values(counts).reduce((a, b) => a + b, 0) };
    },
  };
}

function worker() {
  let ran = 0;
  let last = 0n;
  let held = 0;
  let lastHeld = 0n;
  let latencies = [];
  const working = new Worker(
    'bench',
    async (job) => {
      const now = nanos();
      const { t, hold } = job.data;
      if (t > 0) latencies.push(Number(now) - t);
      if (hold !== '') {
        held++;
        lastHeld = now;
        if (hold === self) await new Promise((resolve) => setTimeout(resolve, 60000));
      }
      ran++;
      last = now;
    },
    { connection: connect(), concurrency: CONCURRENCY },
  );
  working.on('error', (error) => console.error(error));
  const count = () => ({ ran, settled: ran, last });
  return {
    async pause() {
      await working.pause();
      return {};
    },
    async resume() {
      const now = nanos();
      working.resume();
      return { nanos: now };
    },
    async zero() {
      ran = 0;
      held = 0;
      latencies = [];
      return {};
    },
    async count() {
      return count();
    },
    async report() {
      const sorted = Float64Array.from(latencies).sort();
      const at = (part) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : 0);
      return { ...count(), held, lastHeld, timed: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
    },
  };
}

(async () => {
  const actor = role === 'producer' ? producer() : worker();
  say('ok');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const [verb, ...words] = line.split(' ');
    try {
      say('ok', await actor[verb](...words));
    } catch (error) {
      console.error(error);
      say('failed ' + String(error).replace(/\s+/g, ' '));
    }
  }
  process.exit(0);
})();
